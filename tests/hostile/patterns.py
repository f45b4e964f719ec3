"""Every regular expression of the engine, found by looking, and input made to slow each of them down.

Nothing is listed here by hand: patterns that modules hold are found in the modules, and those that are
written where they are used are found in the source. So a new one cannot escape.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import FunctionType, ModuleType
from typing import Any

import helpdesk_mailchannel.mailcore as engine

try:
	import re._constants as codes  # type: ignore[import-not-found]
	import re._parser as sre  # type: ignore[import-not-found]
except ImportError:  # Python 3.10
	import sre_constants as codes
	import sre_parse as sre

REPEATS = tuple(
	getattr(codes, name) for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") if hasattr(codes, name)
)

METHODS = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
ANCHORED = frozenset({"match", "fullmatch"})
DEPTH = 4
"""How deep containers within containers are looked into."""


@dataclass(frozen=True)
class Found:
	"""A pattern, where it is, and how the engine asks it."""

	place: str
	pattern: re.Pattern[Any]
	anchored: bool
	"""It is only ever tried at one place of its input."""

	@property
	def is_octets(self) -> bool:
		return isinstance(self.pattern.pattern, bytes)


def modules() -> list[ModuleType]:
	"""Every module of the engine."""
	names = [found.name for found in pkgutil.walk_packages(engine.__path__, f"{engine.__name__}.")]
	return [importlib.import_module(name) for name in names]


def all_patterns() -> list[Found]:
	"""The patterns of Python's own `re`; RE2's are linear by construction."""
	asked = _methods_asked()
	found: dict[tuple[Any, int], Found] = {}
	for module in modules():
		for name, pattern in (*_held(module), *_inline(module)):
			methods = asked.get(name.rpartition(".")[2]) or METHODS
			place = f"{module.__name__.removeprefix(engine.__name__ + '.')}.{name}"
			one = Found(place, pattern, anchored=methods <= ANCHORED)
			known = found.setdefault((pattern.pattern, pattern.flags), one)
			if known.anchored and not one.anchored:
				found[pattern.pattern, pattern.flags] = one
	return sorted(found.values(), key=lambda each: each.place)


def _held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
	for name, value in vars(module).items():
		if isinstance(value, type | FunctionType) and value.__module__ != module.__name__:
			continue
		for pattern in _within(value, DEPTH):
			yield name, pattern


def _within(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
	if isinstance(value, re.Pattern):
		yield value
		return
	if depth == 0 or isinstance(value, str | bytes):
		return
	inside: Iterable[Any] = ()
	if isinstance(value, Mapping):
		inside = (*value.keys(), *value.values())
	elif isinstance(value, list | tuple | set | frozenset):
		inside = value
	elif isinstance(value, FunctionType):
		cells = [cell.cell_contents for cell in value.__closure__ or ()]
		inside = (*cells, *(value.__defaults__ or ()))
	elif isinstance(value, type):
		inside = vars(value).values()
	elif is_dataclass(value):
		inside = [getattr(value, field.name) for field in fields(value)]
	for each in inside:
		yield from _within(each, depth - 1)


def _inline(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
	"""Patterns written into a call, `re.sub(r"…", …)`; one that is put together there is refused."""
	for call in _calls(module):
		match call.func:
			case ast.Attribute(value=ast.Name(id="re"), attr=method) if method in METHODS:
				pass
			case _:
				continue
		if ast.unparse(call.args[0]).startswith("re.escape(") and isinstance(call.args[0], ast.Call):
			continue  # A literal, which is always linear.
		assert isinstance(call.args[0], ast.Constant), f"{module.__name__}:{call.lineno}: give it a name"
		yield f"line {call.lineno} ({method})", re.compile(call.args[0].value, _flags(call))


def _flags(call: ast.Call) -> int:
	words = [word.value for word in call.keywords if word.arg == "flags"]
	place = {"sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)  # type: ignore[attr-defined]
	words += call.args[place : place + 1]
	return eval(ast.unparse(words[0]), {"re": re}) if words else 0


def _methods_asked() -> dict[str, set[str]]:
	"""Name of a pattern → the methods by which the engine asks it, wherever that is."""
	asked: dict[str, set[str]] = defaultdict(set)
	for module in modules():
		for call in _calls(module):
			if isinstance(call.func, ast.Attribute) and call.func.attr in METHODS:
				holder = call.func.value
				name = getattr(holder, "id", None) or getattr(holder, "attr", None)
				if name:
					asked[name].add(call.func.attr)
	return asked


def _calls(module: ModuleType) -> Iterator[ast.Call]:
	tree = ast.parse(inspect.getsource(module))
	return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


# ── Hostile input ────────────────────────────────────────────────────────────────────────────────────


def seeds(found: Found) -> list[str]:
	"""Short strings that, repeated, are what this pattern is slow at if it is slow at anything.

	Each literal and a member of each character class of the pattern, two of them in turn, an example of what
	it matches and of what it nearly matches, and what separates words.
	"""
	tree = sre.parse(found.pattern.pattern, found.pattern.flags & ~re.DEBUG)
	atoms = list(dict.fromkeys(_atoms(tree)))
	example = _example(tree)[:200]
	pieces = [*atoms, example, example[:-1], example[1:], f"{example}\n", f" {example}", f"{example}!"]
	pairs = [one + other for one in atoms[:5] for other in atoms[:5] if one != other]
	separators = [" ", "\n", "\t", "a", "-", "_", "=", "<", ">", '"', ",", ";", ":", "\\", "é"]
	return [piece for piece in dict.fromkeys((*pieces, *pairs, *separators, "a ", " \n", "é=")) if piece]


def pumps(found: Found) -> list[tuple[str, str]]:
	"""What to repeat, and what of an example stands before it: each place where the pattern may repeat."""
	tree = sre.parse(found.pattern.pattern, found.pattern.flags & ~re.DEBUG)
	places = list(dict.fromkeys(_repeats(tree, "")))
	return list(
		dict.fromkeys((pump, before) for own, before in places for pump in (own, " ", "x", ";") if pump)
	)


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
	for code, argument in tree:
		match code:
			case _ if code in REPEATS:
				yield _example(argument[2]), before
				yield from _repeats(argument[2], before)
			case codes.SUBPATTERN:
				yield from _repeats(argument[3], before)
			case codes.BRANCH:
				for branch in argument[1][:40]:
					yield from _repeats(branch, before)
		before = (before + _example([(code, argument)]))[-200:]


def _atoms(tree: Any) -> Iterator[str]:
	"""A character for each literal and class, and each run of literals as a word."""
	word = ""
	for code, argument in tree:
		if code is codes.LITERAL:
			word += chr(argument)
			yield chr(argument)
			continue
		if len(word) > 1:
			yield word
		word = ""
		yield from _atoms_of(code, argument)
	if len(word) > 1:
		yield word


def _atoms_of(code: Any, argument: Any) -> Iterator[str]:
	match code:
		case codes.IN:
			yield _member(argument)
		case codes.ANY | codes.NOT_LITERAL:
			yield "x"
		case _ if code in REPEATS:
			yield _example(argument[2])
			yield from _atoms(argument[2])
		case codes.SUBPATTERN:
			yield from _atoms(argument[3])
		case codes.BRANCH:
			for branch in argument[1][:40]:
				yield from _atoms(branch)
		case codes.ASSERT | codes.ASSERT_NOT:
			yield from _atoms(argument[1])


def _example(tree: Any) -> str:
	"""Something the pattern matches, or nearly."""
	made = ""
	for code, argument in tree:
		match code:
			case codes.LITERAL:
				made += chr(argument)
			case codes.NOT_LITERAL:
				made += "y" if argument == ord("x") else "x"
			case codes.IN:
				made += _member(argument)
			case codes.ANY:
				made += "x"
			case _ if code in REPEATS:
				least, most, inner = argument
				made += _example(inner) * min(max(least, 1), most)
			case codes.SUBPATTERN:
				made += _example(argument[3])
			case codes.BRANCH:
				made += _example(argument[1][0])
	return made


_CATEGORIES = {
	codes.CATEGORY_DIGIT: "1",
	codes.CATEGORY_NOT_DIGIT: "x",
	codes.CATEGORY_SPACE: " ",
	codes.CATEGORY_NOT_SPACE: "x",
	codes.CATEGORY_WORD: "a",
	codes.CATEGORY_NOT_WORD: "-",
}


def _member(options: Any) -> str:
	"""A character that is in a class."""
	if options[0][0] is codes.NEGATE:
		taken = re.compile("[" + "".join(map(_written, options[1:])) + "]")
		return next(one for one in "xa1 -~é\u4e00\x01" if not taken.match(one))
	code, argument = options[0]
	match code:
		case codes.LITERAL:
			return chr(argument)
		case codes.RANGE:
			return chr(argument[0])
		case _:
			return _CATEGORIES[argument]


def _written(option: Any) -> str:
	code, argument = option
	match code:
		case codes.LITERAL:
			return re.escape(chr(argument))
		case codes.RANGE:
			return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
		case _:
			return {
				codes.CATEGORY_DIGIT: r"\d",
				codes.CATEGORY_NOT_DIGIT: r"\D",
				codes.CATEGORY_SPACE: r"\s",
				codes.CATEGORY_NOT_SPACE: r"\S",
				codes.CATEGORY_WORD: r"\w",
				codes.CATEGORY_NOT_WORD: r"\W",
			}[argument]
