"""A made-up mailbox with the proportions of a real help desk's: questions, answers, pictures, log files."""

import random
from email.message import EmailMessage

ANSWERS, WITH_FILE, PLAIN, SENDERS = 0.30, 0.20, 0.38, 0.75
"""Shares of all messages; senders: how many different ones there are to a hundred messages."""
FILE_SIZE = 50_000
PARAGRAPH = "The machine stops after some minutes and shows the same message again. " * 6


def mailbox(host: str, count: int, seed: int = 1) -> list[bytes]:
	"""So many messages; `host` makes ids, senders and contents different from other mailboxes'."""
	rng = random.Random(f"{host} {seed}")
	started: list[EmailMessage] = []
	messages = []
	for number in range(count):
		before = rng.choice(started) if started and rng.random() < ANSWERS else None
		message = _message(rng, host, number, count, before)
		if before is None:
			started.append(message)
		messages.append(message.as_bytes())
	return messages


def _message(
	rng: random.Random, host: str, number: int, count: int, before: EmailMessage | None
) -> EmailMessage:
	message = EmailMessage()
	sender = rng.randrange(max(1, int(count * SENDERS)))
	message["From"] = before["From"] if before else f"Customer {sender} <c{sender}@{host}>"
	message["To"] = "support@desk.example"
	message["Message-ID"] = f"<{number}@{host}>"
	message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
	message["Subject"] = f"Re: {before['Subject']}" if before else f"Machine {number} stops"
	if before:
		message["In-Reply-To"] = message["References"] = before["Message-ID"]
	text = f"Hello,\n\n{PARAGRAPH}\n\nNumber {number} of {host}\n"
	message.set_content(text)
	if rng.random() > PLAIN:
		message.add_alternative(f"<p>Hello,</p><p>{PARAGRAPH}</p><p>Number {number} of {host}</p>", "html")
	if rng.random() < WITH_FILE:
		content = rng.randbytes(FILE_SIZE)
		message.add_attachment(content, "application", "octet-stream", filename=f"log-{number}.dat")
	return message
