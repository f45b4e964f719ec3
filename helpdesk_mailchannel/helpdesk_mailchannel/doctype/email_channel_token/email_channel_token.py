"""The access token of a channel that signs in by OAuth, and who authorised it.

One row a channel. Locking it is what makes one worker alone renew the token: see `ticketing.sign_in.tokens`.
"""

from __future__ import annotations

from frappe.model.document import Document


class EmailChannelToken(Document):
	"""Written by `ticketing.sign_in.tokens` only."""
