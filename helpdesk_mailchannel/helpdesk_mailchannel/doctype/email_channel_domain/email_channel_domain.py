"""A sender's domain or address, and what follows from it."""

from frappe.model.document import Document


class EmailChannelDomain(Document):
	"""A row of Email Channel."""
