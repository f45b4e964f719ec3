"""The stand-in's HD Ticket Status."""

from frappe.model.document import Document


class HDTicketStatus(Document):
	"""Nothing of its own."""
