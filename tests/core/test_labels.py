"""What the documentation sets in bold or italics is on the screen, letter by letter.

Bold and italics are kept for labels, choices and buttons, so that readers find on the form what the page
names: each must be one of this app's own labels, or on one of the lists below. Bold at the start of a
paragraph or list item that ends with a full stop, a colon or a question mark is a heading: it may say
anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "helpdesk_mailchannel"
MODULE = APP / "helpdesk_mailchannel"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

FRAPPE = {
	"Administrator": "Frappe's first user",
	"Agent": "a role of Helpdesk",
	"Description": "a field of ERPNext's Issue",
	"Email Channel": "also the ticket field that install.py adds",
	"Error Log": "a DocType of Frappe",
	"Inbox User": "a role of Frappe",
	"Log Settings": "a DocType of Frappe",
	"Raised By": "a field of ERPNext's Issue",
	"Reply All": "a button of Frappe's Communication",
	"Send unsubscribe message in email": "a field of Frappe's Email Account",
	"System Settings": "a DocType of Frappe",
	"…": "how Helpdesk folds history",
}
"""Labels that are not this app's → whose they are."""

DEFINED = {
	"docs/promises.md": {"delivery key", "content identity"},
}
"""Page → words that it defines."""

GOOGLE = {
	"API controls",
	"APIs & Services",
	"Access and data control",
	"Add URI",
	"Add or remove scopes",
	"Add to table",
	"Advanced",
	"App Information",
	"Apps",
	"Audience",
	"Authorized JavaScript origins",
	"Authorized redirect URIs",
	"Client ID",
	"Client secret",
	"Clients",
	"Contact Information",
	"Create",
	"Create client",
	"Data Access",
	"Enable",
	"End User Access",
	"External",
	"Forwarding and POP/IMAP",
	"Get started",
	"Gmail",
	"Gmail API",
	"Go to …",
	"Google Auth Platform",
	"Google Cloud console",
	"Google Cloud session control",
	"Google Workspace",
	"Internal",
	"Library",
	"Manage App Access",
	"Manually add scopes",
	"New project",
	"OAuth consent screen",
	"POP and IMAP access",
	"Publish app",
	"Save",
	"Security",
	"See all settings",
	"Settings",
	"Test users",
	"Trusted",
	"Update",
	"Web application",
	"Your connections to third-party apps & services",
}
MICROSOFT = {
	"API permissions",
	"APIs my organization uses",
	"Accounts in this organizational directory only",
	"Active users",
	"Add",
	"Add a permission",
	"Add permissions",
	"App registrations",
	"Application (client) ID",
	"Application Developer",
	"Application ID",
	"Application permissions",
	"Applications",
	"Certificates & secrets",
	"Client secrets",
	"Cloud Application Administrator",
	"Delegated permissions",
	"Delegation",
	"Directory (tenant) ID",
	"Enterprise apps",
	"Exchange Administrator",
	"Exchange admin center",
	"Expires",
	"Full Access",
	"Global Administrator",
	"Grant admin consent for …",
	"IMAP",
	"IMAP.AccessAsApp",
	"IMAP.AccessAsUser.All",
	"Identity",
	"Mail",
	"Mailboxes",
	"Manage email apps",
	"Microsoft 365 admin center",
	"Microsoft Entra admin center",
	"Microsoft Graph",
	"Monitoring & health",
	"Name",
	"New client secret",
	"New registration",
	"Object ID",
	"Office 365 Exchange Online",
	"Overview",
	"POP",
	"POP.AccessAsApp",
	"POP.AccessAsUser.All",
	"Privileged Role Administrator",
	"Read and manage (Full Access)",
	"Recipients",
	"Redirect URI",
	"Register",
	"Secret ID",
	"Service principal sign-ins",
	"Sign-in logs",
	"Supported account types",
	"User sign-ins",
	"Users",
	"Value",
	"Web",
	"offline_access",
}
PROVIDERS = {
	"docs/sign-in-google.md": GOOGLE,
	"docs/sign-in-microsoft.md": MICROSOFT,
	"docs/sign-in-errors.md": {"Sign-in logs"},
}
"""Page → what the provider's own pages call things, as its documentation writes it."""


def _named(page: Path) -> set[str]:
	"""What a page sets in bold or italics, but for headings."""
	text = re.sub(r"^```.*?^```|^ +```.*?^ +```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
	text = re.sub(r"`[^`]+`", "`code`", text)
	text = re.sub(r"(?m)^( *(?:- |\d+\. )?)\*\*[^*]*[.:?]\*\*", r"\1", text)
	emphasised = re.findall(r"\*\*(.+?)\*\*|\*(\S.*?)\*", text, re.DOTALL)
	return {" ".join((bold or italic).split()) for bold, italic in emphasised}


def _doctypes() -> Iterator[str]:
	for path in MODULE.glob("doctype/*/*.json"):
		doctype = json.loads(path.read_text("utf-8"))
		yield doctype["name"]
		yield from (rule["role"] for rule in doctype.get("permissions", ()))
		for field in doctype["fields"]:
			if field.get("hidden"):
				continue
			label = field.get("label", "")
			yield from {label, re.sub(r" \([a-z]+\)$| \(MB\)$", "", label)}
			if field["fieldtype"] == "Select":
				yield from field.get("options", "").splitlines()


def _workspaces() -> Iterator[str]:
	for path in MODULE.glob("workspace/*/*.json"):
		workspace = json.loads(path.read_text("utf-8"))
		yield workspace["label"]
		for entry in (*workspace["shortcuts"], *workspace["links"]):
			yield f"{workspace['label']} › {entry['label']}"
	for path in MODULE.glob("number_card/*/*.json"):
		yield json.loads(path.read_text("utf-8"))["label"]


def _programs() -> Iterator[str]:
	"""What scripts and Python hand to the translation, and what the mail viewer writes."""
	for path in (*APP.rglob("*.js"), *APP.rglob("*.py")):
		text = path.read_text("utf-8")
		yield from re.findall(r'\b_{1,2}\("([^"]+)"', text)
		yield from re.findall(r'\.textContent = "([^"]+)"', text)


OURS = {*_doctypes(), *_workspaces(), *_programs()} - {""}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_sets_in_bold_or_italics_is_on_the_screen(page: Path) -> None:
	name = str(page.relative_to(ROOT))
	known = OURS | FRAPPE.keys() | DEFINED.get(name, set()) | PROVIDERS.get(name, set())
	assert _named(page) - known == set()


def test_no_label_of_others_is_listed_that_no_page_names() -> None:
	named = {str(page.relative_to(ROOT)): _named(page) for page in PAGES}
	assert FRAPPE.keys() - set().union(*named.values()) == set()
	for listed in (DEFINED, PROVIDERS):
		for page, labels in listed.items():
			assert labels - named[page] == set()


def test_the_labels_are_found_where_the_app_has_them() -> None:
	assert {
		"Tries before Cool-Off",  # a field
		"Connection Timeout",  # a field, without its unit
		"Replies",  # a tab
		"Leave in Place",  # a choice
		"Mail Channels › Messages",  # a link of the workspace
		"Failed Messages",  # a number card
		"Fetch Now",  # a button
		"Show all images from this mail",  # a button of the mail viewer
		"Email Channel Manager",  # a role
	} <= OURS
	assert not {"Lease Owner", "Tries before fail", "Sign In", "Mail Channel › Messages"} & OURS
