"""The stand-in's Issue Type."""

from frappe.model.document import Document


class IssueType(Document):
	"""Nothing of its own."""
