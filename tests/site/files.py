"""Who may open a file, as the site's own download decides it."""

import frappe


def may_open(url: str, name: str = "") -> bool:
	"""Whether the session's user may open a file by its address, or by the record that the address names."""
	filters = {"file_url": url, **({"name": name} if name else {})}
	records = frappe.get_all("File", filters, pluck="name", order_by="creation")
	return any(frappe.get_doc("File", record).is_downloadable() for record in records)
