"""Tells which files the HTML shows as pictures: by Content-ID (RFC 2392) or Content-Location (RFC 2557)."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from helpdesk_mailchannel.mailcore.model import Disposition, File


def with_inline_images(
	html: str | None, files: Sequence[File], locations: Mapping[str, int]
) -> tuple[str | None, Sequence[File]]:
	"""Mark the files that the HTML shows; those named by Content-Location get a `cid:` link (RFC 2557)."""
	if not html:
		return html, files
	marked = list(files)
	for location, position in locations.items():
		for quote in "\"'":
			if f"={quote}{location}{quote}" in html:
				content_id = marked[position].content_id or f"location-{position}"
				marked[position] = replace(marked[position], content_id=content_id)
				html = html.replace(f"={quote}{location}{quote}", f"={quote}cid:{content_id}{quote}")
	shown = {
		html_module.unescape(found).lower()
		for found in re.findall(r"cid:([^\"'\s>)]{1,998})", html, re.IGNORECASE)
	}
	return html, [
		replace(each, disposition=Disposition.INLINE)
		if each.content_id and _shows(shown, each.content_id)
		else each
		for each in marked
	]


def _shows(shown: set[str], content_id: str) -> bool:
	# A cid: link is a URL, so its percent signs count (RFC 2392).
	lowered = content_id.lower()
	return lowered in shown or lowered.replace("%", "%25").replace(" ", "%20") in shown
