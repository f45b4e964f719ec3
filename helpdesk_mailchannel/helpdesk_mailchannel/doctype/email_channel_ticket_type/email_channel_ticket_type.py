"""A ticket type that replies may update."""

from frappe.model.document import Document


class EmailChannelTicketType(Document):
	"""A row of Email Channel."""
