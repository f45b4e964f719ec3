"""Tells a ticket of its new Communication where the framework (before September 2023) does not."""

import inspect
from functools import cache

from frappe.core.doctype.communication.communication import Communication
from frappe.core.utils import get_parent_doc


def tell_ticket(communication: Communication, method: str | None = None) -> None:
	"""Call the ticket's `on_communication_update`, as the framework's own `on_update` does in v15."""
	if _framework_does_it() or communication.reference_doctype != "HD Ticket":
		return
	if ticket := get_parent_doc(communication):
		ticket.on_communication_update(communication)


@cache
def _framework_does_it() -> bool:
	return "on_communication_update" in inspect.getsource(Communication.on_update)
