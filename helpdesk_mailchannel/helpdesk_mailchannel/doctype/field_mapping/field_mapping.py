"""What fills one field of the ticket."""

from frappe.model.document import Document


class FieldMapping(Document):
	"""A row of Email Channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		default_value: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		required: DF.Check
		restricted_to: DF.Link | None
		source: DF.Literal[
			"Subject",
			"Body",
			"Body as Text",
			"Sender",
			"Sender Name",
			"Recipients",
			"CC",
			"Importance",
			"Received At",
			"Attachment Names",
			"Header",
			"Pattern in Subject",
			"Pattern in Body",
			"Fixed Value",
		]
		source_argument: DF.Data | None
		ticket_field: DF.Autocomplete
		value_map: DF.SmallText | None
	# end: auto-generated types
