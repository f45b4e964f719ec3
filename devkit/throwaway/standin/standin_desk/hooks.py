"""What Frappe is told about the stand-in: data only."""

app_name = "standin_desk"
app_title = "Stand-in Desk"
app_publisher = "Helpdesk Mail Channel maintainers"
app_description = "Ticket DocTypes for a throw-away site that has neither ERPNext nor Helpdesk"
app_email = "maintainers@helpdesk-mailchannel.example"
app_license = "gpl-3.0"

after_install = "standin_desk.install.after_install"

doc_events = {"Communication": {"on_update": "standin_desk.communication.tell_ticket"}}
