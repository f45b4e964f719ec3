"""Reads a delivery failure that a mail system wrote as a letter instead of a report in the standard form.

Three things make it one: who sent it, that it speaks of failed delivery, and that it names a recipient where
such letters name them: alone on a line, before a colon, before the server's answer, in a transcript.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.model import Headers, Recipient
from helpdesk_mailchannel.mailcore.parse.addresses import normal_address
from helpdesk_mailchannel.mailcore.parse.failure import answers_recipient, is_hard, reply_in, status_in
from helpdesk_mailchannel.mailcore.parse.phrases import one_of, reduced

_SYSTEM = one_of(
	r"mailer.?daemon|mail.?daemon|mdaemon",
	r"post_?master",
	r"mail.?deliver|delivery.?(?:sub)?system|mail.?(?:sub)?system",
	r"system.?administrator|mail.?administrator",
	r"returned.?mail",
	r"(?:^|[<\s])bounces?(?:[+=-][^@\s]*)?@",
)
_FAILED = one_of(
	r"undeliver|non.?deliver",
	r"not (?:be |been )?deliver",
	r"(?:un|not )able to (?:be )?(?:send|deliver)",
	r"(?:could|can)(?: ?not|n['’]t) (?:\w+ ){0,2}(?:deliver|sen[dt])",
	r"deliver\w* (?:\w+ ){0,4}(?:fail|error|problem|status|report|delay)",
	r"fail\w* (?:\w+ ){0,3}(?:deliver|notice|address|permanent)",
	r"(?:trouble|error) (?:\w+ ){0,4}(?:deliver|send)",
	r"mail (?:system )?(?:fail|error)",
	r"returned? (?:mail|to sender|message)",
	r"did not reach",
	r"(?:permanent|fatal|delivery|returned) (?:\w+ )?errors?",
	r"message (?:was |has been )?(?:rejected|returned|bounced)",
	r"transcript of session",
	r"has been delayed|still trying|envelope expired",
	r"error (?:message )?(?:follows|below)",
	r"unzustellbar|nicht zugestellt",
	r"non remis|échec de la remise",
	r"no entregad|n[aã]o entregue|non recapitat|onbestelbaar",
	r"не доставлен|не может быть доставлен",
	r"送信できませんでした|配信不能|配信できません|退信|投递失败",
)
_DELAYED = one_of(
	r"has been delayed|delivery .{0,20}delayed",
	r"not yet been delivered",
	r"still trying|will (?:keep|continue) (?:trying|to try)",
	r"warning: could not send",
	r"temporarily deferred",
)
_ADDRESS = r"[^\s<>\"'()\[\],;:|]{1,100}@[^\s<>\"'()\[\],;:|]{1,200}[^\s<>\"'()\[\],;:|.]"
_ALONE = re.compile(
	rf"^[ \t>*|\"'-]{{0,40}}<?({_ADDRESS})>?[\"']?[ \t]*(?::|$|\[|\.\.\.|on\b|\(|<)",
	re.IGNORECASE | re.MULTILINE,
)
"""`<a@b>:` · `a@b:` · `a@b` · `* a@b` · `"a@b":` · `a@b [User unknown]` · `a@b on Thu, …` · `a@b: 550 …`"""
_TRANSCRIPT = re.compile(rf"^(?:>>> .{{0,100}}|[45]\d\d[ -](?:\d\.\d\.\d )?)<({_ADDRESS})>.*$", re.MULTILINE)
"""`>>> Name <a@b>` · `554 <a@b>... 550 Host unknown`"""
_SPOKEN = re.compile(
	rf"\b(?:rcpt to:|recipients?(?:\(s\))?:?|(?:mail|message|delivered|undeliverable) to:?|errors?:)"
	rf"[ \t]{{0,4}}<?({_ADDRESS})>?",
	re.IGNORECASE,
)
"""`RCPT TO: a@b` · `rejected recipient <a@b>` · `delivering your mail to <a@b>` · `undeliverable to a@b`"""
_COMPLAINT = re.compile(
	rf"^(?=.{{0,300}}\b(?:fail|invalid|exceed|full\b|unknown|error|reject|malformed|unable|undeliver))"
	rf".{{0,200}}?<?({_ADDRESS})",
	re.IGNORECASE | re.MULTILINE,
)
"""Any address in a line that says what is wrong: `User mailbox exceeds allowed size: a@b`"""
_COPY = re.compile(
	r"^[ \t>]{0,8}(?:received|return-path|message-id|mime-version|x-[a-z-]+|dkim-signature|from|date|subject"
	r"|to|content-type|reply-to|sender|delivered-to|arc-[a-z-]+|user-agent|authentication-results"
	r"|content-transfer-encoding|references|in-reply-to)[ \t]*:",
	re.IGNORECASE,
)
_CERTAIN = re.compile(
	r"^[ \t>]{0,8}(?:received|return-path|message-id|mime-version|dkim-signature)[ \t]*:", re.IGNORECASE
)
_LINES = 2_000
MOST_RECIPIENTS = 100
"""Recipients read of one report."""
_OWN = ("mailer-daemon@", "postmaster@", "mail-daemon@", "maildaemon@", "mailerdaemon@")


def is_from_mail_system(headers: Headers) -> bool:
	"""Whether a program that moves mail sent it: by its name, or by the null sender."""
	author = headers.get("from").replace(" ", "")
	return bool(
		_SYSTEM.search(headers.get("from"))
		or author in ("", "<>")
		or "x-failed-recipients" in headers
		or headers.get("return-path").replace(" ", "") == "<>"
	)


def split_notice(text: str) -> tuple[str, str]:
	"""The words of a notice, and the copy of the original message below them."""
	lines = text.split("\n")
	for number, line in enumerate(lines[:_LINES]):
		if _COPY.match(line):
			fields = [each for each in lines[number : number + 12] if _COPY.match(each)]
			if len(fields) >= 2 and any(_CERTAIN.match(each) for each in fields):
				indent = len(line) - len(line.lstrip(" \t>"))
				return "\n".join(lines[:number]), "\n".join(each[indent:] for each in lines[number:])
	return text, ""


def read_notice(headers: Headers, notice: str) -> list[Recipient]:
	"""The recipients a notice names, with what it says of each; none where it is no such notice."""
	if not _FAILED.search(f"{headers.get('subject')} | {reduced(notice)}"):
		return []
	passages = _passages(notice, headers)
	named = [normal_address(each) for each in headers.get("x-failed-recipients").split(",")]
	addresses = list(dict.fromkeys(each for each in named if each)) or list(passages)
	action = "delayed" if _DELAYED.search(f"{headers.get('subject')} | {reduced(notice)}") else "failed"
	at_recipient = answers_recipient(notice)
	alone = len(addresses) == 1
	return [
		_recipient(each, notice if alone else passages.get(each, notice), action, at_recipient)
		for each in addresses[:MOST_RECIPIENTS]
	]


def _passages(notice: str, headers: Headers) -> dict[str, str]:
	"""Each recipient and what is said of it, found by the surest shape that occurs."""
	for shape in (_ALONE, _TRANSCRIPT, _SPOKEN, _COMPLAINT):
		found = [(match.start(), match.end(), normal_address(match[1])) for match in shape.finditer(notice)]
		found = [each for each in found if each[2] and each[2] not in headers.get("from").lower()]
		found = [each for each in found if not each[2].startswith(_OWN)] or found
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
