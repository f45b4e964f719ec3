"""Everybody who might try to write into somebody else's ticket, with everything they might know.

Each try is a whole message, read and decided like any other. What is right is said here, by rules about who
writes, what they know and what the mail server found; nothing of it is taken from the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import product

import pytest

from helpdesk_mailchannel.mailcore.decide import ToFile, decide
from helpdesk_mailchannel.mailcore.model import (
	Facts,
	RawMessage,
	RemoteRef,
	ReplyDraft,
	TicketDraft,
	TicketRef,
	Verdict,
)
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.settings import (
	ChannelSettings,
	ConnectionSettings,
	Limits,
	MappingRow,
	ScreenPolicy,
	Source,
	TicketSettings,
)
from helpdesk_mailchannel.mailcore.thread.participants import brought_by
from helpdesk_mailchannel.mailcore.thread.token import message_id, reply_address

NOW = datetime(2026, 11, 27, 12, tzinfo=timezone.utc)
KEY = b"the site's key, and nobody else's"
TICKET = TicketRef("Issue", "ISS-2026-00007", "2026-11-20 09:00:00.000000")
BEFORE_IT = TicketRef("Issue", "ISS-2026-00007", "2026-10-01 09:00:00.000000")
"""A ticket of the same name, deleted since."""
OTHER = TicketRef("Issue", "ISS-2026-00008", "2026-11-21 09:00:00.000000")
MERGED = TicketRef("Issue", "ISS-2026-00005", "2026-11-01 09:00:00.000000")
"""Was merged into the ticket."""

AUTHORS = {
	"a stranger": "mallory@evil.example",
	"another customer": "carol@other.example",
	"as the customer": "jane@customer.example",
	"as an agent": "agent@desk.example",
}
TAKE_PART = {"jane@customer.example", "agent@desk.example"}


def signed(ticket: TicketRef, channel: str = "Support", key: bytes = KEY) -> str:
	return reply_address("support@desk.example", channel, ticket, key)


def signed_id(ticket: TicketRef) -> str:
	return message_id("desk.example", "Support", ticket, KEY, bytes(10))


@dataclass(frozen=True)
class Knowledge:
	"""What somebody knows of the ticket, and what of it stands in the mail."""

	to: str = "support@desk.example"
	answers: str = ""
	subject: str = "Please cancel"
	proof: str = ""
	"""token, id or tag; nothing where it proves nothing whoever has it."""


KNOWLEDGE = {
	"nothing": Knowledge(),
	"the subject": Knowledge(subject="Re: The printer burns"),
	"the number": Knowledge(subject="Re: The printer burns [#ISS-2026-00007]", proof="tag"),
	"the number of what was merged": Knowledge(subject="Re: [#ISS-2026-00005]", proof="tag"),
	"the customer's id": Knowledge(answers="first@customer.example", proof="id"),
	"our id": Knowledge(answers="answer@desk.example", proof="id"),
	"our id, far back": Knowledge(answers="new@evil.example> <answer@desk.example", proof="id"),
	"its address": Knowledge(to=signed(TICKET), proof="token"),
	"its signed id": Knowledge(answers=signed_id(TICKET), proof="token"),
	"another channel's address of it": Knowledge(to=signed(TICKET, "Sales"), proof="token"),
	"the address of what was merged": Knowledge(to=signed(MERGED), proof="token"),
	"the deleted one's address": Knowledge(to=signed(BEFORE_IT)),
	"the deleted one's signed id": Knowledge(answers=signed_id(BEFORE_IT)),
	"an address with the key before last": Knowledge(to=signed(TICKET, key=b"another key")),
	"an address of a channel that never was": Knowledge(to=signed(TICKET, "Nobody")),
	"another ticket's signature": Knowledge(to=signed(OTHER).replace("00008", "00007")),
}
TAKEN_IN = "Received: from relay by mx.desk.example with ESMTPS; Fri, 27 Nov 2026 11:00:00 +0000\n"
FIELD = "Authentication-Results: mx.desk.example; "
VERDICTS = {
	"pass": (FIELD + "dmarc=pass header.from={0}\n" + TAKEN_IN, Verdict.PASS),
	"fail": (FIELD + "dmarc=fail header.from={0}\n" + TAKEN_IN, Verdict.FAIL),
	"nothing": (TAKEN_IN, Verdict.UNKNOWN),
	"none": (
		FIELD + "spf=pass smtp.mailfrom=evil.example; dmarc=none header.from={0}\n" + TAKEN_IN,
		Verdict.UNKNOWN,
	),
	"unreadable": (
		FIELD + 'spf=pass smtp.mailfrom="(@evil.example; dmarc=fail header.from={0}\n' + TAKEN_IN,
		Verdict.FAIL,
	),
	"quoted away": (
		FIELD + 'spf=pass smtp.mailfrom="(;"@evil.example; dmarc=fail header.from={0}\n',
		Verdict.FAIL,
	),
	"doubled": (2 * (FIELD + "dmarc=pass header.from={0}\n") + TAKEN_IN, Verdict.FAIL),
	"failed above, forged below": (
		FIELD + "dmarc=fail header.from={0}\n" + TAKEN_IN + FIELD + "dmarc=pass header.from={0}\n",
		Verdict.FAIL,
	),
	"forged below": (TAKEN_IN + FIELD + "dmarc=pass header.from={0}\n", Verdict.UNKNOWN),
	"another server's": (
		TAKEN_IN + "Authentication-Results: mx.evil.example; dmarc=pass header.from={0}\n",
		Verdict.UNKNOWN,
	),
	"a name alike": (
		TAKEN_IN + "Authentication-Results: mx.desk.example.evil.example; dmarc=pass header.from={0}\n",
		Verdict.UNKNOWN,
	),
	"of another domain": (FIELD + "dmarc=pass header.from=forger.example\n" + TAKEN_IN, Verdict.UNKNOWN),
}
FACTS = Facts(
	message_ids={"first@customer.example": TICKET, "answer@desk.example": TICKET},
	sent_ids=frozenset({"answer@desk.example"}),
	tickets={each.name.lower(): (each,) for each in (TICKET, OTHER, MERGED)},
	merged={MERGED: TICKET},
	participants={TICKET: frozenset(TAKE_PART), OTHER: frozenset({"carol@other.example"})},
	roles={"agent@desk.example": frozenset({"Support Team"})},
)
GONE = Facts(
	participants={OTHER: frozenset({"carol@other.example"})},
	tickets={OTHER.name.lower(): (OTHER,)},
	roles=FACTS.roles,
)
"""The ticket was deleted, or has another name now, and nothing has taken its place."""
SETTINGS = ChannelSettings(
	name="Support",
	address="support@desk.example",
	connection=ConnectionSettings(host="mail.desk.example", user="support"),
	screen=ScreenPolicy(channel_address="support@desk.example", trusted_authserv_ids=("mx.desk.example",)),
	ticket=TicketSettings(
		mapping=(
			MappingRow("priority", Source.HEADER, "X-Priority-Name", "Low", restricted_to="Support Team"),
		)
	),
	reply_keys=(KEY,),
	channels=("Sales",),
)


@dataclass(frozen=True)
class Try:
	"""One message, and what is right."""

	who: str
	knows: str
	said: str
	exists: bool

	@property
	def octets(self) -> bytes:
		author, known = AUTHORS[self.who], KNOWLEDGE[self.knows]
		trace = VERDICTS[self.said][0].format(author.partition("@")[2])
		answers = f"In-Reply-To: <{known.answers}>\n" if known.answers else ""
		return (
			f"{trace}From: {author}\nTo: {known.to}\nCc: accomplice@evil.example\nSubject: {known.subject}\n"
			f"Message-ID: <try@evil.example>\n{answers}X-Priority-Name: High\n\nI cancel.\n"
		).encode()

	@property
	def verdict(self) -> Verdict:
		return VERDICTS[self.said][1]

	@property
	def may_join(self) -> bool:
		takes_part = AUTHORS[self.who] in TAKE_PART
		return (
			self.exists
			and {
				"": False,
				"token": True,
				"id": takes_part and self.verdict is not Verdict.FAIL,
				"tag": takes_part and self.verdict is Verdict.PASS,
			}[KNOWLEDGE[self.knows].proof]
		)

	@property
	def may_set_priority(self) -> bool:
		return AUTHORS[self.who] == "agent@desk.example" and self.verdict is Verdict.PASS


def tries() -> Iterator[Try]:
	for who, knows, said, exists in product(AUTHORS, KNOWLEDGE, VERDICTS, (True, False)):
		yield Try(who, knows, said, exists)


def wrongs(each: Try) -> Iterator[str]:
	"""What came out otherwise than is right."""
	message = parse(RawMessage(RemoteRef("INBOX", 1, "1", 1, NOW), each.octets), Limits(), now=NOW)
	decision = decide(message, FACTS if each.exists else GONE, SETTINGS, NOW)
	if not isinstance(decision, ToFile):
		yield f"it was not filed: {decision}"
		return
	draft = decision.draft
	if draft.mail.verdict is not each.verdict:
		yield f"the verdict was {draft.mail.verdict}"
	if isinstance(draft, ReplyDraft) is not each.may_join:
		yield "it joined" if isinstance(draft, ReplyDraft) else "it did not join"
	if isinstance(draft, ReplyDraft) and draft.ticket != TICKET:
		yield f"it joined {draft.ticket}"
	if each.verdict is Verdict.FAIL and "forged" not in " ".join(draft.notes):
		yield "no note says that it may be forged"
	if isinstance(draft, TicketDraft) and draft.values["priority"] != (
		"High" if each.may_set_priority else "Low"
	):
		yield f"the priority became {draft.values['priority']}"
	brought = brought_by(
		[AUTHORS[each.who]], ["accomplice@evil.example"], draft.mail.verdict, copies_take_part=False
	)
	if each.verdict is Verdict.FAIL and brought:
		yield "a forged mail made a participant"
	if each.verdict is not Verdict.PASS and "accomplice@evil.example" in brought:
		yield "an unproven mail's copy made a participant"


def test_nobody_writes_into_a_ticket_without_proof(capsys: pytest.CaptureFixture[str]) -> None:
	done = list(tries())
	holes = [(each, wrong) for each in done for wrong in wrongs(each)]
	joined = sum(each.may_join for each in done)
	with capsys.disabled():
		print(f"\nThreading: {len(done)} tries, {joined} with proof; {len(holes)} holes.")
	assert not holes
	assert len(done) >= 100


def test_a_first_version_token_opens_only_tickets_from_before_the_upgrade() -> None:
	old = "support+tiss-2026-00007.yobpsmvchgcq534b@help.example"
	settings = replace(SETTINGS, reply_keys=(b"the corpus key, not a secret",))
	header = f"From: jane@customer.example\nTo: {old}\nSubject: x\nMessage-ID: <o@customer.example>\n"
	octets = f"{header}\nx\n".encode()
	message = parse(RawMessage(RemoteRef("INBOX", 1, "1", 1, NOW), octets), Limits(), now=NOW)
	for upgraded, joins in (
		("2026-11-25 00:00:00.000000", True),
		("2026-11-01 00:00:00.000000", False),
		("", False),
	):
		decision = decide(message, FACTS, replace(settings, unbound_tokens_before=upgraded), NOW)
		assert isinstance(decision, ToFile)
		assert isinstance(decision.draft, ReplyDraft) is joins, upgraded
