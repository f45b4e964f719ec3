"""Tickets of each kind, made the way that suits them."""

from datetime import datetime, timezone

import pytest

from helpdesk_mailchannel.mailcore.settings import Source
from helpdesk_mailchannel.ticketing.targets import accepting_mail, target_for
from helpdesk_mailchannel.ticketing.times import to_site

ARRIVED = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
VALUES = {
	"subject": "Printer",
	"raised_by": "jane@a.example",
	"description": "<p>It smokes.</p>",
	"no_field": 1,
}


@pytest.fixture(params=["Issue", "HD Ticket"])
def target(request, site):
	if not site.db.exists("DocType", request.param):
		pytest.skip(f"this site has no {request.param}")
	return target_for(request.param)


def test_only_doctypes_that_take_mail_are_offered_tickets_first(site):
	names = accepting_mail()
	assert names[0] in ("Issue", "HD Ticket")
	assert "Communication" not in names
	assert "User" not in names


def test_a_ticket_begins_when_its_mail_arrived(target):
	ticket = target.insert(VALUES, ARRIVED)
	assert (ticket.subject, ticket.raised_by, ticket.via_customer_portal) == ("Printer", "jane@a.example", 0)
	assert str(ticket.opening_date) == str(to_site(ARRIVED).date())
	if target.meta.has_field("service_level_agreement_creation"):
		assert ticket.service_level_agreement_creation == to_site(ARRIVED)


def test_an_issue_takes_the_body_and_an_hd_ticket_leaves_it_to_the_timeline(target):
	ticket = target.insert(VALUES, ARRIVED)
	bodies = [row.target for row in target.default_mapping() if row.source is Source.BODY]
	if target.doctype == "Issue":
		assert bodies == ["description"]
		assert ticket.description == "<p>It smokes.</p>"
	else:
		assert bodies == []
		assert not ticket.description


def test_inserting_writes_no_communication_and_no_mail(site, target):
	before = (site.db.count("Communication"), site.db.count("Email Queue"))
	target.insert(VALUES, ARRIVED)
	assert (site.db.count("Communication"), site.db.count("Email Queue")) == before


def test_importance_maps_to_the_priorities_the_site_has(site, target):
	options = target.field("priority").options
	assert target.priorities()["High"] == "High"
	site.db.delete(options, {"name": "High"})
	assert target.priorities().get("High") in (None, "Urgent")


def test_any_other_doctype_that_takes_mail_works_by_its_meta(site):
	target = target_for("ToDo")
	assert (target.subject_field, target.sender_field) == ("description", "sender")
	assert target.required_fields() == ("description", "sender")
	assert target.insert({"description": "x", "sender": "jane@a.example"}, ARRIVED).name
