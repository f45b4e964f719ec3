"""Token endpoints that stall, flood and answer nonsense. Each name says what one does."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import partial

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient
from helpdesk_mailchannel.mailcore.oauth.tokens import token_set
from helpdesk_mailchannel.mailcore.settings import HostPolicy
from tests.hostile.servers.hostile_servers import (
	BLOCK,
	PRIVATE,
	TIMEOUT,
	Clock,
	Quirk,
	Server,
	Talk,
	body,
	quirks_of,
)

SECRET = f"{PRIVATE} of the client"


def tries() -> dict[str, Callable[[], str]]:
	return {name: partial(ask, quirk) for name, quirk in quirks_of(globals()).items()}


def ask(quirk: Quirk) -> str:
	"""Ask one endpoint for a token; what is wrong with how that ended, or nothing."""
	server = Server(quirk, http)
	client = HttpClient(
		lambda host, port: [("127.0.0.1", server.port)],
		hosts=HostPolicy(allow_loopback=True),
		timeout=TIMEOUT,
	)
	try:
		answer = client.post(f"http://login.example:{server.port}/token", data={"client_secret": SECRET})
		token = token_set(answer.json, Clock().now()).access.value
		return "" if token == "good" else "takes a token that is none"
	except ChannelError as error:
		return "shows the secret" if PRIVATE in str(error) else ""
	finally:
		server.close()


def http(talk: Talk) -> None:
	length = 0
	while line := talk.line():
		if line.lower().startswith(b"content-length:"):
			length = int(line.split(b":")[1])
	talk.lines.read(length)
	talk.server.quirk(talk, "ASKED")
	talk.close()


def asked(act: Callable[[Talk], object]) -> Quirk:
	return body("ASKED")(lambda talk, _: act(talk))


def answers(octets: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n") -> Quirk:
	return asked(lambda talk: head + b"Content-Length: %d\r\n\r\n" % len(octets) + octets)


OK = b"HTTP/1.1 200 OK\r\n"
GOOD = b'{"access_token": "good", "token_type": "Bearer"}'

honest = answers(GOOD)
silent = asked(lambda talk: talk.stall())
closes = asked(lambda talk: talk.close())
status_drips = asked(lambda talk: talk.drip(b"H", 0.05))
head_drips_octets = asked(lambda talk: talk.send(OK + b"X: ") or talk.drip(b"x", 0.05))
head_drips_lines = asked(lambda talk: talk.send(OK) or talk.drip(b"X: y\r\n", 0.05))
body_drips = asked(lambda talk: talk.send(OK + b"Content-Length: 9999\r\n\r\n") or talk.drip(b" ", 0.05))
body_without_length_drips = asked(lambda talk: talk.send(OK + b"\r\n") or talk.drip(b" ", 0.05))
chunks_drip = asked(
	lambda talk: talk.send(OK + b"Transfer-Encoding: chunked\r\n\r\n") or talk.drip(b"1\r\n \r\n", 0.05)
)
says_go_on_for_ever = asked(lambda talk: talk.flood(b"HTTP/1.1 100 Continue\r\n\r\n"))
says_go_on_slowly = asked(lambda talk: talk.drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.05))
status_never_ends = asked(lambda talk: talk.flood(BLOCK))
head_line_never_ends = asked(lambda talk: talk.send(OK + b"X: ") or talk.flood(BLOCK))
head_never_ends = asked(lambda talk: talk.send(OK) or talk.flood(b"X: y\r\n"))
body_never_ends = asked(lambda talk: talk.send(OK + b"\r\n") or talk.flood(BLOCK))
chunks_never_end = asked(
	lambda talk: talk.send(OK + b"Transfer-Encoding: chunked\r\n\r\n") or talk.flood(b"1\r\n \r\n")
)
chunk_of_four_gigabytes = asked(
	lambda talk: talk.send(OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n") or talk.flood(BLOCK)
)
length_of_four_gigabytes = asked(
	lambda talk: talk.send(OK + b"Content-Length: 4294967295\r\n\r\n") or talk.flood(BLOCK)
)
length_is_negative = asked(lambda talk: OK + b"Content-Length: -1\r\n\r\n" + GOOD)
breaks_off = asked(lambda talk: OK + b"Content-Length: 100\r\n\r\n" + GOOD[:20])
packed_bomb = answers(gzip.compress(b" " * 50_000_000), OK + b"Content-Encoding: gzip\r\n")
redirects = answers(b"", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/token\r\n")
nests = answers(b"[" * 200_000)
nests_objects = answers(b'{"a":' * 40_000)
long_number = answers(b'{"expires_in": ' + b"9" * 200_000 + b"}")
is_a_list = answers(b"[]")
is_html = answers(b"<html>sign in</html>")
is_not_text = answers(b"\x00\xff\xfe")
no_http = asked(lambda talk: b"* OK IMAP ready\r\n")
token_with_line_break = answers(b'{"access_token": "a\\r\\nb"}')
token_is_a_number = answers(b'{"access_token": 7}')
lifetime_is_nonsense = answers(b'{"access_token": "good", "expires_in": "-1e999"}')
busy_for_ever = answers(b"", b"HTTP/1.1 429 Slow\r\nRetry-After: 99999999999999999999\r\n")
repeats_the_secret = answers(
	b'{"error": "invalid_client", "error_description": "' + SECRET.encode() + b' is wrong"}',
	b"HTTP/1.1 400 Bad\r\n",
)
