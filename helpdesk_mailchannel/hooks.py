"""What Frappe is told about this app: data only, no logic."""

app_name = "helpdesk_mailchannel"
app_title = "Helpdesk Mail Channel"
app_publisher = "Helpdesk Mail Channel maintainers"
app_description = "The email channel for ERPNext Issues and Frappe Helpdesk tickets"
app_email = "maintainers@helpdesk-mailchannel.example"
app_license = "gpl-3.0"
required_apps: list[str] = []

# ── Installing and removing ──────────────────────────────────────────────────────────────────────────

before_install = "helpdesk_mailchannel.install.before_install"
after_install = "helpdesk_mailchannel.install.after_install"
after_migrate = "helpdesk_mailchannel.install.after_migrate"
after_app_install = "helpdesk_mailchannel.install.after_app_install"
before_uninstall = "helpdesk_mailchannel.install.before_uninstall"

# ── Desk ─────────────────────────────────────────────────────────────────────────────────────────────

app_include_js = ["mail_viewer.bundle.js", "sentences.bundle.js"]
app_include_css = "mail_viewer.bundle.css"
add_to_apps_screen = [
	{
		"name": "helpdesk_mailchannel",
		"logo": "/assets/helpdesk_mailchannel/images/mail-channel.svg",
		"title": "Mail Channels",
		"route": "/app/mail-channels",
		"has_permission": "helpdesk_mailchannel.ticketing.desk.permissions.is_manager",
	}
]

extend_bootinfo = "helpdesk_mailchannel.ticketing.desk.boot.add_sentences"

require_type_annotated_api_methods = True

# ── Polling ──────────────────────────────────────────────────────────────────────────────────────────

scheduler_events = {
	"cron": {"* * * * *": ["helpdesk_mailchannel.ticketing.polling.schedule.enqueue_due_channels"]},
	"daily": ["helpdesk_mailchannel.ticketing.sign_in.secret_expiry.remind"],
}

# ── Outgoing mail ────────────────────────────────────────────────────────────────────────────────────

_asks_no_picture_service = {
	"before_validate": "helpdesk_mailchannel.ticketing.filing.pictures.before_validate",
	"validate": "helpdesk_mailchannel.ticketing.filing.pictures.after_validate",
}
doc_events = {
	"Contact": _asks_no_picture_service,
	"Lead": _asks_no_picture_service,
	"Communication": {
		"before_insert": "helpdesk_mailchannel.ticketing.outgoing.doc_events.before_answer",
		"before_validate": "helpdesk_mailchannel.ticketing.filing.automatic_linking.before_validate",
	},
	"Email Queue": {
		"before_insert": "helpdesk_mailchannel.ticketing.outgoing.doc_events.before_queued",
		"after_insert": "helpdesk_mailchannel.ticketing.outgoing.doc_events.after_queued",
	},
}
before_job = ["helpdesk_mailchannel.ticketing.outgoing.long_message_ids.keep_long_message_ids"]
before_request = before_job  # Somebody may click Send Now in the Email Queue.

# ── Permissions ──────────────────────────────────────────────────────────────────────────────────────

permission_query_conditions = {
	"Email Channel Message": "helpdesk_mailchannel.ticketing.desk.permissions.message_conditions",
}
override_whitelisted_methods = {
	"frappe.client.get": "helpdesk_mailchannel.ticketing.desk.probing.get",
	"frappe.client.get_count": "helpdesk_mailchannel.ticketing.desk.probing.get_count",
}
standard_queries = {
	"Email Channel": "helpdesk_mailchannel.ticketing.desk.form.channel_names",
}
has_permission = {
	"Email Channel Message": "helpdesk_mailchannel.ticketing.desk.permissions.may_see_message",
}

# ── Records that are kept only for a time, and never block deleting what they name ──────────────────

ignore_links_on_delete = [
	"Email Channel Message",
	"Email Channel Identity",
	"Email Channel Run",
	"Email Channel Token",
]
default_log_clearing_doctypes = {
	"Email Channel Message": 90,
	"Email Channel Identity": 400,
	"Email Channel Run": 30,
}
