"""A daily time without polling."""

from frappe.model.document import Document


class EmailChannelSkipTime(Document):
	"""A row of Email Channel."""
