"""The stand-in's HD Ticket: what Helpdesk's does at the moments that matter to an email channel."""

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from standin_desk.standin_desk.doctype.issue.issue import add_own_communication


class HDTicket(Document):
	"""A ticket that fills its description from its first message and is reopened by the next one."""

	status: str
	priority: str
	ticket_type: str
	raised_by: str
	contact: str | None
	description: str | None
	first_responded_on: datetime | None

	def before_insert(self) -> None:
		"""Set what Helpdesk sets by default."""
		self.status = self.status or "Open"
		self.status_category = frappe.db.get_value("HD Ticket Status", self.status, "category")
		self.priority = self.priority or "Medium"
		self.ticket_type = self.ticket_type or "Unspecified"
		self.raised_by = self.raised_by or frappe.session.user

	def validate(self) -> None:
		"""Find the contact."""
		if not self.contact:
			self.contact = frappe.db.get_value("Contact", {"email_id": self.raised_by})
		self.status_category = frappe.db.get_value("HD Ticket Status", self.status, "category")

	def after_insert(self) -> None:
		"""A ticket that comes with a description makes a message of it, from whoever is signed in."""
		if self.description:
			add_own_communication(self, frappe.session.user)

	def on_communication_update(self, communication: Document) -> None:
		"""Take notice of a new message; one for a merged ticket goes to the ticket it was merged with."""
		if communication.sent_or_received == "Received":
			self._received(communication)
		elif communication.communication_type != "Automated Message":
			self._sent()

	def _received(self, communication: Document) -> None:
		if self.is_merged and self.merged_with:
			communication.db_set("reference_name", _final_ticket(self))
			return
		if not self.description:
			self.description = communication.content
		self.status = "Open"
		self.last_customer_response = now_datetime()
		self.save()

	def _sent(self) -> None:
		self.last_agent_response = now_datetime()
		self.first_responded_on = self.first_responded_on or now_datetime()
		self.save(ignore_permissions=True)


def _final_ticket(ticket: Document) -> str:
	"""Follow the merges to their end, a hundred at most."""
	name = ticket.name
	for _ in range(100):
		following = frappe.db.get_value("HD Ticket", name, "merged_with")
		if not following:
			break
		name = following
	return str(name)
