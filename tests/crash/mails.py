"""Messages for runs that are killed, raced and flooded."""

from email.message import EmailMessage
from uuid import uuid4


def messages() -> list[bytes]:
	"""A new ticket with an attachment, an answer to it, an automatic reply.

	Their Message-IDs are new each time: another test's tickets must not claim the answer.
	"""
	host = f"{uuid4().hex}.customer.example"
	first = _message("Ticket 1", f"<1@{host}>")
	first.add_attachment(b"%PDF-1.4 ...", maintype="application", subtype="pdf", filename="bill.pdf")
	answer = _message("Re: Ticket 1", f"<2@{host}>")
	answer["In-Reply-To"] = f"<1@{host}>"
	robot = _message("Out of office", f"<3@{host}>")
	robot["Auto-Submitted"] = "auto-replied"
	return [message.as_bytes() for message in (first, answer, robot)]


def ticket(number: int) -> bytes:
	"""One of many messages that each start a ticket; every one has its sender, so that none is a flood."""
	message = _message(f"Ticket {number}", f"<{uuid4().hex}@customer.example>")
	message.replace_header("From", f"Customer {number} <customer-{number}@customer.example>")
	return message.as_bytes()


def conversation(count: int) -> tuple[bytes, list[bytes]]:
	"""A message that starts a ticket, and so many answers of its sender's, `Answer 0` and so on."""
	host = f"{uuid4().hex}.customer.example"
	answers = [_message(f"Answer {number}", f"<answer-{number}@{host}>") for number in range(count)]
	for answer in answers:
		answer["In-Reply-To"] = f"<first@{host}>"
	return _message("Ticket 0", f"<first@{host}>").as_bytes(), [answer.as_bytes() for answer in answers]


def _message(subject: str, message_id: str) -> EmailMessage:
	message = EmailMessage()
	message["From"], message["To"] = "Jane Doe <jane@customer.example>", "support@desk.example"
	message["Subject"], message["Message-ID"] = subject, message_id
	message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
	message.set_content(f"Body of {subject}.")
	return message
