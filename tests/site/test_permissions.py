"""Who sees the channels and the message log."""

import pytest

from helpdesk_mailchannel.install import apply
from tests.site.channels import channel, receipt, user_with

AGENT_ROLE = "Support Team"


@pytest.fixture
def ticket(site):
	if not site.db.exists("Role", AGENT_ROLE):
		site.get_doc({"doctype": "Role", "role_name": AGENT_ROLE}).insert()
		apply()
	return site.get_doc({"doctype": "Issue", "subject": "x", "raised_by": "jane@a.example"}).insert()


@pytest.fixture
def record(site, ticket):
	channel(site).insert()
	return receipt(site, ticket_doctype="Issue", ticket=ticket.name)


def test_a_manager_does_everything_with_channels_and_reads_every_record(site, record):
	site.set_user(user_with(site, "Email Channel Manager"))
	assert all(site.has_permission("Email Channel", right) for right in ("read", "write", "create", "delete"))
	assert site.get_list("Email Channel Message", pluck="name", order_by="name") == [record.name]
	assert site.get_doc("Email Channel Message", record.name).has_permission("read")


def test_a_manager_chooses_accounts_and_roles_without_reading_them(site):
	site.set_user(user_with(site, "Email Channel Manager"))
	for doctype in ("Email Account", "Role"):
		assert site.permissions.has_permission(doctype, "select")
		assert not site.permissions.has_permission(doctype, "read")


def test_nobody_writes_records_by_hand(site, record):
	site.set_user(user_with(site, "Email Channel Manager", "System Manager"))
	for right in ("write", "create", "delete"):
		assert not site.permissions.has_permission("Email Channel Message", right)


def test_an_agent_reads_the_record_of_a_ticket_but_no_list(site, record):
	site.set_user(user_with(site, AGENT_ROLE))
	assert site.get_doc("Email Channel Message", record.name).has_permission("read")
	assert site.get_list("Email Channel Message", pluck="name", order_by="name") == []


def test_an_agent_does_not_read_records_without_ticket(site, record):
	failed = receipt(site, name="b" * 64, fate="Failed")
	site.set_user(user_with(site, AGENT_ROLE))
	assert not site.get_doc("Email Channel Message", failed.name).has_permission("read")


def test_an_agent_may_filter_by_channel_but_not_open_it(site, record):
	site.set_user(user_with(site, AGENT_ROLE))
	assert site.permissions.has_permission("Email Channel", "select")
	assert not site.permissions.has_permission("Email Channel", "read")
	assert not site.get_doc("Email Channel", "Support").has_permission("read")


def test_others_see_nothing(site, record):
	site.set_user(user_with(site, "Blogger" if site.db.exists("Role", "Blogger") else "Inbox User"))
	assert not site.permissions.has_permission("Email Channel", "read")
	assert not site.permissions.has_permission("Email Channel Message", "read")
	with pytest.raises(site.PermissionError):
		site.call("helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel.form.proposal")
