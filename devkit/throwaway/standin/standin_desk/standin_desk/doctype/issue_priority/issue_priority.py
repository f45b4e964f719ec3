"""The stand-in's Issue Priority."""

from frappe.model.document import Document


class IssuePriority(Document):
	"""Nothing of its own."""
