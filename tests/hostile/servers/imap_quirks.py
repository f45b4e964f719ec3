"""IMAP servers that stall, flood, lie and refuse. Each name says what one does; the rest of it is honest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from helpdesk_mailchannel.mailcore.settings import Protocol
from tests.hostile.servers.hostile_servers import BLOCK, Talk, body, fetched, poll, quirks_of

GREETING, SEARCH, LISTING, BODY = (
	"GREETING",
	"UID SEARCH UNDELETED",
	r"UID FETCH \S+ \(UID RFC822",
	r"UID FETCH \S+ \(UID BODY.PEEK\[\]",
)
BIG = 60 * 1024 * 1024


def tries() -> dict[str, Callable[[], str]]:
	return {name: partial(poll, quirk, Protocol.IMAP) for name, quirk in quirks_of(globals()).items()}


def says(pattern: str, untagged: bytes, answer: bytes = b"OK done"):
	return body(pattern)(lambda talk, command: untagged + talk.tag + b" " + answer + b"\r\n")


greeting_drips = body(GREETING)(lambda talk, _: talk.drip(b"*"))
greeting_never_ends = body(GREETING)(lambda talk, _: talk.flood(BLOCK))
greeting_is_nonsense = body(GREETING)(lambda talk, _: b"\x00\xff\r\n")
greeting_closes = body(GREETING)(lambda talk, _: talk.close())
capabilities_flood = body("CAPABILITY")(lambda talk, _: talk.flood(b"* CAPABILITY IMAP4rev1 X\r\n"))
unknown_answers_flood = body("CAPABILITY")(lambda talk, _: talk.flood(b"* XNOISE 1 2 3\r\n"))
sign_in_stalls = body("LOGIN")(lambda talk, _: talk.stall())
sign_in_asks_for_more = body("LOGIN")(lambda talk, _: talk.flood(b"+ more\r\n"))
sign_in_drips = body("LOGIN")(lambda talk, _: talk.drip(b"* OK still here\r\n"))
select_floods = body("SELECT")(lambda talk, _: talk.flood(b"* FLAGS (a b c d)\r\n"))
select_says_nothing = says("SELECT", b"")
select_without_count = says("SELECT", b"* OK [UIDVALIDITY 7] ok\r\n")
select_with_words_for_numbers = says("SELECT", b"* many EXISTS\r\n* OK [UIDVALIDITY x] ok\r\n")
search_refused = says(SEARCH, b"", b"NO [UNAVAILABLE] later")
search_bad = says(SEARCH, b"", b"BAD what")
search_silent = says(SEARCH, b"")
search_nonsense = says(SEARCH, b"* SEARCH one two\r\n")
search_names_strangers = says(SEARCH, b"* SEARCH 0 99 4294967296 2\r\n")
search_never_ends = body(SEARCH)(lambda talk, _: talk.flood(b"1234567 "))
search_floods_lines = body(SEARCH)(lambda talk, _: talk.flood(b"* SEARCH 1\r\n"))
listing_refused = says(LISTING, b"", b"NO [SERVERBUG] oops")
listing_silent = says(LISTING, b"")
listing_floods = body(LISTING)(lambda talk, _: talk.flood(b"* 1 FETCH (FLAGS ())\r\n"))
listing_floods_literals = body(LISTING)(lambda talk, _: talk.flood(b"* 1 FETCH (X {1}\r\nx)\r\n"))
listing_nests = says(LISTING, b"* 1 FETCH " + b"(" * 500_000 + b"\r\n")
listing_drips = body(LISTING)(lambda talk, _: talk.drip(b"* 1 FETCH ()\r\n"))
bodies_refused = says(BODY, b"", b"NO [SERVERBUG] oops")
bodies_unavailable = says(BODY, b"", b"NO [UNAVAILABLE] later")
bodies_bad = says(BODY, b"", b"BAD what")
bodies_silent = says(BODY, b"")
bodies_nil = says(BODY, b"* 2 FETCH (UID 2 BODY[] NIL)\r\n")
bodies_empty = says(BODY, b'* 2 FETCH (UID 2 BODY[] "")\r\n')
bodies_of_strangers = says(BODY, b"* 9 FETCH (UID 9 BODY[] {4}\r\nevil)\r\n")
bodies_in_two_ways = says(BODY, b"* 2 FETCH (UID 2 BODY[] {1}\r\na)\r\n* 2 FETCH (UID 2 BODY[] {1}\r\nb)\r\n")
bodies_say_bye = body(BODY)(lambda talk, _: talk.send(b"* BYE Internal error\r\n") or talk.close())
bodies_close = body(BODY)(lambda talk, _: talk.close())
bodies_stall = body(BODY)(lambda talk, _: talk.stall())
bodies_drip_octets = body(BODY)(
	lambda talk, _: talk.send(b"* 2 FETCH (UID 2 BODY[] {99}\r\n") or talk.drip(b"x")
)
bodies_drip_lines = body(BODY)(lambda talk, _: talk.drip(b"* OK still here\r\n"))
bodies_flood_flags = body(BODY)(lambda talk, _: talk.flood(b"* 2 FETCH (FLAGS (\\Seen))\r\n"))
bodies_flood_literals = body(BODY)(lambda talk, _: talk.flood(b"* 2 FETCH (UID 2 BODY[] {3}\r\nabc)\r\n"))
bodies_of_four_gigabytes = body(BODY)(
	lambda talk, _: talk.send(b"* 2 FETCH (UID 2 BODY[] {4294967295}\r\n") or talk.flood(BLOCK)
)
bodies_longer_than_announced = says(
	BODY, b"* 2 FETCH (UID 2 BODY[] {3}\r\nPrivate words\r\nPrivate words)\r\n"
)
bodies_shorter_than_announced = says(BODY, b"* 2 FETCH (UID 2 BODY[] {300}\r\nPrivate words)\r\n")
bodies_unparsable = says(BODY, b"* 2 FETCH (UID 2 BODY[] \r\n* 3 FETCH (UID 3 BODY[] )\r\n")
bodies_with_open_string = says(BODY, b'* 2 FETCH (UID 2 BODY[] "Private words)\r\n')
bodies_with_nul = says(BODY, b"* 2 FETCH (UID 2 BODY[] \x00\xff\xfe)\r\n")
bodies_in_a_long_string = says(BODY, b'* 2 FETCH (UID 2 BODY[] "' + b"x" * 2_000_000 + b'")\r\n')
bodies_with_other_tag = body(BODY)(lambda talk, _: b"ZZZZ99 OK Private words\r\n")
bodies_renumbered = says(BODY, b"* OK [UIDVALIDITY 78] new\r\n")
bodies_expunged = says(BODY, b"* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n", b"NO [EXPUNGEISSUED] some are gone")


@body(BODY)
def second_is_refused(talk: Talk, command: str) -> object:
	wanted = command.split()[2]
	if wanted == "2":
		return talk.tag + b" NO The requested item could not be found\r\n"
	return False if wanted != "1:3" else talk.tag + b" NO some could not be fetched\r\n"


@body(BODY)
def second_closes_the_connection(talk: Talk, command: str) -> object:
	return talk.close() if command.split()[2] in ("1:3", "2", "1:2", "2:3") else False


@body("UID FETCH")
def sizes_are_lies(talk: Talk, command: str) -> object:
	if "RFC822.SIZE" in command:
		lines = (fetched(uid, b"", command, size=10) for uid in talk.server.mails)
		return b"".join(lines) + talk.tag + b" OK done\r\n"
	talk.send(b"* 2 FETCH (UID 2 BODY[] {%d}\r\n" % BIG)
	for _ in range(BIG // len(BLOCK)):
		talk.send(BLOCK)
	return b")\r\n" + talk.tag + b" OK done\r\n"
