"""The stand-in's HD Ticket Type."""

from frappe.model.document import Document


class HDTicketType(Document):
	"""Nothing of its own."""
