"""An address that stands for another."""

from frappe.model.document import Document


class EmailChannelAlias(Document):
	"""A row of Email Channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		alias: DF.Data
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		primary_address: DF.Data | None
	# end: auto-generated types
