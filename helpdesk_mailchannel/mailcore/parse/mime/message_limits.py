"""Weighs a message on its raw octets, before anything else looks at it.

Reading a hostile message takes far longer than counting it: twenty thousand encoded words take a full header
parser ten seconds and gigabytes, thirty megabytes of line feeds six seconds. So what is too heavy is refused
here, by counts that take milliseconds. Levels and parts are counted where a message is divided, in `tree`.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.parse.header.fields import Header, header_lines, split_header
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.sentences import Sentence, _
from helpdesk_mailchannel.mailcore.settings import Limits


def weigh(octets: bytes, limits: Limits) -> Header:
	"""Refuse what is too heavy to read; return the header, split into its fields, of what is not.

	Raise MessageError: TOO_LARGE for the whole, TOO_COMPLEX for lines, header block, header lines or one
	header, UNREADABLE if there is no header field at all.
	"""
	if len(octets) > limits.message:
		detail = _("It has {0} octets; the channel takes {1}.").format(
			f"{len(octets):,}", f"{limits.message:,}"
		)
		raise MessageError(Reason.TOO_LARGE, detail)
	_at_most(_("lines"), octets.count(b"\n"), limits.lines)
	_at_most(_("header lines"), header_lines(octets, limits.header_block), limits.header_lines)
	header = split_header(octets, limits.header_block)
	if not header.whole:
		raise too_complex(
			_("octets of header"), _("more than {0}").format(f"{limits.header_block:,}"), limits.header_block
		)
	if not header.fields:
		raise MessageError(Reason.UNREADABLE, _("It has no header field, so it is no email message."))
	_at_most(_("octets in one header field"), max(len(each.value) for each in header.fields), limits.header)
	return header


def too_complex(what: Sentence, found: int | Sentence, allowed: int) -> MessageError:
	"""Make the refusal that says which count was too high."""
	count = f"{found:,}" if isinstance(found, int) else found
	return MessageError(
		Reason.TOO_COMPLEX, _("It has {0} {1}; at most {2} are read.").format(count, what, f"{allowed:,}")
	)


def _at_most(what: Sentence, found: int, allowed: int) -> None:
	if found > allowed:
		raise too_complex(what, found, allowed)
