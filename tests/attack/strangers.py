"""What strangers have sent to a site: every payload in every place, filed from a real mailbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid

import frappe
from frappe.desk.form.assign_to import add as assign
from frappe.utils.password import update_password

from devkit.services.mailbox import Mailbox
from devkit.services.smtp_sink import SmtpSink
from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.attack import letters, ticket_fields
from tests.attack.payloads import AS_ADDRESS, PAYLOADS, Marker
from tests.site import explained
from tests.site.channels import user_with
from tests.site.conversation import answer, outgoing_account, send_queued
from tests.site.mails import mail
from tests.site.polling import active_channel

PASSWORD = "correct horse battery staple"
MOST_POLLS = 40
RECEIPT = "Email Channel Message"
EVERY_KIND = (letters.everywhere, letters.words_only, letters.conversation, letters.recipient_address)


@dataclass
class Strangers:
	"""What was sent, and what became of it."""

	mailbox: Mailbox
	second: Mailbox
	sink: SmtpSink
	marker: Marker = field(default_factory=Marker)
	agent: str = ""
	sent: int = 0

	def write(self) -> None:
		"""Set up the site, send everything, and let the channels file it."""
		ticket_fields.make()
		self.agent = user_with(frappe, "Support Team", "Sales User")
		update_password(self.agent, PASSWORD)
		_announce_new_issues(self.agent)
		outgoing_account(self.sink, "site@desk.example", default_outgoing=1)
		account = outgoing_account(self.sink, self.mailbox.user)
		channel = active_channel(
			self.mailbox,
			channel_name="Attacked",
			outgoing_account=account.name,
			field_mapping=ticket_fields.mapping(),
			automatic_replies="Add to Ticket Silently",
		)
		self._send(self.mailbox, self._letters())
		self._poll(channel)
		self._send(self.mailbox, self._reports(self._answered(channel)))
		self._poll(channel)
		self._be_refused()
		self._tell_the_agent()

	def issues(self, sender: str = "") -> list[str]:
		"""The names of the tickets that were made, of all senders or those whose address begins so."""
		filters = {"email_channel": ["in", ["Attacked", "Refusing"]], "raised_by": ["like", f"{sender}%"]}
		return frappe.get_all("Issue", filters, pluck="name", order_by="creation")

	def records(self, doctype: str, **filters) -> list[str]:
		"""The names of the records of this kind, oldest first."""
		return frappe.get_all(doctype, filters, pluck="name", order_by="creation")

	def mails_to_agents(self) -> list[str]:
		"""The HTML of what the site has sent."""
		return [
			part.get_content()
			for message in self.sink.messages()
			for part in message.parsed.walk()
			if part.get_content_type() == "text/html"
		]

	def _letters(self) -> list[bytes]:
		made = []
		for number, payload in enumerate(PAYLOADS):
			kinds = (letters.everywhere, letters.words_only) if number % 4 else EVERY_KIND
			made += [kind(self.marker.at(payload), number) for kind in kinds]
		for number, payload in enumerate(AS_ADDRESS):
			fill = self.marker.at(payload)
			made += [letters.from_address(fill, number), letters.recipient_address(fill, 1000 + number)]
		return made

	def _reports(self, answered: str) -> list[bytes]:
		return [
			letters.delivery_report(self.marker.at(payload), number, answered)
			for number, payload in enumerate(PAYLOADS[::3])
		]

	def _send(self, mailbox: Mailbox, messages: list[bytes]) -> None:
		mailbox.append_many("INBOX", messages)
		self.sent += len(messages)

	def _poll(self, channel) -> None:
		"""Poll until nothing waits."""
		for _ in range(MOST_POLLS):
			frappe.db.set_value("Email Channel", channel.name, {"next_poll_at": None, "failures": 0})
			frappe.db.commit()
			poll(channel.name)
			frappe.db.rollback()
			if self.mailbox_of(channel).folders()["INBOX"] == 0:
				return
		state = explained.channel(channel.name)
		raise AssertionError(
			(
				state,
				[
					e[-400:]
					for e in frappe.get_all("Error Log", pluck="error", order_by="creation desc", limit=3)
				],
			)
		)

	def mailbox_of(self, channel) -> Mailbox:
		"""The mailbox that a channel reads."""
		return self.mailbox if channel.name == "Attacked" else self.second

	def _answered(self, channel) -> str:
		"""An agent answers a good customer's mail; return the answer's Message-ID."""
		good = mail("A good customer asks", "Good <good@customer.example>", Message_ID=make_msgid())
		self.mailbox.append("INBOX", good.as_bytes())
		self._poll(channel)
		name = frappe.db.get_value("Issue", {"subject": "A good customer asks"})
		communication = answer(frappe.get_doc("Issue", name), "good@customer.example")
		return f"<{communication.message_id}>"

	def _be_refused(self) -> None:
		"""Fields that take only what they know refuse the rest, and the message log tells what that was."""
		channel = active_channel(
			self.second, channel_name="Refusing", field_mapping=ticket_fields.refusing("select")
		)
		for kind in ticket_fields.CHOSEN:
			channel.reload()
			channel.set("field_mapping", [])
			for row in ticket_fields.refusing(kind):
				channel.append("field_mapping", row)
			channel.save()
			payloads = [
				*PAYLOADS[::8],
				"javascript://evil.example/%0aran({n})",
				"https://x/'onclick='ran({n})",
			]
			messages = []
			for number, payload in enumerate(payloads):
				message = EmailMessage()
				message["From"] = f"{kind}-{number}@customer.example"
				subject = letters.word(self.marker.at(payload)(f"Subject, for a field of kind {kind}"))
				octets = message.as_bytes().rstrip() + f"\nSubject: {subject}\n\nx\n".encode()
				messages.append(octets)
			self._send(self.second, messages)
			self._poll(channel)

	def _tell_the_agent(self) -> None:
		"""Assign every tenth ticket, and send what waits to be sent."""
		for name in self.issues()[::10]:
			assign({"doctype": "Issue", "name": name, "assign_to": [self.agent], "description": ""})
		frappe.db.commit()
		send_queued()


def _announce_new_issues(agent: str) -> None:
	"""An administrator's Notification, which tells an agent of each new ticket, as many sites have one."""
	frappe.get_doc(
		{
			"doctype": "Notification",
			"name": "Attack",
			"subject": "New: {{ doc.subject }}",
			"document_type": "Issue",
			"event": "New",
			"channel": "Email",
			"enabled": 1,
			"condition": "(doc.raised_by or '').startswith('john')",
			"message": "<p>{{ doc.subject }} by {{ doc.raised_by }}</p><p>{{ doc.description }}</p>",
			"recipients": [{"receiver_by_role": "Support Team"}],
		}
	).insert()
	frappe.db.commit()
