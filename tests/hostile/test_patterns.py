"""Every pattern of the engine takes time in proportion to what it reads, up to a megabyte of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from tests.hostile.figures import note
from tests.hostile.patterns import Found, all_patterns, pumps, seeds

FIRST_LOOK = 2_000
"""Characters with which all inputs are tried; those that take longest are grown."""
SIZES = (16_000, 64_000, 250_000, 1_000_000)
GROWN = 2
"""How many inputs of a pattern are grown."""
MOST_GROWTH = 10
"""How much longer four times the input may take; by the square it would be 16 times."""
SECONDS = 3.0
"""Of processor time for a megabyte."""
TOO_SHORT_TO_MEASURE = 0.5
"""Time by the square is far above this before a megabyte is reached."""

PATTERNS = all_patterns()
slowest: dict[str, tuple[float, str]] = {}


@pytest.fixture(scope="module", autouse=True)
def figures() -> Iterator[None]:
	yield
	note(f"{len(slowest)} patterns of the engine, grown to a megabyte of {GROWN} inputs each; the slowest:")
	for place, (seconds, seed) in sorted(slowest.items(), key=lambda each: -each[1][0])[:5]:
		note(f"  {place}: {seconds:.2f} s for a megabyte of {seed!r}")


def inputs(found: Found) -> Iterator[tuple[str, str, str]]:
	"""Seed, what stands before its repetitions, and what behind."""
	for seed in seeds(found):
		yield from ((seed, "", ""), (seed, "", "\x01!"), (seed, "!", ""), (seed, "", " x" * 500))
	for seed, before in pumps(found):
		yield from ((seed, before, ""), (seed, before, "\x01!"))


def made(found: Found, kind: tuple[str, str, str], size: int) -> str | bytes:
	seed, before, behind = kind
	text = before + (seed * (size // len(seed) + 1))[:size] + behind
	return text.encode("utf-8", "surrogatepass") if found.is_octets else text


def seconds(found: Found, text: str | bytes) -> float:
	"""Processor time for all the ways in which the engine may ask this pattern."""
	started = time.process_time()
	if found.anchored:
		found.pattern.match(text)
		found.pattern.fullmatch(text)
	else:
		for _ in found.pattern.finditer(text):
			pass
	return time.process_time() - started


@pytest.mark.parametrize("found", PATTERNS, ids=[found.place for found in PATTERNS])
def test_time_grows_with_the_input_and_not_by_its_square(found: Found) -> None:
	tried = sorted(inputs(found), key=lambda kind: -seconds(found, made(found, kind, FIRST_LOOK)))
	for kind in tried[:GROWN]:
		before = 0.0
		for size in SIZES:
			took = seconds(found, made(found, kind, size))
			slow = took > TOO_SHORT_TO_MEASURE and took > MOST_GROWTH * max(
				before, TOO_SHORT_TO_MEASURE / MOST_GROWTH
			)
			assert not slow, (
				f"{size:,} characters of {kind[0]!r} took {took:.2f} s, a quarter of them {before:.2f} s"
			)
			assert took < SECONDS, f"{size:,} characters of {kind[0]!r} took {took:.2f} s"
			before = took
		slowest[found.place] = max(slowest.get(found.place, (0.0, "")), (before, kind[0][:20]))


def test_no_pattern_of_the_engine_is_overlooked() -> None:
	held = {found.pattern.pattern for found in PATTERNS}
	assert len(held) > 150
	for written in (r"[-‐–—_=*#~+.·• ]{2,}|[-–—_=ᐧ]", r"(?:(?<!\r)\r+)?\n[ \t]*", r"[^\s>]*"):
		assert written in held


@pytest.mark.parametrize(
	("pattern", "anchored"),
	[
		(r"\s*x", False),
		(r"(a+)+b", True),
		(r"<[^>]*y", False),
		(r"\w*@", False),
		(r"border-left\s*:\s*(?!none)[^;]*\S", False),
		(r"from:\s*.*\n", False),
	],
)
def test_the_search_finds_patterns_that_are_slow(pattern: str, anchored: bool) -> None:
	with pytest.raises(AssertionError, match="took"):
		for size in (20, 24, 28):
			found = Found("here", re.compile(pattern), anchored)
			took = seconds(found, made(found, ("a", "", "\x01!"), size)) if anchored else 0
			assert took < TOO_SHORT_TO_MEASURE, "it took too long"
		test_time_grows_with_the_input_and_not_by_its_square(Found("here", re.compile(pattern), anchored))
