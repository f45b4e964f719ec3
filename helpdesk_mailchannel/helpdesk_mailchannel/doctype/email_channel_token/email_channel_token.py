"""The access token of a channel that signs in by OAuth, and who authorized it.

One row a channel. Locking it is what makes one worker alone renew the token: see `ticketing.sign_in.tokens`.
"""

from __future__ import annotations

from frappe.model.document import Document


class EmailChannelToken(Document):
	"""Written by `ticketing.sign_in.tokens` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		access_token: DF.Password | None
		account: DF.Data | None
		application: DF.Data | None
		authorized_by: DF.Link | None
		authorized_on: DF.Datetime | None
		channel: DF.Link
		expires_at: DF.Datetime | None
		issued_at: DF.Datetime | None
	# end: auto-generated types
