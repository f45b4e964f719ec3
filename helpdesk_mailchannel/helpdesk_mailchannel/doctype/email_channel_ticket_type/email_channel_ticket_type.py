"""A ticket type that replies may update."""

from frappe.model.document import Document


class EmailChannelTicketType(Document):
	"""A row of Email Channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		ticket_type: DF.Autocomplete
	# end: auto-generated types
