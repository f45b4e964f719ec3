"""A folder to read, and where its messages go."""

from frappe.model.document import Document


class FolderMapping(Document):
	"""A row of Email Channel."""
