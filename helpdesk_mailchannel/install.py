"""What installing adds to a site, and removing takes away again, with or without ERPNext and Helpdesk.

`apply` may run any number of times. It runs after this app is installed, after every migration, and after
another app is installed, which may bring a ticket DocType or a role.
"""

from __future__ import annotations

import frappe
from frappe.permissions import rights, setup_custom_perms

from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.ticketing.filing.people import VERDICT_FIELD
from helpdesk_mailchannel.ticketing.reply_keys import forget_binding, note_binding
from helpdesk_mailchannel.ticketing.targets import KNOWN
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD
from helpdesk_mailchannel.ticketing.targets.source_field import add_source_fields

ROLE = "Email Channel Manager"
MODULE = "Helpdesk Mailchannel"
WORKSPACE = "Mail Channels"
AGENT_ROLES = ("Support Team", "Agent")
"""Roles of ERPNext and Helpdesk whose people work on tickets."""
AGENT_PERMISSIONS = (("Email Channel Message", "read"),)
"""They read how a ticket's mail came in (see `desk.permissions`). They have no right to channels: who
has *select* filters and sorts by any field, and so learns what it holds. `form.channel_names` gives names."""
MANAGER_PERMISSIONS = (("Email Account", "select"), ("Role", "select"))
"""What they choose from in a channel's form: they may search these DocTypes, not read their records."""


def before_install() -> None:
	"""Called before Frappe makes our DocTypes: let it look at its apps once more.

	It knows its apps' modules from when the process began, and those it may have from Redis, from before this
	app came to the bench. It would then make no DocType at all, and not say so.
	"""
	frappe.setup_module_map()


def after_install() -> None:
	"""Called when this app is installed. Raises ValidationError where its DocTypes are missing."""
	_must_be_complete()
	apply()
	_keep_logs_for_a_time()


def after_migrate() -> None:
	"""Called after every migration."""
	apply()


def after_app_install(app_name: str) -> None:
	"""Called when another app is installed: ERPNext or Helpdesk may come later than this one."""
	if app_name != "helpdesk_mailchannel":
		apply()


def before_uninstall() -> None:
	"""Take away everything that deleting this app's module leaves behind."""
	for doctype in frappe.get_all(
		"Custom Field", filters={"fieldname": SOURCE_FIELD}, pluck="dt", order_by="dt"
	):
		_remove_field(doctype, SOURCE_FIELD)
	_remove_field("Communication", VERDICT_FIELD)
	forget_binding()
	for doctype in frappe.get_all("DocType", filters={"module": MODULE}, pluck="name", order_by="name"):
		_forget(doctype)
	# Frappe removes scheduled jobs at the next migration only, and until then runs what is no longer there.
	frappe.db.delete("Scheduled Job Type", {"method": ["like", "helpdesk_mailchannel.%"]})
	for doctype in ("Has Role", "Custom DocPerm"):
		frappe.db.delete(doctype, {"role": ROLE})
	for doctype, _right in MANAGER_PERMISSIONS:
		_back_to_standard(doctype)
	frappe.delete_doc("Role", ROLE, ignore_missing=True, force=True)
	_remove_navigation()


def apply() -> None:
	"""Bring the site to what this version expects."""
	_add_role()
	add_source_fields(*(doctype for doctype in KNOWN if frappe.db.exists("DocType", doctype)))
	_add_verdict_field()
	note_binding()
	_let_agents_read()
	_let_managers_choose()


def _must_be_complete() -> None:
	if not frappe.db.exists("DocType", "Email Channel"):
		frappe.throw(
			frappe._(
				"The DocTypes of Helpdesk Mail Channel were not made, so it cannot be used yet. Frappe did "
				"not find the app's modules: restart the bench (its Redis with it), then run "
				"bench install-app --force helpdesk_mailchannel."
			)
		)


def _forget(doctype: str) -> None:
	"""Remove what other tables hold about one of our DocTypes: rules, files, passwords.

	One at a time: Frappe takes an empty list of names for "has none", which the site's own folders are.
	"""
	frappe.db.delete("Custom DocPerm", {"parent": doctype})
	frappe.db.delete("Logs To Clear", {"ref_doctype": doctype})
	frappe.db.delete("__Auth", {"doctype": doctype})
	for file in frappe.get_all(
		"File", filters={"attached_to_doctype": doctype}, pluck="name", order_by="name"
	):
		frappe.delete_doc("File", file, ignore_permissions=True, force=True)


def _add_verdict_field() -> None:
	"""Give Communications the field that keeps what a mail server said of a mail's sender."""
	if frappe.get_meta("Communication").has_field(VERDICT_FIELD):
		return
	frappe.get_doc(
		{
			"doctype": "Custom Field",
			"dt": "Communication",
			"fieldname": VERDICT_FIELD,
			"fieldtype": "Data",
			"length": 10,
			"label": _("Sender Verdict"),
			"description": _("What a trusted mail server said of who sent it, if a channel filed it."),
			"insert_after": "sender_full_name",
			"hidden": 1,
			"read_only": 1,
			"no_copy": 1,
			"module": MODULE,
		}
	).insert(ignore_permissions=True)


def _remove_field(doctype: str, fieldname: str) -> None:
	frappe.delete_doc("Custom Field", f"{doctype}-{fieldname}", ignore_missing=True, force=True)
	frappe.clear_cache(doctype=doctype)


def _remove_navigation() -> None:
	"""Remove what Frappe 16 makes of the workspace and of the app, to be found on the desktop."""
	made = (
		("Workspace Sidebar", "module", MODULE),
		("Desktop Icon", "link_to", WORKSPACE),
		("Desktop Icon", "app", "helpdesk_mailchannel"),
	)
	for doctype, field, value in made:
		if frappe.db.exists("DocType", doctype) and frappe.get_meta(doctype).has_field(field):
			for name in frappe.get_all(doctype, {field: value}, pluck="name", order_by="name"):
				frappe.delete_doc(doctype, name, ignore_permissions=True, force=True)


def _add_role() -> None:
	if not frappe.db.exists("Role", ROLE):
		frappe.get_doc({"doctype": "Role", "role_name": ROLE, "desk_access": 1}).insert(
			ignore_permissions=True
		)


def _let_agents_read() -> None:
	for role in AGENT_ROLES:
		if not frappe.db.exists("Role", role):
			continue
		for doctype, right in AGENT_PERMISSIONS:
			if not frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role}):
				_add_permission(doctype, role, right)


def _let_managers_choose() -> None:
	for doctype, right in MANAGER_PERMISSIONS:
		if not frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": ROLE}):
			_add_permission(doctype, ROLE, right)


def _back_to_standard(doctype: str) -> None:
	"""Remove a DocType's own rules where they say the same as the standard ones: nobody else changed them."""
	fields = ["role", "permlevel", "if_owner", *rights]
	own, standard = (
		sorted(
			tuple(row[field] or 0 for field in fields)
			for row in frappe.get_all(table, {"parent": doctype}, fields, order_by="name")
		)
		for table in ("Custom DocPerm", "DocPerm")
	)
	if own == standard:
		frappe.db.delete("Custom DocPerm", {"parent": doctype})
		frappe.clear_cache(doctype=doctype)


def _add_permission(doctype: str, role: str, right: str) -> None:
	"""Give a role exactly one right: a new rule would otherwise come with reading, exporting and sharing."""
	setup_custom_perms(doctype)
	frappe.get_doc(
		{
			"doctype": "Custom DocPerm",
			"parent": doctype,
			"parenttype": "DocType",
			"parentfield": "permissions",
			"role": role,
			**dict.fromkeys(rights, 0),
			right: 1,
		}
	).insert(ignore_permissions=True)
	frappe.clear_cache(doctype=doctype)


def _keep_logs_for_a_time() -> None:
	"""Enter our records in Log Settings. From Frappe 15 on the hook does so too, once a day."""
	settings = frappe.get_doc("Log Settings")
	known = {row.ref_doctype for row in settings.logs_to_clear}
	for doctype, days in frappe.get_hooks(
		"default_log_clearing_doctypes", app_name="helpdesk_mailchannel"
	).items():
		if doctype not in known:
			settings.register_doctype(doctype, days[-1])
	settings.save(ignore_permissions=True)
