"""Archives and winmail.dat that hold more than they weigh: they are never unpacked."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from base64 import encodebytes

import pytest

from tests.hostile.measure import measure
from tests.hostile.whole import HEAD, shown

HUGE = 100_000_000


def attached(content_type: bytes, content: bytes) -> bytes:
	head = HEAD + b"Content-Type: " + content_type + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	return head + encodebytes(content)


def zipped(content: bytes, name: str) -> bytes:
	stream = io.BytesIO()
	with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
		archive.writestr(name, content)
	return stream.getvalue()


def zip_of_zeros() -> bytes:
	return attached(b"application/zip; name=a.zip", zipped(b"\0" * HUGE, "zeros"))


def zip_within_zip() -> bytes:
	return attached(b"application/zip; name=a.zip", zipped(zipped(b"\0" * HUGE, "zeros"), "inner.zip"))


def zip_that_calls_itself_a_document() -> bytes:
	return attached(
		b"application/vnd.openxmlformats-officedocument.wordprocessingml.document; name=a.docx",
		zipped(b"\0" * HUGE, "word/document.xml"),
	)


def gzip_of_zeros() -> bytes:
	return attached(b"application/gzip; name=a.gz", gzip.compress(b"\0" * HUGE))


def gzip_that_calls_itself_text() -> bytes:
	return attached(b"text/plain; name=a.txt", gzip.compress(b"\0" * HUGE))


def picture_of_many_pixels() -> bytes:
	header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
	chunk = b"IHDR" + header
	png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
	return attached(b"image/png; name=a.png", png + zlib.compress(b"\0" * 1_000_000))


def tnef_of_compressed_text() -> bytes:
	rtf = struct.pack("<IIII", 100, HUGE, 0x75465A4C, 0) + b"\0" * 1_000
	properties = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(rtf)) + rtf
	attribute = struct.pack("<BHHI", 1, 0x9003, 6, len(properties)) + properties + b"\0\0"
	return attached(b"application/ms-tnef; name=winmail.dat", struct.pack("<IH", 0x223E9F78, 1) + attribute)


def files_kept(octets: bytes) -> list[int]:
	"""How many files are kept besides the message itself, and how much they weigh."""
	kept = [file for file in shown(octets).files if not file.name.endswith(".eml")]
	return [len(kept), sum(len(file.content) for file in kept)]


@pytest.mark.parametrize(
	"build",
	[
		zip_of_zeros,
		zip_within_zip,
		zip_that_calls_itself_a_document,
		gzip_of_zeros,
		gzip_that_calls_itself_text,
		picture_of_many_pixels,
		tnef_of_compressed_text,
	],
)
def test_it_is_kept_as_it_came(build) -> None:
	measured = measure(files_kept, build)
	measured.assert_harmless()
	count, octets = measured.result
	assert count <= 1
	assert octets < 1_000_000
