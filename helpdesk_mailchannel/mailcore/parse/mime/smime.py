"""Takes the message out of an S/MIME signed one (RFC 8551 3.5.2); signatures are not verified."""

from __future__ import annotations

from asn1crypto.cms import ContentInfo

_LARGEST = 40 * 1024 * 1024


def signed_content(octets: bytes) -> bytes | None:
	"""Return the MIME entity within CMS signed data; None if it is encrypted, detached or no CMS at all."""
	if len(octets) > _LARGEST:
		return None
	try:
		info = ContentInfo.load(octets)
		if info["content_type"].native != "signed_data":
			return None
		content = info["content"]["encap_content_info"]["content"]
		inner = content.native if content is not None else None
	except (ValueError, TypeError, KeyError, IndexError, RecursionError, AttributeError):
		return None
	return inner if isinstance(inner, bytes) and inner else None
