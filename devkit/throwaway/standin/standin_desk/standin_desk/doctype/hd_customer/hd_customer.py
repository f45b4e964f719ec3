"""The stand-in's HD Customer."""

from frappe.model.document import Document


class HDCustomer(Document):
	"""Nothing of its own."""
