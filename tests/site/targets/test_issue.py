"""What ERPNext makes of an Issue that came by mail: customer, service level, status, files, answers."""

import re
from datetime import datetime, timedelta, timezone
from email import message_from_string, policy
from functools import partial

import pytest
from frappe.utils import get_datetime

from helpdesk_mailchannel.ticketing.times import to_site
from tests.site import polling
from tests.site.channels import user_with
from tests.site.conversation import answer as answer_from_the_desk
from tests.site.files import may_open
from tests.site.mails import mail
from tests.site.polling import active_channel

PNG = bytes.fromhex(
	"89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
	"0100c9fe92ef0000000049454e44ae426082"
)
ARRIVED = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=3)
FIRST = "<one@customer.example>"


@pytest.fixture
def channel(site, mailbox):
	return active_channel(mailbox)


@pytest.fixture
def issue_of(mailbox, channel):
	"""Lets a message arrive, and returns the Issue it is on."""
	return partial(polling.ticket_of, channel, mailbox)


@pytest.fixture
def customer(site):
	"""A Customer with a Contact, whose second address is jane@customer.example."""
	doc = site.new_doc("Customer")
	doc.update({"customer_name": "Customer Ltd", "customer_type": "Company"})
	doc.insert(ignore_mandatory=True)
	contact = site.new_doc("Contact")
	contact.first_name = "Jane"
	contact.append("email_ids", {"email_id": "jane.doe@customer.example", "is_primary": 1})
	contact.append("email_ids", {"email_id": "jane@customer.example"})
	contact.append("links", {"link_doctype": "Customer", "link_name": doc.name})
	contact.insert()
	site.db.commit()
	return doc.name


# ── Who ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ["jane.doe@customer.example", "jane@customer.example"])
def test_the_customer_is_found_by_any_address_of_the_contact(issue_of, customer, address):
	issue = issue_of(mail("The printer burns", f"Jane Doe <{address}>"))
	assert (issue.customer, issue.raised_by) == (customer, address)


def test_a_contact_of_a_customer_counts_before_one_of_nobody(site, issue_of, customer):
	nobodys = site.new_doc("Contact")
	nobodys.first_name = "Doe, Jane"
	nobodys.append("email_ids", {"email_id": "jane@customer.example", "is_primary": 1})
	nobodys.insert()
	site.db.commit()
	issue = issue_of(mail("The printer burns", "Jane Doe <jane@customer.example>"))
	assert (issue.customer, issue.contact == nobodys.name) == (customer, False)


def test_a_first_time_sender_becomes_the_issues_contact(site, issue_of):
	issue = issue_of(mail("The printer burns", "New Person <new@customer.example>"))
	assert site.db.get_value("Contact", issue.contact, ["first_name", "email_id"]) == (
		"New Person",
		"new@customer.example",
	)


@pytest.mark.parametrize(
	"name", ["<b>Bob</b>", "New Contact", "Contact", "x" * 300, "%s {0}", "Administrator", " ", "😀"]
)
def test_whatever_senders_call_themselves_there_is_a_ticket(issue_of, name):
	for number in range(2):
		message = mail("The printer burns", f'"{name}" <{number}@customer.example>')
		assert issue_of(message).raised_by == f"{number}@customer.example"


# ── Service level ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def service_level(site):
	"""A default Service Level Agreement: an answer within four hours, round the clock."""
	if not site.db.exists("DocType", "Service Level Agreement"):
		pytest.skip("this site has no Service Level Agreement")
	site.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
	if not site.db.exists("Holiday List", "No Holidays"):
		site.get_doc(
			{
				"doctype": "Holiday List",
				"holiday_list_name": "No Holidays",
				"from_date": "2020-01-01",
				"to_date": "2040-01-01",
			}
		).insert()
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	agreement = site.get_doc(
		{
			"doctype": "Service Level Agreement",
			"document_type": "Issue",
			"service_level": "Four hours",
			"default_service_level_agreement": 1,
			"enabled": 1,
			"holiday_list": "No Holidays",
			"apply_sla_for_resolution": 1,
			"default_priority": "Medium",
			"priorities": [
				{
					"priority": name,
					"response_time": 4 * 3600,
					"resolution_time": 24 * 3600,
					"default_priority": 0,
				}
				for name in ("Low", "High")
			]
			+ [
				{
					"priority": "Medium",
					"response_time": 4 * 3600,
					"resolution_time": 24 * 3600,
					"default_priority": 1,
				}
			],
			"support_and_resolution": [
				{"workday": day, "start_time": "00:00:00", "end_time": "23:59:59"} for day in days
			],
			"sla_fulfilled_on": [{"status": "Resolved"}, {"status": "Closed"}],
			"pause_sla_on": [{"status": "Replied"}],
		}
	).insert()
	site.db.commit()
	return agreement.name


def test_the_service_level_counts_from_the_mails_arrival(issue_of, service_level):
	issue = issue_of(mail("The printer burns"), date=ARRIVED)
	assert issue.service_level_agreement == service_level
	assert issue.service_level_agreement_creation == to_site(ARRIVED)
	assert abs(issue.response_by - to_site(ARRIVED + timedelta(hours=4))) < timedelta(minutes=1)
	assert (issue.opening_date, str(issue.opening_time)) == (
		to_site(ARRIVED).date(),
		str(timedelta(hours=to_site(ARRIVED).hour, minutes=ARRIVED.minute, seconds=ARRIVED.second)),
	)


def test_the_agents_answer_is_the_first_response(site, issue_of, service_level):
	issue = issue_of(mail("The printer burns"), date=ARRIVED)
	assert not issue.first_responded_on
	assert not issue.first_response_time
	site.get_attr("frappe.core.doctype.communication.email.make")(
		doctype="Issue",
		name=issue.name,
		content="<p>Have you tried turning it off?</p>",
		subject="Re: The printer burns",
		recipients="jane@customer.example",
	)
	issue.reload()
	assert issue.first_responded_on
	waited = (datetime.now(timezone.utc) - ARRIVED).total_seconds()
	assert issue.first_response_time == pytest.approx(waited, abs=120)
	assert issue.agreement_status != "Failed"


# ── Status ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["Replied", "Resolved", "Closed"])
@pytest.mark.parametrize("with_service_level", [False, True])
def test_an_answer_reopens_the_issue(request, site, issue_of, status, with_service_level):
	if with_service_level:
		request.getfixturevalue("service_level")
	issue = issue_of(mail("The printer burns", Message_ID=FIRST))
	issue.status = status
	issue.save()
	site.db.commit()
	again = issue_of(mail("Re: The printer burns", body="Still.", In_Reply_To=FIRST))
	assert (again.name, again.status) == (issue.name, "Open")


def test_automatic_mail_is_added_without_a_change(site, mailbox, channel, issue_of, service_level):
	channel.automatic_replies = "Add to Ticket Silently"
	channel.save()
	site.db.commit()
	issue = issue_of(mail("The printer burns", Message_ID=FIRST))
	issue.status = "Closed"
	issue.save()
	site.db.commit()
	note = mail("Automatic reply: The printer burns", In_Reply_To=FIRST, Auto_Submitted="auto-replied")
	again = issue_of(note)
	assert (again.name, again.status) == (issue.name, "Closed")
	assert again.modified == get_datetime(issue.modified)
	conversation = site.get_all(
		"Communication",
		{"reference_doctype": "Issue", "reference_name": issue.name},
		["subject", "status"],
		order_by="creation",
	)
	assert [(row.subject, row.status) for row in conversation] == [
		("The printer burns", "Linked"),
		("Automatic reply: The printer burns", "Linked"),
	]


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────


def test_files_and_pictures_are_private_and_an_agent_sees_them(site, issue_of):
	message = mail("The printer burns")
	message.add_alternative('<p>See:</p><img src="cid:smoke@customer.example">', subtype="html")
	message.get_payload()[1].add_related(
		PNG, maintype="image", subtype="png", cid="<smoke@customer.example>", filename="smoke.png"
	)
	message.add_attachment("a,b\r\n", subtype="csv", filename="meter.csv")
	issue = issue_of(message)
	[communication] = site.get_all(
		"Communication", {"reference_name": issue.name}, ["name", "content", "has_attachment"]
	)
	files = site.get_all(
		"File",
		{"attached_to_doctype": "Communication", "attached_to_name": communication.name},
		["name", "file_name", "file_url", "is_private"],
		order_by="file_name",
	)
	assert [(file.file_name, file.is_private) for file in files] == [("meter.csv", 1), ("smoke.png", 1)]
	[(url, fid)] = re.findall(r'src="([^"?]+)\?fid=(\w+)"', communication.content)
	assert url == files[1].file_url
	agent, stranger = user_with(site, "Support Team"), user_with(site, "Script Manager")
	for user, sees in ((agent, True), (stranger, False)):
		site.set_user(user)
		assert may_open(url, fid) is sees, user
		for file in files:
			assert may_open(file.file_url) is sees, (user, file)


# ── Answers from the Desk ────────────────────────────────────────────────────────────────────────────


def test_the_customers_answer_to_an_agents_mail_joins_the_issue(site, issue_of, outgoing):
	issue = issue_of(mail("The printer burns", Message_ID=FIRST))
	answer_from_the_desk(issue, "jane@customer.example", "Have you tried turning it off?")
	[queued] = site.get_all("Email Queue", {"reference_name": issue.name}, ["message"])
	sent = message_from_string(queued.message, policy=policy.default)
	answer = mail("AW: The printer burns", body="Yes.", In_Reply_To=sent["Message-ID"])
	assert issue_of(answer).name == issue.name
	assert site.db.count("Communication", {"reference_name": issue.name}) == 3


def test_an_answer_to_a_notification_joins_the_issue(site, issue_of, outgoing):
	issue = issue_of(mail("The printer burns", Message_ID=FIRST))
	site.sendmail(
		recipients=["jane@customer.example"],
		subject="Your Issue was received",
		message="<p>We look at it.</p>",
		reference_doctype="Issue",
		reference_name=issue.name,
	)
	site.db.commit()
	[queued] = site.get_all("Email Queue", {"reference_name": issue.name}, ["message"])
	sent = message_from_string(queued.message, policy=policy.default)
	answer = mail("Re: Your Issue was received", body="Thanks.", In_Reply_To=sent["Message-ID"])
	assert issue_of(answer).name == issue.name
