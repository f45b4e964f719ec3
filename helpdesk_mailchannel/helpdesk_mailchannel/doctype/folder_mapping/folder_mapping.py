"""A folder to read, and where its messages go."""

from frappe.model.document import Document


class FolderMapping(Document):
	"""A row of Email Channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		exclusion_folder: DF.Data | None
		failure_folder: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		read_folder: DF.Data
		success_folder: DF.Data | None
	# end: auto-generated types
