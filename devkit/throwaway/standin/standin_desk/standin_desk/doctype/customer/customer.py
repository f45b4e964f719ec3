"""The stand-in's Customer."""

from frappe.model.document import Document


class Customer(Document):
	"""Nothing of its own."""
