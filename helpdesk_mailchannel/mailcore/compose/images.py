"""Turns pictures in the HTML itself (`data:` addresses) into files, like any other picture.

Some webmail pastes screenshots that way. Only a real picture survives as such.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode

from helpdesk_mailchannel.mailcore.compose.files import is_image
from helpdesk_mailchannel.mailcore.model import Disposition, File

_DATA = re.compile(
	r"""src\s{0,9}=\s{0,9}(["'])data:image/(png|jpe?g|gif|webp|bmp);base64,([A-Za-z0-9+/=\s]*)\1""", re.I
)


def pulled_out(html: str) -> tuple[str, tuple[File, ...]]:
	"""Return the HTML with `cid:` in place of its own pictures, and those pictures as inline files."""
	files: list[File] = []

	def link(found: re.Match[str]) -> str:
		try:
			content = b64decode("".join(found[3].split()))
		except binascii.Error:
			return ""
		number = len(files) + 1
		name = f"picture-{number}.{found[2].lower()}"
		file = File(name, f"image/{found[2].lower()}", content, Disposition.INLINE, f"data-{number}")
		if not is_image(file):
			return ""
		files.append(file)
		return f'src="cid:{file.content_id}"'

	return _DATA.sub(link, html), tuple(files)
