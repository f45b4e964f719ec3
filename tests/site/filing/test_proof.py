"""Who may write into a ticket on a real site, who takes part in it, and what is there only once."""

from datetime import timedelta

import frappe
import pytest

from helpdesk_mailchannel.mailcore.model import RawMessage, RemoteRef, TicketRef
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.settings import Limits
from helpdesk_mailchannel.mailcore.thread import token
from helpdesk_mailchannel.ticketing import reply_keys as reply_keys_module
from helpdesk_mailchannel.ticketing.filing import facts as looked_up
from helpdesk_mailchannel.ticketing.filing.people import VERDICT_FIELD, participants
from helpdesk_mailchannel.ticketing.ledger import identities
from helpdesk_mailchannel.ticketing.outgoing.reply_channel import reply_channel
from helpdesk_mailchannel.ticketing.polling import same_mailbox
from helpdesk_mailchannel.ticketing.polling.job import poll
from helpdesk_mailchannel.ticketing.reply_keys import reply_keys
from helpdesk_mailchannel.ticketing.settings import channel_settings
from helpdesk_mailchannel.ticketing.targets import target_for
from tests.core.memory import NOON
from tests.site import channels, explained
from tests.site.conversation import answer, outgoing_account
from tests.site.mails import mail
from tests.site.polling import active_channel, new_channel, receive

SERVER = "mx.desk.example"
JANE, BOB, MALLORY = "jane@customer.example", "bob@customer.example", "mallory@evil.example"
FIRST = "<first@customer.example>"


@pytest.fixture
def channel(site, mailbox):
	return active_channel(mailbox, trusted_authserv_ids=SERVER)


@pytest.fixture
def arrive(site, mailbox, channel):
	"""Lets messages arrive in one batch; the record of the last one."""

	def deliver(*messages, to=(mailbox, channel)):
		box, reader = to
		for message in messages:
			box.append("INBOX", message.as_bytes() if hasattr(message, "as_bytes") else message)
		receive(reader)
		return records(reader)[-1]

	return deliver


@pytest.fixture
def sales(site, dovecot):
	"""Another mailbox and its channel."""
	box = dovecot.new_mailbox("sales@desk.example")
	yield box, active_channel(box, channel_name="Sales")
	dovecot.remove_mailbox(box)


def records(channel):
	fields = ["name", "fate", "ticket", "communication"]
	return explained.messages({"channel": channel.name}, fields, order_by="creation, uid")


def judged(verdict, subject="The printer burns", sender=f"Jane Doe <{JANE}>", **headers):
	"""A message of which the trusted server says pass, fail or nothing."""
	domain = sender.strip(">").rpartition("@")[2]
	said = {"Authentication_Results": f"{SERVER}; dmarc={verdict} header.from={domain}"} if verdict else {}
	return mail(subject, sender, **said, **headers)


def mails_on(ticket):
	return frappe.db.count("Communication", {"reference_doctype": "Issue", "reference_name": ticket})


def notes_on(ticket):
	filters = {"reference_doctype": "Issue", "reference_name": ticket, "comment_type": "Comment"}
	return frappe.get_all("Comment", filters, pluck="content", order_by="creation")


# ── Who takes part ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two runs"])
@pytest.mark.parametrize(("verdict", "joins"), [("pass", True), ("", False), ("fail", False)])
def test_people_in_copy_take_part_only_in_proven_mail(arrive, verdict, joins, together):
	first = judged(verdict, Message_ID=FIRST, Cc=BOB)
	answer_of_bob = judged(
		"", "Re: The printer burns", BOB, In_Reply_To=FIRST, Message_ID="<b@customer.example>"
	)
	if together:
		record = arrive(first, answer_of_bob)
	else:
		arrive(first)
		record = arrive(answer_of_bob)
	assert record.reason_code == ("reply_by_message_id" if joins else "unproven_reply")


def test_people_in_copy_take_part_in_unproven_mail_where_the_channel_says_so(site, arrive, channel):
	channel.copies_take_part = 1
	channel.save()
	site.db.commit()
	arrive(judged("", Message_ID=FIRST, Cc=BOB))
	assert arrive(judged("", "Re:", BOB, In_Reply_To=FIRST)).reason_code == "reply_by_message_id"


def test_whom_an_agent_writes_to_takes_part(site, arrive, smtp_sink):
	outgoing_account(smtp_sink, "site@desk.example", default_outgoing=1)
	record = arrive(judged("fail", Message_ID=FIRST, Cc=BOB))
	answer(site.get_doc("Issue", record.ticket), BOB)
	assert arrive(judged("", "Re:", BOB, In_Reply_To=FIRST)).reason_code == "reply_by_message_id"


def test_a_forged_mail_makes_nobody_a_participant_of_its_own_ticket(arrive):
	arrive(judged("fail", Message_ID=FIRST))
	assert arrive(judged("", "Re:", In_Reply_To=FIRST)).reason_code == "unproven_reply"


def test_a_forged_mail_with_the_tickets_address_joins_with_a_note_and_no_participant(site, arrive, channel):
	ticket = arrive(judged("pass", Message_ID=FIRST)).ticket
	signed = token.reply_address(
		"support@desk.example", channel.name, reply_channel("Issue", ticket).ticket, reply_keys()[0]
	)
	forged = judged("fail", "Cancel", BOB, Message_ID="<forged@evil.example>")
	forged.replace_header("To", signed)
	record = arrive(forged)
	assert (record.reason_code, record.ticket) == ("reply_by_token", ticket)
	assert "may be forged" in notes_on(ticket)[-1]
	assert site.db.get_value("Communication", record.communication, VERDICT_FIELD) == "fail"
	later = judged("", "Re:", BOB, In_Reply_To=FIRST, Message_ID="<later@customer.example>")
	assert arrive(later).reason_code == "unproven_reply"


def test_a_ticket_that_a_forged_mail_started_says_so_and_is_on_nobodys_timeline(site, arrive):
	genuine, forged = arrive(judged("pass", "Real")), arrive(judged("fail", "Forged"))
	assert notes_on(genuine.ticket) == []
	assert f"{JANE} may not have written it" in notes_on(forged.ticket)[-1]
	linked = [
		{row.link_doctype for row in site.get_doc("Communication", each.communication).timeline_links}
		for each in (genuine, forged)
	]
	assert linked == [{"Contact"}, set()]


def test_mail_from_before_the_upgrade_keeps_its_participants(site, arrive):
	record = arrive(judged("", Message_ID=FIRST, Cc=BOB))
	before = site.utils.now_datetime() - timedelta(days=30)
	site.db.set_value(
		"Communication",
		record.communication,
		{VERDICT_FIELD: None, "creation": before},
		update_modified=False,
	)
	site.db.commit()
	assert arrive(judged("", "Re:", BOB, In_Reply_To=FIRST)).reason_code == "reply_by_message_id"


def test_any_address_of_a_contact_is_its_owner(site, arrive):
	contact = site.new_doc("Contact")
	contact.first_name = "Hank"
	contact.append("email_ids", {"email_id": "hank@example.com", "is_primary": 1})
	contact.append("email_ids", {"email_id": "hank.private@example.com"})
	contact.insert()
	site.db.commit()
	arrive(mail("From home", "Hank <hank.private@example.com>", Message_ID="<home@example.com>"))
	from_office = mail("Re: From home", "Hank <hank@example.com>", In_Reply_To="<home@example.com>")
	assert arrive(from_office).reason_code == "reply_by_message_id"
	from_elsewhere = mail("Re: From home", "Hank <hank@evil.example>", In_Reply_To="<home@example.com>")
	assert arrive(from_elsewhere).reason_code == "unproven_reply"


def test_mail_gives_no_contact_a_second_address(site, arrive):
	for number, sender in enumerate((JANE, MALLORY, BOB, JANE)):
		arrive(judged("", f"Mail {number}", f"Jane Doe <{sender}>", Cc=f"Jane Doe <x{number}@evil.example>"))
	several = site.db.sql(
		"select parent from `tabContact Email` where parenttype='Contact' group by parent having count(*) > 1"
	)
	assert not several


# ── Tokens ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def reply_to(site, arrive, channel):
	"""A ticket, and an answer to its own address."""
	ticket = arrive(judged("", Message_ID=FIRST)).ticket
	channel.db_set("signed_reply_address", 1)
	site.db.commit()

	ids = iter(range(100))

	def to(signed):
		written = judged("", "Re:", MALLORY, Message_ID=f"<{next(ids)}@evil.example>")
		written.replace_header("To", signed)
		return written

	return ticket, to


def again(site, ticket):
	"""The ticket is deleted, and its name given to another."""
	# Deleting the newest ticket would turn the naming series back.
	site.get_doc({"doctype": "Issue", "subject": "Between", "raised_by": "other@customer.example"}).insert()
	site.db.delete("Communication", {"reference_doctype": "Issue", "reference_name": ticket})
	site.delete_doc("Issue", ticket, force=True)
	issue = site.get_doc({"doctype": "Issue", "subject": "Other", "raised_by": "other@customer.example"})
	issue.insert(set_name=ticket)
	site.db.commit()


def test_a_deleted_tickets_address_does_not_open_the_next_of_its_name(site, arrive, reply_to):
	ticket, to = reply_to
	signed = reply_channel("Issue", ticket).reply_address
	assert "+tiss-" in signed
	assert arrive(to(signed)).reason_code == "reply_by_token"
	again(site, ticket)
	assert arrive(to(signed)).reason_code == "unproven_reply"
	assert mails_on(ticket) == 0


def first_version(channel, ticket):
	"""The address that earlier versions gave a ticket."""
	mac = token._unbound_mac(reply_keys()[0], channel.name, reply_channel("Issue", ticket).ticket, "")
	return f"support+t{ticket.lower()}.{mac}@desk.example"


def test_addresses_from_before_the_upgrade_open_the_tickets_of_that_time(site, arrive, channel, reply_to):
	ticket, to = reply_to
	old = first_version(channel, ticket)
	assert arrive(to(old)).reason_code == "unproven_reply"
	site.db.set_value("Issue", ticket, "creation", "2020-01-01 00:00:00.000000", update_modified=False)
	site.db.commit()
	assert arrive(to(old)).reason_code == "reply_by_token"
	again(site, ticket)
	assert arrive(to(old)).reason_code == "unproven_reply"


def test_the_moment_of_the_upgrade_is_the_same_in_every_time_zone(site):
	noted = []
	for zone in ("UTC", "Asia/Kolkata"):
		site.db.set_single_value("System Settings", "time_zone", zone)
		site.clear_cache()
		noted.append(site.utils.get_datetime(reply_keys_module.bound_since()))
		assert noted[-1] <= site.utils.now_datetime()
	assert noted[1] - noted[0] == timedelta(hours=5, minutes=30)


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("verdict", "enabled", "priority"),
	[("pass", 1, "High"), ("pass", 0, "Low"), ("fail", 1, "Low"), ("", 1, "Low")],
)
def test_a_role_counts_only_for_a_proven_sender_with_an_enabled_user(
	site, mailbox, arrive, channel, verdict, enabled, priority
):
	user = site.get_doc(
		{
			"doctype": "User",
			"email": "agent@desk.example",
			"first_name": "Agent",
			"send_welcome_email": 0,
			"roles": [{"role": "Support Team"}] if site.db.exists("Role", "Support Team") else [],
		}
	).insert()
	user.add_roles("System Manager")
	site.db.set_value("User", user.name, "enabled", enabled)
	for name in ("Low", "High"):
		if site.db.exists("DocType", "Issue Priority") and not site.db.exists("Issue Priority", name):
			site.get_doc({"doctype": "Issue Priority", "name": name}).insert()
	channel.field_mapping = [row for row in channel.field_mapping if row.ticket_field != "priority"]
	channel.append(
		"field_mapping",
		{
			"ticket_field": "priority",
			"source": "Header",
			"source_argument": "X-Priority-Name",
			"default_value": "Low",
			"restricted_to": "System Manager",
		},
	)
	channel.save()
	site.db.commit()
	record = arrive(judged(verdict, "Urgent", "Agent <agent@desk.example>", X_Priority_Name="High"))
	assert site.db.get_value("Issue", record.ticket, "priority") == priority


# ── Bounces ──────────────────────────────────────────────────────────────────────────────────────────


def bounce(of, number):
	return (
		"Return-Path: <>\nFrom: MAILER-DAEMON@evil.example\nTo: support@desk.example\n"
		f"Subject: Undelivered {number}\n"
		f"Message-ID: <bounce-{number}@evil.example>\nMIME-Version: 1.0\n"
		"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n"
		"Content-Type: text/plain\n\nx\n--B\nContent-Type: message/delivery-status\n\n"
		f"Final-Recipient: rfc822; {JANE}\nAction: failed\nStatus: 5.1.1\n\n--B\n"
		f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{of}>\n\n--B--\n"
	).encode()


def test_only_bounces_of_what_we_sent_leave_notes_and_only_so_many(site, arrive, smtp_sink):
	outgoing_account(smtp_sink, "site@desk.example", default_outgoing=1)
	ticket = arrive(judged("", Message_ID=FIRST)).ticket
	record = arrive(*(bounce(FIRST.strip("<>"), number) for number in range(3)))
	assert (record.reason_code, record.ticket, notes_on(ticket)) == ("bounce", None, [])
	sent = answer(site.get_doc("Issue", ticket), JANE)
	arrive(*(bounce(sent.message_id, number) for number in range(10, 14)))
	record = arrive(*(bounce(sent.message_id, number) for number in range(20, 24)))
	assert len(notes_on(ticket)) == 5
	assert f"Issue {ticket} got no note of it" in record.reason


# ── Once ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_forged_copy_that_comes_first_leaves_the_real_mail_what_it_is(arrive):
	real = judged("pass", "Cancel", Message_ID="<c1@customer.example>")
	copies = [
		judged("pass", "Cancel", Message_ID="<c1@customer.example>", **{name: value})
		for name, value in (
			("Cc", MALLORY),
			("Reply_To", MALLORY),
			("In_Reply_To", FIRST),
			("References", FIRST),
		)
	]
	as_file = judged("pass", "Cancel", Message_ID="<c1@customer.example>")
	as_file["Content-Disposition"] = "attachment; filename=x"
	typed = judged("pass", "Cancel", Message_ID="<c1@customer.example>")
	typed.replace_header("Content-Type", "application/octet-stream; name=x")
	forged = judged("fail", "Cancel", Message_ID="<c1@customer.example>")
	for number, copy in enumerate((*copies, as_file, typed, forged)):
		assert arrive(copy).fate == "Ticket", number
	assert arrive(real).fate == "Ticket"
	assert arrive(real, forged, *copies, typed, as_file).fate == "Duplicate"


def test_one_mail_to_two_aliases_is_one_ticket(arrive):
	first, second = judged("pass", Message_ID=FIRST), judged("pass", Message_ID=FIRST)
	first["Delivered-To"], second["Delivered-To"] = "a@desk.example", "b@desk.example"
	first["Received"], second["Received"] = "from a by b; today", "from a by c; today"
	record = arrive(first, second)
	assert record.fate == "Duplicate"
	assert "It is on Issue" in record.reason


def test_what_earlier_versions_filed_is_not_filed_again(site, mailbox, channel, arrive):
	message = judged("", Message_ID=FIRST)
	arrive(message)
	raw = RawMessage(RemoteRef("INBOX", 1, "1", 1, NOON), mailbox.messages("Done")[0].octets)
	old = parse(raw, Limits(), now=NOON).first_identity
	[known] = site.get_all("Email Channel Identity", {"channel": channel.name}, ["name", "ticket"])
	stored = site.get_doc("Email Channel Identity", known.name).as_dict()
	site.db.delete("Email Channel Identity", {"name": known.name})
	site.get_doc({**stored, "name": identities._name(channel.name, old), "identity": old}).db_insert()
	site.db.commit()
	record = arrive(message)
	assert (record.fate, record.reason) == (
		"Duplicate",
		f"The same message was filed before. It is on Issue {known.ticket}.",
	)


def test_who_files_a_predicted_id_first_does_not_draw_the_follow_ups(arrive):
	trap = judged("pass", "Hello", f"Mallory <{MALLORY}>", Message_ID="<next@customer.example>", Cc=JANE)
	arrive(trap)
	own = arrive(judged("pass", "My order", Message_ID="<next@customer.example>")).ticket
	follow_up = arrive(judged("", "Re: My order", In_Reply_To="<next@customer.example>"))
	assert (follow_up.reason_code, follow_up.ticket) == ("reply_by_message_id", own)


# ── Two channels ─────────────────────────────────────────────────────────────────────────────────────

PARCEL = mail("Where is my parcel", f"Jane Doe <{JANE}>", Message_ID="<parcel-1@customer.example>")
BOTH = mail(
	"Re: Where is my parcel",
	f"Jane Doe <{JANE}>",
	"I add your other department.",
	Message_ID="<parcel-2@customer.example>",
	In_Reply_To="<parcel-1@customer.example>",
	Cc="sales@desk.example",
)


def test_an_answer_to_two_channels_is_on_the_ticket_once(arrive, sales, channel):
	ticket = arrive(PARCEL).ticket
	assert arrive(BOTH).ticket == ticket
	record = arrive(BOTH, to=sales)
	assert (record.fate, record.reason_code) == ("Duplicate", "already_on_ticket")
	assert f"The channel {channel.name} filed it on Issue {ticket}." in record.reason
	assert mails_on(ticket) == 2


def test_an_answer_to_two_channels_is_there_once_though_neither_worker_knows_of_the_other(
	arrive, sales, channel, monkeypatch
):
	ticket = arrive(PARCEL).ticket
	monkeypatch.setattr(looked_up, "filed_elsewhere", lambda channel, identities: {})
	arrive(BOTH)
	record = arrive(BOTH, to=sales)
	assert (record.fate, record.reason_code) == ("Duplicate", "already_on_ticket")
	assert mails_on(ticket) == 2


ENCODED = {"8bit": "8bit", "base64": "base64", "quoted-printable": "quoted-printable"}


@pytest.mark.parametrize("by_relay", ENCODED)
def test_an_answer_that_a_relay_encoded_anew_for_one_of_two_channels_is_there_once(arrive, sales, by_relay):
	ticket = arrive(PARCEL).ticket
	sent, relayed = (
		mail("Re:", JANE, "", Message_ID="<g@customer.example>", In_Reply_To="<parcel-1@customer.example>")
		for _ in range(2)
	)
	sent.set_content("Grüße, 100 % = alles\n" * 3, cte="8bit")
	relayed.set_content("Grüße, 100 % = alles\n" * 3, cte=by_relay)
	arrive(sent)
	assert arrive(relayed, to=sales).reason_code == "already_on_ticket"
	assert mails_on(ticket) == 2


def test_answers_that_say_different_things_under_one_message_id_are_both_there(arrive, sales):
	ticket = arrive(PARCEL).ticket
	for to, words in ((None, "It is blue."), (sales, "It is red.")):
		ids = {"Message_ID": "<g@customer.example>", "In_Reply_To": "<parcel-1@customer.example>"}
		answer = mail("Re:", JANE, words, **ids)
		arrive(answer, **({"to": to} if to else {}))
	assert mails_on(ticket) == 3


def test_an_answer_to_a_signed_address_and_another_channel_is_there_once(arrive, sales, channel):
	ticket = arrive(PARCEL).ticket
	signed = token.reply_address(
		"support@desk.example", channel.name, reply_channel("Issue", ticket).ticket, reply_keys()[0]
	)
	written = mail("Re:", BOB, Message_ID="<s@customer.example>", Cc="sales@desk.example")
	written.replace_header("To", signed)
	arrive(written)
	assert arrive(written, to=sales).reason_code == "already_on_ticket"
	assert mails_on(ticket) == 2


def test_a_new_mail_to_two_channels_is_a_ticket_in_each_and_says_so(arrive, sales, channel):
	first = arrive(PARCEL)
	second = arrive(PARCEL, to=sales)
	assert (first.reason_code, second.reason_code) == ("new_ticket", "also_in_other_channel")
	assert f"The channel {channel.name} filed it on Issue {first.ticket}." in second.reason
	assert (arrive(BOTH).ticket, arrive(BOTH, to=sales).ticket) == (first.ticket, second.ticket)
	assert (mails_on(first.ticket), mails_on(second.ticket)) == (2, 2)


# ── Frappe's automatic linking ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("silently", [False, True])
def test_no_recipient_links_the_mail_to_another_document(site, arrive, channel, smtp_sink, silently):
	outgoing_account(smtp_sink, "linking@desk.example").db_set("enable_automatic_linking", 1)
	other = site.get_doc({"doctype": "Issue", "subject": "Other", "raised_by": BOB}).insert()
	site.db.set_value("Issue", other.name, "status", "Closed")
	channel.automatic_replies = "Add to Ticket Silently"
	channel.save()
	site.db.commit()
	arrive(judged("pass", Message_ID=FIRST))
	robot = {"Auto_Submitted": "auto-replied"} if silently else {}
	named = f"x+Issue+{other.name}@evil.example, x+issue={other.name}@evil.example"
	record = arrive(judged("pass", "Re:", In_Reply_To=FIRST, Cc=named, **robot))
	assert record.communication
	communication = site.get_doc("Communication", record.communication)
	communication.save()
	for doc in (communication, site.get_doc("Communication", record.communication)):
		assert ("Issue", other.name) not in {(row.link_doctype, row.link_name) for row in doc.timeline_links}
		assert doc.reference_name == record.ticket
	assert site.db.get_value("Issue", other.name, "status") == "Closed"


# ── One mailbox under two names ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("first", "second"),
	[
		({}, {"host": "imap.desk.example."}),
		({}, {"host": "IMAP.Desk.Example", "user_name": "SUPPORT@desk.example"}),
		({}, {"host": "pop.desk.example", "protocol": "POP3", "after_processing": "Leave in Place"}),
		({}, {"host": "mail.desk.example"}),
		({}, {"host": "server7.provider.example"}),
		({"user_name": "support"}, {"host": "server7.provider.example"}),
		({"user_name": "support"}, {"user_name": "support"}),
	],
)
def test_one_mailbox_under_two_names_is_one_mailbox(site, monkeypatch, first, second):
	known = {"imap.desk.example": ["192.0.2.1", "192.0.2.2"], "server7.provider.example": ["192.0.2.2"]}
	monkeypatch.setattr(same_mailbox, "system_resolver", lambda host, port: known.get(host, []))
	channels.active_channel(site, **first)
	changes = {"user_name": "support@desk.example", **second}
	other = channels.channel(
		site, channel_name="Second", email_address="second@desk.example", status="Active", **changes
	)
	with pytest.raises(site.ValidationError, match="the active channel .*Support"):
		other.insert()


@pytest.mark.parametrize(
	"second",
	[
		{"user_name": "sales@desk.example"},
		{"user_name": "support@other.example"},
		{"host": "imap.elsewhere.example", "user_name": "support@desk.example"},
		{"host": "server8.provider.example", "user_name": "support@desk.example"},
	],
)
def test_other_mailboxes_are_not_taken_for_the_same(site, monkeypatch, second):
	known = {"imap.desk.example": ["192.0.2.1"], "imap.elsewhere.example": ["192.0.2.9"]}
	monkeypatch.setattr(same_mailbox, "system_resolver", lambda host, port: known.get(host, []))
	channels.active_channel(site)
	other = channels.active_channel(
		site, channel_name="Second", email_address="second@desk.example", **second
	)
	assert other.status == "Active"


def test_what_another_channel_has_read_is_not_filed_again_under_another_name(site, mailbox, channel):
	"""The name service told nothing when the second channel was activated."""
	channel.after_processing = "Leave in Place"
	channel.save()
	site.db.commit()
	mailbox.append("INBOX", mail("The printer burns", Message_ID=FIRST).as_bytes())
	receive(channel)
	second = new_channel(
		mailbox,
		channel_name="Second",
		email_address="second@desk.example",
		after_processing="Leave in Place",
	)
	second.db_set("status", "Active")
	site.db.commit()
	poll(second.name)
	second.reload()
	assert (second.health, second.trouble_code) == ("Failing", "mailbox_shared")
	assert f"The channel {channel.name} has read 1 of these messages." in second.health_reason
	assert site.db.count("Issue", {"subject": "The printer burns"}) == 1


# ── Recipients that are hard to read ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", [0, 101], ids=["first", "beyond those whom Frappe looks up"])
def test_recipients_with_thousands_of_brackets_keep_nobody_from_the_ticket(arrive, before):
	ticket = arrive(judged("", "My order", Message_ID=FIRST)).ticket
	people = [f"p{number}@customer.example" for number in range(before)]
	people += [f'"{"(" * 95}"@e{number}.example' for number in range(20)]
	odd = judged(
		"", "Re: My order", In_Reply_To=FIRST, Message_ID="<odd@customer.example>", Cc=", ".join(people)
	)
	assert arrive(odd).ticket == ticket
	answer_to_it = arrive(judged("", "Re: My order", In_Reply_To=FIRST, Message_ID="<next@customer.example>"))
	assert (answer_to_it.fate, answer_to_it.ticket) == ("Reply", ticket)


def test_of_thousands_of_recipients_the_first_take_part_and_none_is_cut_into_another(site, arrive, channel):
	"""Each mail on the ticket would cost their reading again."""
	many = [f"p{number}@customer.example" for number in range(3_000)]
	ticket = arrive(judged("pass", "My order", Message_ID=FIRST, Cc=", ".join(many))).ticket
	target = target_for("Issue")
	ref = TicketRef("Issue", ticket)
	taking_part = participants([ref], target, channel_settings(channel))[ref]
	assert {JANE, many[0], many[100]} <= taking_part
	assert len(taking_part) < 500
	assert taking_part <= {JANE, channel.email_address, *many, "support@desk.example"}
