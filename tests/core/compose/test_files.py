"""Which files are kept, and what is said about the others."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.compose.files import keep, readable_size, real_extension
from helpdesk_mailchannel.mailcore.model import Disposition, File
from helpdesk_mailchannel.mailcore.settings import Limits
from tests.core.compose.build import PNG, shown

EXE = b"MZ\x90\x00" + b"\0" * 100
PDF = b"%PDF-1.7\n"
ZIP = b"PK\x03\x04" + b"\0" * 40


def why(file, **limits):
	left_out = keep([file], Limits(**limits)).left_out
	return left_out[0].why if left_out else None


def test_a_file_within_the_limits_is_kept():
	file = File("bill.pdf", "application/pdf", PDF)
	assert keep([file], Limits()).files == (file,)


def test_a_file_that_is_too_large_is_named_with_the_limit():
	assert why(File("a.bin", "x/y", b"x" * 2000), attachment=1024) == "it is larger than 1 KB"


def test_a_file_of_no_octets_is_only_named():
	assert why(File("a.csv", "text/csv", b"")) == "it is empty"


def test_files_beyond_the_count_are_left_out():
	files = [File(f"{n}.txt", "text/plain", b"x") for n in range(4)]
	kept = keep(files, Limits(attachments=2))
	assert [file.name for file in kept.files] == ["0.txt", "1.txt"]
	assert [file.name for file in kept.left_out] == ["2.txt", "3.txt"]


def test_a_file_that_would_exceed_the_total_is_left_out_and_a_smaller_one_kept():
	files = [File(name, "x/y", b"x" * size) for name, size in (("a", 600), ("b", 600), ("c", 300))]
	assert [file.name for file in keep(files, Limits(attachments_total=1000)).files] == ["a", "c"]


@pytest.mark.parametrize(
	"file",
	[
		File("setup.exe", "application/octet-stream", EXE),
		File("SETUP.EXE", "application/pdf", b"text"),
		File("bill.pdf.exe", "application/pdf", PDF),
		File("bill.pdf", "application/pdf", EXE),
	],
)
def test_a_refused_type_is_found_by_its_name_and_by_its_content(file):
	assert why(file, refused_extensions=frozenset({"exe"})) == "this type is not accepted"


@pytest.mark.parametrize(
	"file, kept",
	[
		(File("bill.pdf", "application/pdf", PDF), True),
		(File("letter.docx", "x/y", ZIP), True),
		(File("notes.pdf", "application/pdf", b"only text"), True),
		(File("bill.pdf", "application/pdf", EXE), False),
		(File("run.sh", "text/plain", b"#!/bin/sh"), False),
		(File("noname", "x/y", b"?"), False),
	],
)
def test_where_types_are_listed_only_those_are_kept(file, kept):
	assert (why(file, allowed_extensions=frozenset({"pdf", "docx"})) is None) == kept


def test_an_archive_is_judged_by_its_name_and_never_opened():
	assert why(File("a.docx", "x/y", ZIP), refused_extensions=frozenset({"zip"})) is None
	assert why(File("a.zip", "x/y", ZIP), refused_extensions=frozenset({"zip"})) is not None


@pytest.mark.parametrize(
	"content", [b"<svg xmlns='x'>", b"<?xml version='1.0'?><svg>", b" \n<HTML>", b"<script>"]
)
def test_a_page_that_calls_itself_a_picture_becomes_a_download(content):
	(file,) = keep([File("a.png", "image/png", content, Disposition.INLINE, "a@x")], Limits()).files
	assert file.content_type == "application/octet-stream"
	assert file.disposition is Disposition.ATTACHMENT
	assert file.content == content


def test_what_was_not_kept_is_listed_under_the_message():
	files = (File("<b>.exe", "x/y", EXE), File("ok.png", "image/png", PNG))
	made = shown(text="See files", files=files, limits=Limits(refused_extensions=frozenset({"exe"})))
	assert "Not kept: ‹b›.exe (104 bytes): this type is not accepted." in made.html
	assert [file.name for file in made.left_out] == ["<b>.exe"]


def test_what_was_wrong_with_the_message_is_said_under_it():
	assert "A part was cut short." in shown(text="x", defects=("A part was cut short.",)).html


@pytest.mark.parametrize(
	"octets, words", [(0, "0 bytes"), (1023, "1023 bytes"), (2048, "2 KB"), (2_202_010, "2.1 MB")]
)
def test_sizes_are_written_for_people(octets, words):
	assert readable_size(octets) == words


def test_content_that_tells_nothing_has_no_type():
	assert real_extension(b"plain words") == ""
	assert real_extension(b"") == ""
