"""Looks over a browser's shoulder: did anything run, load or stand in a page that a stranger wrote?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.attack.payloads import Marker

FOREIGN = "evil.example"
FIGURES: list[str] = []
"""What the tests have to tell at the end."""

FIND = r"""() => {
	const found = [];
	const note = (element, what) => found.push(`${what} in ${element.outerHTML.slice(0, 300)}`);
	const everything = (root) =>
		[...root.querySelectorAll("*")].flatMap((element) =>
			element.shadowRoot ? [element, ...everything(element.shadowRoot)] : [element]
		);
	for (const element of everything(document)) {
		if (/^planted\d/.test(element.id)) note(element, "element");
		const script = element.localName === "script" ? element.textContent : "";
		if (/^\s*(parent\.)?ran\(/.test(script)) note(element, "script");
		for (const { name, value } of element.attributes) {
			if (/^on/i.test(name) && /ran\(/.test(value)) note(element, `handler ${name}`);
			if (/^(href|src|action|formaction|xlink:href|data)$/i.test(name)) {
				const address = value.replace(/[\0-\x20]/g, "");
				if (/^(javascript|vbscript):.*ran\(/i.test(address)) note(element, `address ${name}`);
				if (/^data:text\/html.*ran\(/i.test(address)) note(element, `page ${name}`);
			}
		}
	}
	if (/q1337q/.test(document.documentElement.outerHTML)) found.push("template evaluated");
	return found;
}"""
"""Says what a page holds that only a payload can have made."""

TOUCH = """() => {
	const touched = "[title], [data-original-title], [data-toggle], [data-label]";
	for (const element of document.querySelectorAll(touched))
		for (const kind of ["mouseenter", "mouseover", "focusin"])
			element.dispatchEvent(new MouseEvent(kind, { bubbles: kind !== "mouseenter" }));
}"""
"""Lets tooltips and popovers show themselves."""


@dataclass
class Watch:
	"""What was seen through one browser context."""

	marker: Marker
	home: str
	"""The site's address."""
	views: int = 0
	holes: dict[str, None] = field(default_factory=dict)
	"""Each once, in the order found."""
	seen: set[int] = field(default_factory=set)
	"""The numbers of the tries that some view has shown, in whatever form."""

	def over(self, context) -> None:
		"""Begin to watch a browser context, with every page and frame it will have."""
		context.expose_binding("ran", self._ran)
		context.route(self._is_elsewhere, self._leave)
		context.on("dialog", self._dialog)

	def look(self, page, view: str) -> None:
		"""Look at what a page shows now."""
		self.views += 1
		page.evaluate(TOUCH)
		for frame in page.frames:
			if frame.is_detached() or frame.url.startswith("chrome-error:"):
				continue
			for what in frame.evaluate(FIND):
				self.hole(view, what)
			self.seen.update(int(number) for number in re.findall(r"(?:ran\(|planted)(\d+)", frame.content()))
		assert urlsplit(page.url).netloc in ("", urlsplit(self.home).netloc), f"{view} led to {page.url}"

	def hole(self, view: str, what: str) -> None:
		"""Note a hole, and which payload made it."""
		number = re.search(r"(?:planted|ran\(|evil\.example/)(\d+)", what)
		origin = f" [{self.marker.tell(int(number[1]))}]" if number else ""
		self.holes.setdefault(f"{view}: {what}{origin}")

	def _ran(self, source, number=None) -> None:
		self.hole(source["frame"].url, f"ran({number})")

	def _dialog(self, dialog) -> None:
		if dialog.type != "beforeunload":
			self.hole("a dialog", dialog.message)
		dialog.accept()

	def _is_elsewhere(self, url: str) -> bool:
		address = urlsplit(url)
		return address.scheme in ("http", "https") and address.netloc != urlsplit(self.home).netloc

	def _leave(self, route) -> None:
		"""Nothing leaves this machine; what a payload asks for is a hole."""
		if FOREIGN in urlsplit(route.request.url).netloc:
			self.hole("a request", route.request.url)
		route.abort()
