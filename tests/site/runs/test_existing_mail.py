"""What becomes of mail that was there before the channel."""

from datetime import datetime, timedelta, timezone

from tests.site.mails import mail
from tests.site.polling import active_channel, receive

LAST_YEAR = datetime.now(timezone.utc) - timedelta(days=365)


def test_start_from_now_leaves_it_untouched(site, mailbox):
	mailbox.append("INBOX", mail("Old").as_bytes(), date=LAST_YEAR)
	channel = active_channel(mailbox, existing_mail="Start from Now")
	mailbox.append("INBOX", mail("New").as_bytes(), date=datetime.now(timezone.utc) + timedelta(seconds=5))
	receive(channel)
	assert mailbox.subjects("INBOX") == ["Old"]
	assert site.get_all("Issue", {"email_channel": channel.name}, pluck="subject") == ["New"]


def test_history_is_filed_as_closed_tickets_and_new_mail_as_open_ones(site, mailbox):
	mailbox.append("INBOX", mail("Old", Message_ID="<old@customer.example>").as_bytes(), date=LAST_YEAR)
	answer = mail("Re: Old", In_Reply_To="<old@customer.example>").as_bytes()
	mailbox.append("INBOX", answer, date=LAST_YEAR + timedelta(days=1))
	channel = active_channel(mailbox, existing_mail="File as Closed")
	mailbox.append("INBOX", mail("New").as_bytes(), date=datetime.now(timezone.utc) + timedelta(seconds=5))
	receive(channel)
	found = site.get_all("Issue", {"email_channel": channel.name}, ["subject", "status"], order_by="name")
	assert [(issue.subject, issue.status) for issue in found] == [("Old", "Closed"), ("New", "Open")]
