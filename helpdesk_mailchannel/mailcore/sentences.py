"""Sentences for people: written in English here, read in each reader's own language.

The engine has no catalogue. `_` marks a sentence, so that Frappe's extraction finds it, and keeps what the
sentence was made of; `ticketing.language` and the Desk's scripts translate it where it is shown:

	_("The channel {0} filed it on {1}.").format(channel, ticket.words)

The template is the only literal argument of `_`: an assembled string would have no translation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_PLACE = re.compile(r"\{(\d{1,2})\}")


def filled(template: str, args: Sequence[str]) -> str:
	"""Replace `{0}`, `{1}` … of a template; a place without an argument stays, so that no translation breaks.

	Without arguments the template is taken literally, including its braces.
	"""
	if not args:
		return template

	def argument(found: re.Match[str]) -> str:
		number = int(found[1])
		return args[number] if number < len(args) else found[0]

	return _PLACE.sub(argument, template)


class Sentence(str):
	"""English words, with the template and the arguments that they were made of.

	In logs, comparisons and tests it is its English text. An argument that is a Sentence is translated as
	well; any other is a name, a number or somebody's words, and stays as it is.
	"""

	template: str
	args: tuple[str, ...]

	def __new__(cls, template: str, args: tuple[object, ...] = ()) -> Sentence:
		"""Keep the arguments as text, and fill them in."""
		kept = tuple(each if isinstance(each, Sentence) else str(each) for each in args)
		made = super().__new__(cls, filled(template, kept))
		made.template, made.args = template, kept
		return made

	def format(self, *args: object, **_named: object) -> Sentence:
		"""Give the template its arguments: `{0}` is the first."""
		return Sentence(self.template, args)

	def __getnewargs__(self) -> tuple[str, tuple[str, ...]]:  # type: ignore[override]
		"""Return the arguments for copies."""
		return self.template, self.args


Translate = Callable[[Sentence], str]
"""Puts a sentence into one language; `str` leaves it in English."""

NOTHING = Sentence("")


def _(template: str) -> Sentence:
	"""Mark a sentence as one that can be translated."""
	return Sentence(template)


def verbatim(text: str) -> Sentence:
	"""Take somebody else's words, which no catalogue has, as a sentence."""
	return text if isinstance(text, Sentence) else Sentence("{0}", (text,)) if text else NOTHING


def known_word(word: str) -> Sentence:
	"""Mark a word that the site's own catalogue has, such as the name of a DocType."""
	return Sentence(word)


def in_a_row(*parts: str, between: str = " ") -> Sentence:
	"""Put sentences after each other, leaving out empty ones."""
	said = [verbatim(part) for part in parts if part]
	if len(said) == 1:
		return said[0]
	return Sentence(between.join(f"{{{number}}}" for number in range(len(said))), tuple(said))
