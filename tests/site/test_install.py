"""Installing and removing the app: everything there, everything gone, with or without a ticket app."""

import pytest

from helpdesk_mailchannel import install
from helpdesk_mailchannel.patches import spell_authorize
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD
from tests.site.channels import active_channel, channel, user_with


def source_fields(site) -> list[str]:
	return site.get_all("Custom Field", {"fieldname": SOURCE_FIELD}, pluck="dt", order_by="dt")


def test_tickets_name_the_channel_they_came_through(site):
	for doctype in ("Issue", "HD Ticket"):
		if site.db.exists("DocType", doctype):
			field = site.get_meta(doctype).get_field(SOURCE_FIELD)
			assert (field.options, field.read_only) == ("Email Channel", 1)


def test_the_managers_role_and_workspace_are_there(site):
	assert site.db.get_value("Role", "Email Channel Manager", "desk_access") == 1
	workspace = site.get_doc("Workspace", "Mail Channels")
	assert {shortcut.link_to for shortcut in workspace.shortcuts} == {
		"Email Channel",
		"Email Channel Message",
	}
	for card in workspace.number_cards:
		assert site.db.exists("Number Card", card.number_card_name)


def test_applying_again_changes_nothing(site):
	tables = ("Custom Field", "Custom DocPerm", "Role", "DocPerm")
	before = {table: site.db.count(table) for table in tables}
	install.apply()
	assert {table: site.db.count(table) for table in tables} == before


def test_another_ticket_doctype_gets_the_source_field_when_a_channel_uses_it(site):
	site.set_user(user_with(site, "Email Channel Manager"))
	try:
		active_channel(site, target_doctype="ToDo")
		assert site.get_meta("ToDo").has_field(SOURCE_FIELD)
	finally:
		site.set_user("Administrator")
		site.delete_doc("Custom Field", f"ToDo-{SOURCE_FIELD}", force=True, ignore_missing=True)
		site.db.commit()


@pytest.fixture
def uninstalled(site):
	"""The site after this app's farewell, before Frappe drops its DocTypes; put back afterwards."""
	doc = channel(site).insert()
	install.before_uninstall()
	yield doc
	site.db.rollback()
	site.clear_cache()
	install.after_install()
	site.db.commit()


def test_removing_takes_fields_role_permissions_and_secrets_away(site, uninstalled):
	assert source_fields(site) == []
	assert not site.get_meta("Issue", cached=False).has_field(SOURCE_FIELD)
	assert not site.db.exists("Role", install.ROLE)
	assert site.db.exists("File", "Home")
	assert not site.db.exists("Scheduled Job Type", {"method": ["like", "helpdesk_mailchannel.%"]})
	assert not site.db.exists("Has Role", {"role": install.ROLE})
	assert not site.db.exists("Custom DocPerm", {"parent": ["like", "Email Channel%"]})
	for doctype in ("Email Account", "Role"):
		own, standard = roles_of(site, "Custom DocPerm", doctype), roles_of(site, "DocPerm", doctype)
		assert own == set() or own > standard, (
			"only where another app, such as Helpdesk, added a role of its own"
		)
	assert not site.db.exists("Logs To Clear", {"ref_doctype": ["like", "Email Channel%"]})
	assert not site.utils.password.get_decrypted_password(
		"Email Channel", uninstalled.name, "password", raise_exception=False
	)


def roles_of(site, table, doctype):
	return set(site.get_all(table, {"parent": doctype}, pluck="role", order_by="name"))


KINDS = (
	"DocType",
	"Role",
	"Custom Field",
	"Workspace",
	"Workspace Sidebar",
	"Desktop Icon",
	"Number Card",
	"Module Def",
)


def everything_of(
	frappe, words=("Email Channel", "email_channel", "Mail Channel", "Mailchannel")
) -> set[str]:
	"""The names of all records, of those kinds that an app brings, that carry one of our words."""
	found = set()
	for kind in filter(lambda kind: frappe.db.exists("DocType", kind), KINDS):
		names = frappe.get_all(kind, pluck="name", order_by="name")
		found |= {f"{kind} {name}" for name in names if any(word in name for word in words)}
	return found


def test_removing_leaves_no_doctype_or_table_and_installing_again_brings_all_back(connected_site):
	"""Commits, so it cleans up by itself: the site ends as it began."""
	from frappe.installer import install_app, remove_app

	frappe = connected_site
	frappe.set_user("Administrator")
	before = everything_of(frappe)
	remove_app("helpdesk_mailchannel", yes=True, no_backup=True)
	try:
		tables = {
			table for table in frappe.db.get_tables(cached=False) if table.startswith("tabEmail Channel")
		}
		assert (everything_of(frappe), tables) == (set(), set())
		frappe.get_doc({"doctype": "Issue", "subject": "Works without", "raised_by": "a@b.example"}).insert()
		frappe.db.rollback()
	finally:
		# What Frappe knew of its apps' modules may be from before this app came to the bench.
		core = [app for app in ("frappe", "criscostack") if app in frappe.local.app_modules]
		frappe.local.app_modules = {app: frappe.local.app_modules[app] for app in core}
		install_app("helpdesk_mailchannel")
		# What it kept of the apps' hooks is from the time without this app.
		if hasattr(frappe.local, "doc_events_hooks"):
			del frappe.local.doc_events_hooks
		frappe.db.commit()
	assert everything_of(frappe) == before
	assert frappe.db.exists("Scheduled Job Type", {"method": ["like", "helpdesk_mailchannel.%"]})


def test_installing_without_the_doctypes_is_refused_with_a_remedy(site):
	site.db.delete("DocType", {"name": "Email Channel"})
	with pytest.raises(site.ValidationError, match="install-app --force"):
		install.after_install()
	site.db.rollback()


def test_a_channel_that_waited_to_be_authorized_under_the_old_spelling_waits_under_the_new(site):
	channel(site).insert()
	site.db.set_value("Email Channel", "Support", "health", "Needs Authorisation")
	spell_authorize.execute()
	assert site.db.get_value("Email Channel", "Support", "health") == "Needs Authorization"
