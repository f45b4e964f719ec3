"""Reads a delivery failure that a mail system wrote as a letter instead of a report in the standard form.

Three things make it one: who sent it, that it speaks of failed delivery, and that it names a recipient where
such letters do: alone on a line, before a colon, before the server's answer, in a transcript.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.model import Headers, Recipient
from helpdesk_mailchannel.mailcore.parse.bounce.failure import (
	answers_recipient,
	is_hard,
	reply_in,
	says_no_such_user,
	status_in,
)
from helpdesk_mailchannel.mailcore.parse.bounce.phrase_patterns import one_of, reduced
from helpdesk_mailchannel.mailcore.parse.header.addresses import normal_address

_SYSTEM = one_of(
	r"mailer.?daemon|mail.?daemon|mdaemon",
	r"post_?master",
	r"mail.?deliver|delivery.?(?:sub)?system|mail.?(?:sub)?system",
	r"system.?administrator|mail.?administrator",
	r"returned.?mail",
	r"(?:^|[<\s])bounces?(?:[+=-][^@\s]*)?@",
	r"(?:mail|smtp)[._-](?:service|gateway|relay|router|scanner)s?@",
)
_FAILED = one_of(
	r"undeliver|non.?deliver",
	r"not (?:yet )?(?:be |been )?(?:be )?deliver",
	r"(?:un|not |n['’]t )able to (?:be )?(?:send|deliver)",
	r"(?:could|can)(?: ?not|n['’]t) (?:\w+ ){0,2}(?:deliver|sen[dt])",
	r"deliver\w* (?:\w+ ){0,4}(?:fail|error|problem|status|report|delay|warning)",
	r"delivery .{0,80}? has been postponed",
	r"fail\w* (?:\w+ ){0,3}(?:deliver|notice|address|permanent|mail)",
	r"(?:trouble|error) (?:\w+ ){0,4}(?:deliver|send)",
	r"mail (?:system )?(?:fail|error)",
	r"returned? (?:mail|to sender|message)",
	r"did not reach",
	r"(?:permanent|fatal|delivery|returned) (?:\w+ )?errors?",
	r"(?:message|mail) (?:to .{1,100}? )?(?:was |has been )?(?:automatically )?(?:rejected|returned|bounced)",
	r"transcript of session",
	r"has been delayed|still trying|envelope expired",
	r"error (?:message )?(?:follows|below)",
	r"unzustellbar|nicht (?:zugestellt|ausgeliefert|übermittelt)",
	r"(?:zustellung|übermittlung) .{0,20}fehlgeschlagen",
	r"pas pu .{0,20}(?:remis|d[ée]livr|livr|distribu)",
	r"non[- ](?:remis|distribu|d[ée]livr)|[ée]chec (?:de la remise|de l['’]envoi|d['’]acheminement)",
	r"no .{0,12}(?:pudo|puede|podido) .{0,5}entreg|no entregad|fallo en la entrega",
	r"n[aã]o .{0,12}(?:p[oô]de|foi|ser) .{0,15}(?:entregue|enviad)|n[aã]o entregue|falha na entrega",
	r"non .{0,25}(?:recapit|consegn)|mancat[ao] (?:recapit|consegn)",
	r"onbestelbaar|niet (?:\w+ ){0,2}(?:afgeleverd|bezorgd|besteld)",
	r"nie (?:\w+ ){0,3}dostarcz|niedostarcz|nedoru[čc]|nebyl\w* doru[čc]|nelze doru[čc]",
	r"inte (?:\w+ )?levereras|ikke (?:\w+ )?lever|oleverer|ei voitu toimittaa|toimitus epäonnistui",
	r"iletilemedi|teslim edilemedi|kézbesíthet|nem sikerült kézbesíteni",
	r"не (?:\w+ ){0,3}достав|недостав|не (?:\w+ ){0,2}відправлен",
	r"送信できません|配信不能|配信できません|配達できません|お届けできません|配信エラー|送信エラー",
	r"退信|退回|(?:无法|無法|未能|不能)(?:被)?(?:发送|送达|投递|传递|傳送|送達|投遞|寄達)|(?:发送|投递|寄送|傳送)失[败敗]",
	r"(?:전송|배달|발송|전달)(?:하지|되지|할 수|될 수|에? ?실패)|반송",
)
_DELAYED = one_of(
	r"has been delayed|delivery .{0,20}delayed",
	r"not yet been delivered",
	r"still trying|will (?:keep|continue) (?:trying|to try)",
	r"warning: could not send",
	r"temporarily deferred|been postponed",
	r"(?:continue|continued) (?:to (?:try|attempt)|for up to)|attempts will continue",
)
_ADDRESS = r"[^\s<>\"'()\[\],;:|]{1,100}@[^\s<>\"'()\[\],;:|]{1,200}[^\s<>\"'()\[\],;:|.]"
_ALONE = re.compile(
	rf"^[ \t>*|\"'-]{{0,40}}<?({_ADDRESS})>?[\"']?[ \t]*(?::|$|\[|\.\.\.|on\b|\(|<|-+[ \t])",
	re.IGNORECASE | re.MULTILINE,
)
"""`<a@b>:` · `a@b:` · `a@b` · `* a@b` · `"a@b":` · `a@b [User unknown]` · `a@b on Thu, …` · `a@b: 550 …` ·
`a@b - no such user`"""
_TRANSCRIPT = re.compile(
	rf"^(?:>>> (?!(?i:mail from)).{{0,100}}|[45]\d\d[ -](?:\d\.\d\.\d )?)<({_ADDRESS})>.*$", re.MULTILINE
)
"""`>>> Name <a@b>` · `554 <a@b>... 550 Host unknown`"""
_SPOKEN = re.compile(
	rf"\b(?:rcpt to:|recipients?(?:\(s\))?:?|(?:mail|message|delivered|undeliverable) to:?|errors?:"
	rf"|addressed(?: to)?,?|generated from|smtp[:=])"
	rf"\s{{0,4}}[<'\"]?({_ADDRESS})>?",
	re.IGNORECASE,
)
"""`RCPT TO: a@b` · `rejected recipient <a@b>` · `delivering your mail to <a@b>` · `undeliverable to a@b` ·
`addressed to 'a@b'` · `(generated from a@b)` · `[SMTP:a@b]`"""
_COMPLAINT = re.compile(
	rf"^(?=.{{0,300}}\b(?:fail|invalid|exceed|full\b|unknown|error|reject|malformed|unable|undeliver"
	rf"|unavailable|not found|not valid|no such|not exist|denied))"
	rf".{{0,200}}?<?({_ADDRESS})",
	re.IGNORECASE | re.MULTILINE,
)
"""Any address in a line that says what is wrong: `User mailbox exceeds allowed size: a@b`"""
_ADDRESSED = re.compile(
	rf"^[ \t>]{{0,40}}to[ \t]*:[ \t]*<?({_ADDRESS})>?[ \t]*$", re.IGNORECASE | re.MULTILINE
)
"""`To: a@b`, as the notice repeats the original's"""
_COPY = re.compile(
	r"^[ \t>]{0,8}(?:received|return-path|message-id|mime-version|x-[a-z-]+|dkim-signature|from|date|subject"
	r"|to|content-type|reply-to|sender|delivered-to|arc-[a-z-]+|user-agent|authentication-results"
	r"|content-transfer-encoding|references|in-reply-to)[ \t]*:",
	re.IGNORECASE,
)
_CERTAIN = re.compile(
	r"^[ \t>]{0,8}(?:received|return-path|message-id|mime-version|dkim-signature)[ \t]*:", re.IGNORECASE
)
_ANNOUNCED = re.compile(
	r"^[ \t>]{0,8}[-=_*]{2,40}[ \t]{0,8}"
	r"(?:below this line|.{0,40}?(?:copy of|original|returned|unsent|headers? follow))",
	re.IGNORECASE,
)
"""`--- Below this line is a copy of the message.` · `---- START OF RETURNED MESSAGE ----`"""
_LINES = 2_000
MOST_RECIPIENTS = 100
"""Recipients read from one report."""
_OWN = ("mailer-daemon@", "postmaster@", "mail-daemon@", "maildaemon@", "mailerdaemon@")


def is_from_mail_system(headers: Headers) -> bool:
	"""Tell whether a program that moves mail sent it: by its name, or by the null sender.

	Vacation programs use the null sender too (RFC 3834, 3.3), in the name of a person.
	"""
	author = headers.get("from").replace(" ", "")
	envelope = headers.get("return-path").replace(" ", "").lower()
	for_a_person = headers.get("auto-submitted").strip().lower().startswith("auto-replied")
	return bool(
		_SYSTEM.search(headers.get("from"))
		or author in ("", "<>")
		or "x-failed-recipients" in headers
		or envelope.startswith("<mailer-daemon")
		or (envelope == "<>" and not for_a_person)
	)


def split_notice(text: str) -> tuple[str, str]:
	"""Split into the words of a notice and the copy of the original message below them."""
	lines = text.split("\n")
	for number, line in enumerate(lines[:_LINES]):
		if _ANNOUNCED.match(line):
			return "\n".join(lines[:number]), "\n".join(lines[number + 1 :])
		if _COPY.match(line):
			fields = [each for each in lines[number : number + 12] if _COPY.match(each)]
			if len(fields) >= 2 and any(_CERTAIN.match(each) for each in fields):
				indent = len(line) - len(line.lstrip(" \t>"))
				return "\n".join(lines[:number]), "\n".join(each[indent:] for each in lines[number:])
	return text, ""


def read_notice(headers: Headers, notice: str) -> list[Recipient]:
	"""Return the recipients that a notice names and what it says about each; none if it is no notice."""
	words = f"{headers.get('subject')} | {reduced(notice)}"
	if not (_FAILED.search(words) or says_no_such_user(words)):
		return []
	passages = _passages(notice, headers)
	named = [normal_address(each) for each in headers.get("x-failed-recipients").split(",")]
	addresses = list(dict.fromkeys(each for each in named if each)) or list(passages)
	action = "delayed" if _DELAYED.search(words) else "failed"
	at_recipient = answers_recipient(notice)
	alone = len(addresses) == 1
	return [
		_recipient(each, notice if alone else passages.get(each, notice), action, at_recipient)
		for each in addresses[:MOST_RECIPIENTS]
	]


def reasons(notice: str, headers: Headers) -> dict[str, str]:
	"""Return what the words of a report say about each recipient, if they have a server's code."""
	said: dict[str, str] = {}
	for address, passage in _passages(notice, headers).items():
		for paragraph in re.split(r"\n[ \t]*\n", passage.strip("\n"), maxsplit=2)[:2]:
			whole = reduced(paragraph)
			behind = re.split(re.escape(address), whole, maxsplit=1, flags=re.IGNORECASE)[-1]
			for words in (behind.lstrip(" <>:\"'-,").strip(), whole):
				if address not in said and (status_in(words) or reply_in(words)):
					said[address] = words[:1000]
	return said


def _passages(notice: str, headers: Headers) -> dict[str, str]:
	"""Return each recipient and what is said about it, found by the surest shape that occurs."""
	for shape in (_ALONE, _TRANSCRIPT, _SPOKEN, _COMPLAINT, _ADDRESSED):
		found = [(match.start(), match.end(), normal_address(match[1])) for match in shape.finditer(notice)]
		found = [each for each in found if each[2] and each[2] not in headers.get("from").lower()]
		found = [each for each in found if not each[2].startswith(_OWN)] or found
		# Whoever gets the notice sent the message: transcripts name both.
		found = [each for each in found if each[2] not in headers.get("to").lower()] or found
		if not found:
			continue
		passages: dict[str, str] = {}
		for position, (start, end, address) in enumerate(found[: 5 * MOST_RECIPIENTS]):
			until = found[position + 1][0] if position + 1 < len(found) else len(notice)
			said = notice[start : end if shape is _TRANSCRIPT else until]
			passages[address] = f"{passages.get(address, '')}\n{said}"
		return passages
	return {}


def _recipient(address: str, words: str, action: str, at_recipient: bool) -> Recipient:
	status = status_in(words)
	reply = reply_in(words)
	if not status and reply:
		status = f"{reply[0]}.0.0"
	hard = action != "delayed" and is_hard(status, words, at_recipient)
	return Recipient(address, action, status, reduced(words)[:1000], hard)
