"""An address that stands for another."""

from frappe.model.document import Document


class EmailChannelAlias(Document):
	"""A row of Email Channel."""
