"""Who sees the channels and the message log."""

import pytest

from helpdesk_mailchannel.install import apply
from helpdesk_mailchannel.ticketing import notify
from helpdesk_mailchannel.ticketing.desk import api
from helpdesk_mailchannel.ticketing.desk.permissions import is_manager, must_manage
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


OWN_ROLE = "Mail Desk Lead"


@pytest.fixture
def own_role(site):
	"""A role that the site has made itself, and given rights in the Role Permissions Manager."""
	if not site.db.exists("Role", OWN_ROLE):
		site.get_doc({"doctype": "Role", "role_name": OWN_ROLE, "desk_access": 1}).insert()

	def give(doctype, *rights):
		site.permissions.add_permission(doctype, OWN_ROLE)
		for right in rights:
			site.permissions.update_permission_property(doctype, OWN_ROLE, 0, right, 1)

	yield give
	site.db.rollback()
	for doctype in ("Email Channel", "Email Channel Message"):
		site.clear_cache(doctype=doctype)


def test_a_role_that_may_write_channels_has_their_buttons_and_is_told_of_trouble(site, record, own_role):
	user = user_with(site, OWN_ROLE)
	site.set_user(user)
	assert not is_manager()
	with pytest.raises(site.PermissionError):
		api.fetch_now("Support")
	site.set_user("Administrator")
	own_role("Email Channel", "write")
	site.set_user(user)
	assert is_manager()
	must_manage()
	assert user in notify.administrators()


def test_a_role_that_may_report_on_messages_reads_the_whole_log(site, record, own_role):
	own_role("Email Channel Message", "report")
	site.set_user(user_with(site, OWN_ROLE))
	assert site.get_list("Email Channel Message", pluck="name", order_by="name") == [record.name]
	assert not is_manager()


def test_an_agent_reads_the_record_of_a_ticket_but_no_list(site, record):
	site.set_user(user_with(site, AGENT_ROLE))
	assert site.get_doc("Email Channel Message", record.name).has_permission("read")
	assert site.get_list("Email Channel Message", pluck="name", order_by="name") == []


def test_an_agent_does_not_read_records_without_ticket(site, record):
	failed = receipt(site, name="b" * 64, fate="Failed")
	site.set_user(user_with(site, AGENT_ROLE))
	assert not site.get_doc("Email Channel Message", failed.name).has_permission("read")


def test_an_agent_finds_channels_by_name_but_has_no_right_to_them(site, record):
	site.set_user(user_with(site, AGENT_ROLE))
	for right in ("select", "read", "write", "report", "export"):
		assert not site.permissions.has_permission("Email Channel", right)
	assert not site.get_doc("Email Channel", "Support").has_permission("read")
	assert found_by_search(site, "Supp") == ["Support"]
	assert found_by_search(site, "imap.desk") == []


def found_by_search(site, text, **more):
	from frappe.desk.search import search_widget

	site.response.pop("values", None)  # Older versions answer there.
	rows = search_widget("Email Channel", text, **more) or site.response.get("values") or []
	return [row[0] for row in rows]


def call(site, method, **values):
	"""Call a method as a request does: with what apps have put in its place."""
	instead = site.get_hooks("override_whitelisted_methods").get(method, [method])[-1]
	return site.call(instead, **values)


def listing(site, **how):
	return call(site, "frappe.client.get_list", **{"doctype": "Email Channel", **how})


PROBES = {
	"a list": lambda site, guess: listing(site, filters={"host": guess}),
	"a list of tickets, through the link": lambda site, guess: listing(
		site,
		doctype="Issue",
		fields=["name", "email_channel.name as channel"],
		filters=[["Email Channel", "host", "like", guess[1]]],
	),
	"any of several": lambda site, guess: listing(site, or_filters={"host": guess, "user_name": guess}),
	"an order": lambda site, guess: listing(site, order_by="host desc"),
	"an order of tickets": lambda site, guess: listing(
		site, doctype="Issue", fields=["name", "email_channel.channel_name as channel"], order_by="host desc"
	),
	"a group": lambda site, guess: listing(site, fields=["host", "count(name) as count"], group_by="host"),
	"a table's rows": lambda site, guess: listing(
		site, doctype="Email Channel Domain", parent="Email Channel", fields=["pattern"]
	),
	"a table's rows under a ticket": lambda site, guess: listing(
		site, doctype="Email Channel Domain", parent="Issue", fields=["pattern"]
	),
	"the log, through the link": lambda site, guess: listing(
		site,
		doctype="Email Channel Message",
		fields=["name", "channel.channel_name as name_of"],
		or_filters=[["Email Channel Message", "channel", "like", "%"]],
	),
	"a count": lambda site, guess: call(
		site, "frappe.client.get_count", doctype="Email Channel", filters={"host": guess}
	),
	"a value": lambda site, guess: call(
		site, "frappe.client.get_value", doctype="Email Channel", fieldname="host", filters={"host": guess}
	),
	"a single value": lambda site, guess: call(
		site, "frappe.client.get_value", doctype="Email Channel", fieldname="name", filters="Support"
	),
	"the document": lambda site, guess: call(
		site, "frappe.client.get", doctype="Email Channel", name="Support"
	),
	"the document by filters": lambda site, guess: call(
		site, "frappe.client.get", doctype="Email Channel", filters={"host": guess}
	),
	"a password": lambda site, guess: call(
		site, "frappe.client.get_password", doctype="Email Channel", name="Support", fieldname="password"
	),
	"a link's validation": lambda site, guess: call(
		site, "frappe.client.validate_link", doctype="Email Channel", docname="Support", fields=["host"]
	),
	"the token's account": lambda site, guess: listing(
		site, doctype="Email Channel Token", fields=["account"]
	),
	"the runs' errors": lambda site, guess: listing(
		site, doctype="Email Channel Run", fields=["error_details"]
	),
	"the report view": lambda site, guess: as_form(
		site, "frappe.desk.reportview.get", doctype="Email Channel", fields='["name","host"]', filters="{}"
	),
	"an export": lambda site, guess: as_form(
		site,
		"frappe.desk.reportview.export_query",
		doctype="Email Channel",
		fields='["`tabEmail Channel`.`host`"]',
		file_format_type="CSV",
		title="x",
	),
	"the sidebar's statistics": lambda site, guess: call(
		site,
		"frappe.desk.listview.get_group_by_count",
		doctype="Email Channel",
		current_filters="[]",
		field="host",
	),
}


def as_form(site, method, **values):
	site.local.form_dict = site._dict(values)
	return site.get_attr(method)()


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_an_agent_cannot_find_out_what_a_channels_fields_hold(site, record, ticket, probe):
	site.db.set_value("Issue", ticket.name, "email_channel", "Support")
	site.set_user(user_with(site, AGENT_ROLE))
	told = []
	for guess in (["like", "imap.desk%"], ["like", "nothing%"]):
		try:
			told.append(str(probe(site, guess)))
		except Exception as error:
			told.append(type(error).__name__)
	assert told[0] == told[1], "the right guess is answered like the wrong one"
	assert "desk.example" not in told[0] and "Support" not in told[0]


@pytest.mark.parametrize("filters", [{"host": ["like", "imap%"]}, {"host": "nothing"}])
@pytest.mark.parametrize("searchfield", ["name", "host"])
def test_the_search_by_name_does_not_look_at_other_fields(site, record, filters, searchfield):
	site.set_user(user_with(site, AGENT_ROLE))
	assert found_by_search(site, "Support", filters=filters, searchfield=searchfield) == ["Support"]
	assert found_by_search(site, "imap", filters=filters, searchfield=searchfield) == []


def test_others_see_nothing(site, record):
	site.set_user(user_with(site, "Blogger" if site.db.exists("Role", "Blogger") else "Inbox User"))
	assert not site.permissions.has_permission("Email Channel", "read")
	assert not site.permissions.has_permission("Email Channel Message", "read")
	with pytest.raises(site.PermissionError):
		site.call("helpdesk_mailchannel.ticketing.desk.form.proposal")
