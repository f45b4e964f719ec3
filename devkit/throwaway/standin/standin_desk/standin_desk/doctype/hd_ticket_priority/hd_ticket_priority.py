"""The stand-in's HD Ticket Priority."""

from frappe.model.document import Document


class HDTicketPriority(Document):
	"""Nothing of its own."""
