"""The stand-in's HD Team."""

from frappe.model.document import Document


class HDTeam(Document):
	"""Nothing of its own."""
