"""The stand-in's Issue: what ERPNext's does at the moments that matter to an email channel."""

import frappe
from frappe.model.document import Document


class Issue(Document):
	"""A ticket that looks its contact and customer up when it is saved."""

	raised_by: str
	contact: str | None
	customer: str | None

	def validate(self) -> None:
		"""Fill in who raised it."""
		self.raised_by = self.raised_by or frappe.session.user
		self.set_contact_and_customer()

	def set_contact_and_customer(self) -> None:
		"""Find the contact whose primary address this is, and the customer it is linked to."""
		if self.contact or self.customer:
			return
		self.contact = frappe.db.get_value("Contact", {"email_id": self.raised_by})
		if self.contact:
			self.customer = frappe.get_doc("Contact", self.contact).get_link_for("Customer")

	def after_insert(self) -> None:
		"""A ticket from the portal makes a message of its description."""
		if self.via_customer_portal and self.description:
			add_own_communication(self, self.raised_by)


def add_own_communication(ticket: Document, sender: str) -> None:
	"""Insert a received message that holds the ticket's description."""
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"email_status": "Open",
			"status": "Linked",
			"subject": ticket.subject,
			"sender": sender,
			"content": ticket.description,
			"reference_doctype": ticket.doctype,
			"reference_name": str(ticket.name),
		}
	).insert(ignore_permissions=True)
