"""Makes a stranger's HTML safe to show in the ticket's timeline.

nh3 (the ammonia sanitiser) reads the message as a browser would and writes it again from an allow-list.
What is done to it afterwards works on nh3's own output, and nh3 has the last word again. So nothing is ever
stored that it did not write. Tags and attributes are those that Frappe 15's and 16's sanitisers keep too:
version 15 turns a tag it does not know into visible text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape

import nh3

from helpdesk_mailchannel.mailcore.compose.html.inert_text import inert
from helpdesk_mailchannel.mailcore.compose.html.markup import Token, element_ends, read
from helpdesk_mailchannel.mailcore.compose.html.styles import is_hidden, is_telling_colour, safe_style
from helpdesk_mailchannel.mailcore.sentences import Translate, _, filled
from helpdesk_mailchannel.mailcore.settings import Limits

REMOTE_IMAGE = "mail-remote-image"
"""The class of a held-back image's stand-in: address in `data-src`, size in `data-width`, `data-height`."""
MISSING_IMAGE = "mail-missing-image"
HISTORY = "mail-history"
"""The class of the `<details>` around folded history."""
NOTICE = "mail-notice"
"""The class of what the channel itself says about a message."""
QUOTE = "gmail_quote"
"""The class by which Helpdesk's viewer knows history; every mail client's history is marked with it."""

TAGS = frozenset(
	"a abbr acronym address article aside b big blockquote br caption center cite code col colgroup dd del"
	" dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li nav ol p"
	" pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
	" var".split()
)
_GONE_WITH_CONTENT = frozenset(
	"script style title noembed noframes iframe object embed applet svg math audio video canvas select"
	" template frameset map".split()
)
_SIZE = re.compile(r"\d{1,4}(\.\d+)?%?")
_WORD = re.compile(r"[\w%.-]{1,20}", re.ASCII)
_LINK = re.compile(r"\s{0,20}(https?://|mailto:)[^<>\"\x00-\x1f]+", re.I)
_SIZED = {"width": _SIZE, "height": _SIZE}
_CELL = {**_SIZED, "colspan": _SIZE, "rowspan": _SIZE, "align": _WORD, "valign": _WORD}
_ANY = re.compile(r"[^\x00-\x08]{0,500}")
_ATTRIBUTES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
	"a": {"href": _LINK, "title": _ANY},
	"abbr": {"title": _ANY},
	"col": {"span": _SIZE, "width": _SIZE},
	"table": {**_SIZED, "border": _SIZE, "cellpadding": _SIZE, "cellspacing": _SIZE, "align": _WORD},
	"td": _CELL,
	"th": _CELL,
	"tr": {"align": _WORD, "valign": _WORD},
	"ol": {"start": _SIZE, "type": _WORD},
	"ul": {"type": _WORD},
	"li": {"value": _SIZE},
	"p": {"align": _WORD},
	"div": {"align": _WORD},
	**{f"h{level}": {"align": _WORD} for level in range(1, 7)},
}
"""What a tag may carry besides `dir` and a safe style, and what the values must look like."""

_reading = nh3.Cleaner(
	tags=set(TAGS),
	clean_content_tags=set(_GONE_WITH_CONTENT),
	attributes={
		"*": {"class", "id", "name", "style", "dir", "align", "valign", "width", "height", "type", "title"},
		"a": {"href"},
		"img": {"src", "alt"},
		"font": {"color"},
		"table": {"border", "cellpadding", "cellspacing"},
		"td": {"colspan", "rowspan"},
		"th": {"colspan", "rowspan"},
		"col": {"span"},
		"ol": {"start"},
		"li": {"value"},
	},
	url_schemes={"http", "https", "mailto", "cid"},
	link_rel=None,
)
"""The first pass. Classes, ids, names and styles stay, to recognise quotes and hidden elements."""

_showing = nh3.Cleaner(
	tags={*TAGS, "details"},
	clean_content_tags=set(_GONE_WITH_CONTENT),
	attributes={
		"*": {"dir", "style"},
		"img": {"src", "alt", "title", "width", "height"},
		"span": {"data-src", "data-width", "data-height", "title"},
		**{tag: set(attributes) for tag, attributes in _ATTRIBUTES.items() if tag != "a"},
		"a": {"href", "title", "target", "data-src", "data-width", "data-height"},
	},
	allowed_classes={
		"a": {REMOTE_IMAGE},
		"span": {REMOTE_IMAGE, MISSING_IMAGE},
		"div": {QUOTE, NOTICE},
		"details": {HISTORY},
	},
	url_schemes={"http", "https", "mailto", "cid"},
	link_rel="noopener noreferrer",
)
"""The last pass, over what we have made ourselves."""

_START_OR_END = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_START = re.compile(r"<[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*=?[^\s/>=]*(?:\s*(=)\s*)?")
_UNQUOTED = re.compile(r"[^\s>]*")
_NEVER_NESTED = frozenset(
	"area base br col embed hr img input link meta param source track wbr p li td th tr dd dt option"
	" tbody thead tfoot colgroup html head body".split()
)
_USUAL_FORMATTING = 10
"""Formatting tags that may be open at once in a message of the greatest length."""
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())


class TooHeavy(Exception):
	"""The HTML is longer, or its tags are more or deeper nested, than is safe to parse."""


def sanitised(html: str, limits: Limits) -> list[Token]:
	"""Return the tokens of HTML after the first pass: safe, but with the sender's classes and styles.

	Tracking pixels are left out, and what the sender hid, unless nothing else would remain. Call it for what
	`is_too_heavy` lets through; it raises TooHeavy if that was too much all the same.
	"""
	clean = _reading.clean(html)
	if clean.count("<") > 2 * limits.html_tags:
		raise TooHeavy
	tokens = read(clean)
	visible = _without_hidden(tokens)
	return visible if any(_is_seen(token) for token in visible) else tokens


@dataclass(frozen=True)
class ImageWords:
	"""What stands in for an image that is not shown, in one language; `{0}` is what the sender calls it."""

	unnamed: str
	named: str
	missing: str
	named_missing: str


def image_words(translate: Translate) -> ImageWords:
	"""Return the words in the language of `translate`."""
	return ImageWords(
		translate(_("[Image]")),
		translate(_("[Image: {0}]")),
		translate(_("[Image missing]")),
		translate(_("[Image missing: {0}]")),
	)


ENGLISH = image_words(str)


def shown(tokens: list[Token], inline: Mapping[str, str], words: ImageWords = ENGLISH) -> list[Token]:
	"""Return the tokens with our attributes in place of the sender's, and every image decided on.

	`inline` maps the Content-IDs that may be shown, in lower case, to themselves as their files spell them;
	`words` stand for images that are not shown.
	"""
	links = 0
	made = []
	for token in tokens:
		if token.tag == "a":
			links += -1 if token.closing else 1
		if token.tag == "img":
			made.append(Token(_image(token, inline, words, in_link=links > 0)))
		elif token.opening:
			made.append(_rewritten(token))
		else:
			made.append(token)
	return made


def finished(html: str) -> str:
	"""Pass HTML that we have made through nh3 for the last time, and keep its words words."""
	return inert(_showing.clean(html))


_CID_SOURCE = re.compile(r"src=\"cid:([^\"]*)\"")


def with_inline_urls(html: str, urls: Mapping[str, str]) -> str:
	"""Return a draft's HTML with the addresses of stored files in place of `cid:` links.

	`urls` goes from Content-ID (as in `File.content_id`) to address. A link that is
	not among them stays as it is.
	"""

	def address(found: re.Match[str]) -> str:
		url = urls.get(unescape(found[1]))
		return f'src="{escape(url)}"' if url else found[0]

	return _CID_SOURCE.sub(address, html)


def inline_ids(html: str) -> frozenset[str]:
	"""Return the Content-IDs of the images that a draft's HTML shows."""
	return frozenset(unescape(found) for found in _CID_SOURCE.findall(html))


def is_too_heavy(html: str, limits: Limits) -> bool:
	"""Tell whether HTML would take too long to parse: too many tags, too deeply nested.

	Nested tags take the sanitiser quadratic time (50,000 nested `<div>` take 4.5 s), and so do attributes
	(425,000 on one tag: 248 s); an unclosed `<font>` is repeated in every later paragraph. So all are counted
	before it reads a word. The count is linear and errs towards "too heavy".
	"""
	if len(html) > limits.html:
		return True
	entities = html.count("&") + html.count("\N{NO-BREAK SPACE}")
	if max(html.count("<"), html.count(">")) + entities > limits.html_tags:
		return True
	if html.count("\n") > limits.html_lines or _has_a_tag_of_too_many_attributes(html, limits):
		return True
	depth = deepest = formatting = most_formatting = tags = 0
	for found in _START_OR_END.finditer(html):
		tag = found[2].lower()
		tags += 1
		if tag in _NEVER_NESTED:
			continue
		step = -1 if found[1] else 1
		depth = max(0, depth + step)
		deepest = max(deepest, depth)
		if tag in _FORMATTING:
			formatting = max(0, formatting + step)
			most_formatting = max(most_formatting, formatting)
	return deepest > limits.html_depth or tags * most_formatting > limits.html_tags * _USUAL_FORMATTING


def _has_a_tag_of_too_many_attributes(html: str, limits: Limits) -> bool:
	"""Tell whether any tag carries more attributes than allowed, read as a browser reads a tag.

	Everything that looks like a tag is tried, because only parsing the whole could tell what is in a comment,
	a script or another tag's quotes. If tags seem to lie within each other, so that the same text is read
	again and again, no mail program wrote the HTML, and it is too heavy.
	"""
	budget = 4 * len(html)
	for tag in _START.finditer(html):
		position = tag.end()
		for number in range(limits.html_attributes + 2):
			before = position
			position = _after_attribute(html, position)
			budget -= position - before
			if position >= len(html) or html[position] == ">":
				break
			if number > limits.html_attributes or budget < 0:
				return True
	return budget < 0


def _after_attribute(html: str, position: int) -> int:
	"""Find the end of the attribute that begins here, within a tag (HTML Standard, 13.2.5.32 to 39)."""
	found = _ATTRIBUTE.match(html, position)
	end = found.end() if found else position
	if not (found and found[1]):
		return end
	quote = html[end : end + 1]
	if quote in ("'", '"'):
		return html.find(quote, end + 1) + 1 or len(html)
	unquoted = _UNQUOTED.match(html, end)
	return unquoted.end() if unquoted else end


def _is_seen(token: Token) -> bool:
	return token.tag == "img" or not (token.tag or token.source.replace("&nbsp;", " ").isspace())


def _without_hidden(tokens: list[Token]) -> list[Token]:
	kept: list[Token] = []
	ends = element_ends(tokens)
	index = 0
	while index < len(tokens):
		token = tokens[index]
		if token.opening and 'style="' in token.source and is_hidden(token.attributes.get("style", "")):
			index = ends[index]
			continue
		if not (token.tag == "img" and _is_tracking_pixel(token.attributes)):
			kept.append(token)
		index += 1
	return kept


def _rewritten(token: Token) -> Token:
	if token.source == f"<{token.tag}>":
		return token
	given = token.attributes
	allowed = _ATTRIBUTES.get(token.tag, {})
	kept = {
		name: value for name, value in given.items() if name in allowed and allowed[name].fullmatch(value)
	}
	if given.get("dir", "").lower() in ("ltr", "rtl", "auto"):
		kept["dir"] = given["dir"].lower()
	style = safe_style(given.get("style", ""))
	if token.tag == "font" and is_telling_colour(given.get("color", "")):
		style = f"color:{given['color'].strip().lower()}"
	if style:
		kept["style"] = style
	if token.tag == "a":
		kept["target"] = "_blank"
	return Token(_tag(token.tag, kept), token.tag)


def _image(token: Token, inline: Mapping[str, str], words: ImageWords, *, in_link: bool) -> str:
	given = token.attributes
	source, alt = given.get("src", "").strip(), given.get("alt", "").strip()[:200]
	size = {name: given[name] for name in ("width", "height") if _SIZE.fullmatch(given.get(name, ""))}
	scheme = source.partition(":")[0].lower()
	if scheme == "cid":
		content_id = inline.get(source[4:].lower())
		if content_id:
			return _tag("img", {"src": f"cid:{content_id}", "alt": alt, **size})
		missing = filled(words.named_missing, [alt]) if alt else words.missing
		return _stand_in("span", MISSING_IMAGE, missing, {})
	if scheme in ("http", "https"):
		image = filled(words.named, [alt]) if alt else words.unnamed
		where = {
			"data-src": source,
			"title": source,
			**{f"data-{name}": value for name, value in size.items()},
		}
		if in_link:
			return _stand_in("span", REMOTE_IMAGE, image, where)
		return _stand_in("a", REMOTE_IMAGE, image, {"href": source, "target": "_blank", **where})
	return escape(alt)


def _is_tracking_pixel(attributes: Mapping[str, str]) -> bool:
	return any(attributes.get(name, "").strip() in ("0", "1", "0px", "1px") for name in ("width", "height"))


def _stand_in(tag: str, name: str, words: str, attributes: Mapping[str, str]) -> str:
	return f"{_tag(tag, {'class': name, **attributes})}{escape(words)}</{tag}>"


def _tag(tag: str, attributes: Mapping[str, str]) -> str:
	return "<" + "".join([tag, *(f' {name}="{escape(value)}"' for name, value in attributes.items())]) + ">"
