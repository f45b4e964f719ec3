"""The site under test keeps what the other tests rely on."""

import importlib

import pytest


def test_the_app_is_installed(site):
	installed = site.get_installed_apps()
	assert "helpdesk_mailchannel" in installed
	assert "frappe" in installed


def test_frappe_answers_to_its_name(site):
	module = importlib.import_module("frappe.utils.background_jobs")
	assert site.utils.background_jobs is module
	assert issubclass(importlib.import_module("frappe.tests.utils").FrappeTestCase, object)
	with pytest.raises(ModuleNotFoundError):
		importlib.import_module("frappe.nothing_of_the_kind")
	with pytest.raises(ModuleNotFoundError):
		importlib.import_module("frappe.utils.nothing_of_the_kind")
	assert site.render_template("{{ frappe.session.user }}", {}) == "Administrator"


@pytest.mark.parametrize("doctype", ["Issue", "HD Ticket"])
def test_tickets_take_mail(site, doctype):
	if not site.db.exists("DocType", doctype):
		pytest.skip(f"this site has no {doctype}")
	meta = site.get_meta(doctype)
	assert (meta.subject_field, meta.sender_field, meta.email_append_to) == ("subject", "raised_by", 1)


def new_issue(site, **values):
	return site.get_doc(
		{"doctype": "Issue", "subject": "Printer", "raised_by": "jane@customer.example", **values}
	).insert()


def received(site, ticket, **values):
	return site.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"subject": ticket.subject,
			"sender": "jane@customer.example",
			"recipients": "support@desk.example",
			"content": "<p>It smokes.</p>",
			"reference_doctype": ticket.doctype,
			"reference_name": str(ticket.name),
			**values,
		}
	).insert(ignore_permissions=True)


def test_a_communication_reaches_the_issue_and_reopens_it(site):
	issue = new_issue(site)
	issue.db_set("status", "Closed")
	message = received(site, issue)
	assert message.reference_name == issue.name
	assert site.db.get_value("Issue", issue.name, "status") == "Open"


def test_a_communication_reaches_the_hd_ticket_and_fills_it(site):
	if not site.db.exists("DocType", "HD Ticket"):
		pytest.skip("this site has no HD Ticket")
	ticket = site.get_doc(
		{"doctype": "HD Ticket", "subject": "Printer", "raised_by": "jane@customer.example"}
	).insert()
	received(site, ticket)
	ticket.reload()
	assert "It smokes." in ticket.description
	assert ticket.last_customer_response


def test_an_enqueued_job_is_run_by_a_worker(site, scheduler):
	issue = new_issue(site)
	site.db.commit()
	site.enqueue(
		"frappe.client.set_value",
		doctype="Issue",
		name=issue.name,
		fieldname="status",
		value="Resolved",
		job_id="devkit-platform-test",
		deduplicate=True,
	)
	scheduler.work()
	site.db.rollback()
	assert site.db.get_value("Issue", issue.name, "status") == "Resolved"


def test_the_scheduler_enqueues_what_is_due(site, scheduler):
	method = "frappe.email.queue.flush"
	scheduler.make_due(method)
	scheduler.tick_and_work()
	site.db.rollback()
	last = site.db.get_value(
		"Scheduled Job Type", {"method": ("like", "%email.queue.flush")}, "last_execution"
	)
	# It was long ago; a bench's own jobs that are due too may take their time.
	assert site.utils.time_diff_in_seconds(site.utils.now(), last) < 600


def test_committed_records_are_gone_after_a_test_one(site):
	new_issue(site, subject="Left behind")
	site.db.commit()


def test_committed_records_are_gone_after_a_test_two(site):
	assert not site.db.exists("Issue", {"subject": "Left behind"})
