"""File names that point somewhere else, pretend another type, or are too long for any disk."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.hostile.measure import measure
from tests.hostile.whole import HEAD, shown

NAMES = (
	"../../../etc/cron.d/x",
	"..\\\\..\\\\windows\\\\system32\\\\x.dll",
	"/etc/passwd",
	"C:\\\\autoexec.bat",
	"~/.ssh/authorized_keys",
	"a/../../b.txt",
	"..",
	".",
	"....//....//x",
	"x.pdf\x00.exe",
	"invoice\u202efdp.exe",
	"x" * 3_000 + ".txt",
	"con",
	"nul.txt",
	"a\u2215b\uff0fc.txt",
	"  . x . ",
	"%2e%2e%2fetc%2fpasswd",
	"file:///etc/passwd",
	"|rm -rf x",
	"<script>alert(1)</script>.html",
)


def message(*names: str) -> bytes:
	parts = [
		b"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''"
		+ b"".join(b"%%%02X" % octet for octet in name.encode())
		+ b"\r\n\r\nx\r\n"
		for name in names
	]
	return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(parts) + b"--b--\r\n"


def names_of(octets: bytes) -> list[str]:
	return [file.name for file in shown(octets).files if not file.name.endswith(".eml")]


def is_safe(name: str) -> bool:
	return bool(
		name.strip(". ")
		and not set(name) & set("/\\\x00\r\n\u202e")
		and ".." not in name.split("/")
		and len(name.encode()) <= 255
	)


@pytest.mark.parametrize("name", NAMES)
def test_it_becomes_a_name_and_nothing_more(name: str) -> None:
	[safe] = names_of(message(name))
	assert is_safe(safe), safe


@pytest.mark.parametrize("name", NAMES[:6])
def test_names_in_encoded_words_are_no_other(name: str) -> None:
	word = f"=?utf-8?B?{b64encode(name.encode()).decode()}?="
	octets = (
		HEAD
		+ b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/csv; name="
		+ f'"{word}"'.encode()
		+ b"\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n"
	)
	[safe] = names_of(octets)
	assert is_safe(safe), safe


def all_of_them() -> bytes:
	return message(*NAMES, *NAMES)


def test_all_of_them_stay_apart_within_bounds() -> None:
	measured = measure(names_of, all_of_them)
	measured.assert_harmless()
	assert len({name.lower() for name in measured.result}) == 2 * len(NAMES)
	assert all(map(is_safe, measured.result))
