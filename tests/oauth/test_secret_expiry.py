"""Administrators are told before a client secret ends."""

import pytest
from frappe.utils import add_days, today

from helpdesk_mailchannel.ticketing.sign_in import secret_expiry
from tests.site.channels import user_with


@pytest.fixture
def manager(site):
	return user_with(site, "Email Channel Manager")


def told(site, desk, manager):
	filters = {"document_name": desk.name, "for_user": manager}
	return site.get_all("Notification Log", filters, ["subject", "email_content"])


def let_it_end_in(site, desk, days):
	site.db.set_value("Email Channel", desk.name, "client_secret_expires_on", add_days(today(), days))


@pytest.mark.parametrize(("days", "words"), [(30, "in 30 days"), (1, "tomorrow"), (0, "today")])
def test_administrators_are_told_in_time(desk, site, manager, days, words):
	desk.ready()
	let_it_end_in(site, desk, days)
	secret_expiry.remind()
	[note] = told(site, desk, manager)
	assert words in note.subject and desk.name in note.subject
	assert "Create a new client secret" in note.email_content


def test_on_other_days_and_for_drafts_nobody_is_told(desk, site, manager):
	let_it_end_in(site, desk, 30)
	secret_expiry.remind()
	desk.ready()
	for days in (29, 31, -1):
		let_it_end_in(site, desk, days)
		secret_expiry.remind()
	assert told(site, desk, manager) == []
