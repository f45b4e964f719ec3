"""Messages for tests of the site, as short as can be."""

from email.message import EmailMessage


def mail(subject, sender="Jane Doe <jane@customer.example>", body="It smokes.", **headers) -> EmailMessage:
	"""A plain message; keyword arguments are header fields, with _ for -."""
	message = EmailMessage()
	message["From"], message["To"], message["Subject"] = sender, "support@desk.example", subject
	for name, value in headers.items():
		message[name.replace("_", "-")] = value
	message.set_content(body)
	return message
