"""POP3 servers that stall, flood, lie and refuse. Each name says what one does; the rest of it is honest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from helpdesk_mailchannel.mailcore.settings import Protocol
from tests.hostile.servers.hostile_servers import BLOCK, Talk, body, poll, quirks_of


def tries() -> dict[str, Callable[[], str]]:
	return {name: partial(poll, quirk, Protocol.POP3) for name, quirk in quirks_of(globals()).items()}


def says(pattern: str, octets: bytes):
	return body(pattern)(lambda talk, command: octets)


greeting_drips = body("GREETING")(lambda talk, _: talk.drip(b"+"))
greeting_never_ends = body("GREETING")(lambda talk, _: talk.flood(BLOCK))
greeting_is_nonsense = says("GREETING", b"\x00\xff Private words\r\n")
greeting_closes = body("GREETING")(lambda talk, _: talk.close())
capabilities_flood = body("CAPA")(lambda talk, _: talk.flood(b"X\r\n"))
sign_in_stalls = body("PASS")(lambda talk, _: talk.stall())
sign_in_drips = body("PASS")(lambda talk, _: talk.drip(b"+"))
count_refused = says("STAT", b"-ERR no\r\n")
count_nonsense = says("STAT", b"+OK many\r\n")
count_too_high = says("STAT", b"+OK 999999999 1\r\n")
count_too_low = says("STAT", b"+OK 0 0\r\n")
names_refused = says("UIDL", b"-ERR [SYS/TEMP] later\r\n")
names_locked = says("UIDL", b"-ERR [IN-USE] somebody else\r\n")
names_missing_some = says("UIDL", b"+OK\r\n1 uid1\r\n.\r\n")
names_missing_all = says("UIDL", b"+OK\r\n.\r\n")
names_of_copies = says("UIDL", b"+OK\r\n1 same\r\n2 same\r\n3 same\r\n.\r\n")
names_of_strangers = says("UIDL", b"+OK\r\n1 uid1\r\n2 uid2\r\n99 uid99\r\n.\r\n")
names_without_numbers = says("UIDL", b"+OK\r\none uid1\r\n.\r\n")
names_never_end = body("UIDL")(lambda talk, _: talk.send(b"+OK\r\n") or talk.flood(b"1 a\r\n"))
names_drip = body("UIDL")(lambda talk, _: talk.send(b"+OK\r\n") or talk.drip(b"1 a\r\n"))
sizes_refused = says("LIST", b"-ERR no\r\n")
sizes_missing = says("LIST", b"+OK\r\n.\r\n")
sizes_nonsense = says("LIST", b"+OK\r\n1 big\r\nx\r\n-1 -1\r\n2 99999999999999999999999\r\n.\r\n")
sizes_never_end = body("LIST")(lambda talk, _: talk.send(b"+OK\r\n") or talk.flood(b"1 1\r\n"))
messages_refused = says("RETR", b"-ERR Server Unavailable. 21\r\n")
messages_refused_for_now = says("RETR", b"-ERR [SYS/TEMP] later\r\n")
messages_empty = says("RETR", b"+OK\r\n.\r\n")
messages_close = body("RETR")(lambda talk, _: talk.close())
messages_break_off = body("RETR")(lambda talk, _: talk.send(b"+OK\r\nSubject: half") or talk.close())
messages_stall = body("RETR")(lambda talk, _: talk.stall())
messages_drip = body("RETR")(lambda talk, _: talk.send(b"+OK\r\n") or talk.drip(b"x"))
messages_drip_lines = body("RETR")(lambda talk, _: talk.send(b"+OK\r\n") or talk.drip(b"x\r\n"))
messages_never_end = body("RETR")(lambda talk, _: talk.send(b"+OK\r\n") or talk.flood(BLOCK))
messages_of_empty_lines = body("RETR")(lambda talk, _: talk.send(b"+OK\r\n") or talk.flood(b"\r\n"))
messages_end_twice = says("RETR", b"+OK\r\nSubject: x\r\n\r\nx\r\n.\r\nPrivate words\r\n.\r\n")
messages_without_answer = says("RETR", b"Private words\r\n.\r\n")
messages_with_nul = says("RETR", b"+OK\r\n\x00\xff\r\n\x00.\r\n.\r\n")
answers_flood = body("STAT")(lambda talk, _: talk.flood(b"+OK 1 1\r\n"))
deletions_refused = says("DELE", b"-ERR locked\r\n")
quit_refused = says("QUIT", b"-ERR some deleted messages not removed\r\n")


@body("RETR")
def second_is_refused(talk: Talk, command: str) -> object:
	return b"-ERR message is damaged\r\n" if command.split()[1] == "2" else False


@body("RETR")
def second_closes_the_connection(talk: Talk, command: str) -> object:
	return talk.close() if command.split()[1] == "2" else False
