"""A sender's domain or address, and what follows from it."""

from frappe.model.document import Document


class EmailChannelDomain(Document):
	"""A row of Email Channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		include_subdomains: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		pattern: DF.Data
		rule: DF.Literal["Allowed", "Blocked", "Accepted Robot"]
	# end: auto-generated types
