"""What fills one field of the ticket."""

from frappe.model.document import Document


class FieldMapping(Document):
	"""A row of Email Channel."""
