"""What Frappe is told about this app: data only, no logic."""

app_name = "helpdesk_mailchannel"
app_title = "Helpdesk Mail Channel"
app_publisher = "Helpdesk Mail Channel maintainers"
app_description = "The e-mail channel for ERPNext Issues and Frappe Helpdesk tickets"
app_email = "maintainers@helpdesk-mailchannel.example"
app_license = "gpl-3.0"
required_apps = []
