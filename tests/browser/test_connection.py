"""Test Connection on the form: where it fails, what failed and what to do about it is readable."""

import pytest

from tests.browser.forms import ChannelForm, dialog
from tests.site.polling import FOLDERS, new_channel

# What is wrong, the step it shows at, what happened, and what to do.
CASES = {
	"unknown-host": (
		lambda mailbox: {"host": "mail.nowhere.invalid"},
		"Host",
		"The host name could not be found.",
		"Check the host for typing errors",
	),
	"refused-port": (
		lambda mailbox: {"port": 993},
		"Connection",
		"The server refused the connection.",
		"Check host, port and protocol",
	),
	"no-tls-on-the-port": (
		lambda mailbox: {"port": mailbox.imap_port},
		"Encryption",
		"The server does not speak TLS on this port.",
		"Check that protocol and port belong together",
	),
	"bad-certificate": (
		lambda mailbox: {"ca_file": ""},
		"Encryption",
		"The server's certificate does not verify.",
		"name the file of your own certificate authority",
	),
	"wrong-password": (
		lambda mailbox: {"password": "wrong"},
		"Sign-in",
		"The server refused user name or password.",
		"Enter the password again.",
	),
	"missing-folder": (
		lambda mailbox: {"folder_mapping": [{**FOLDERS, "read_folder": "Orders"}]},
		"Folders",
		"Orders does not exist.",
		"Pick the folder from the server's list",
	),
}


@pytest.mark.parametrize("case", CASES)
def test_what_fails_is_named_with_its_remedy(page, site, mailbox, screenshot, case):
	values, step, sentence, remedy = CASES[case]
	form = ChannelForm(page).open(new_channel(mailbox, **values(mailbox)).name)
	form.click("Test Connection")
	dialog(page).get_by_text("The Connection Does Not Work Yet").wait_for()
	failed = dialog(page).locator("tr", has=page.locator(".indicator-pill.red"))
	assert failed.count() == 1
	words = failed.inner_text()
	assert step in words
	assert sentence in words
	assert remedy in words
	screenshot(f"test-connection-{case}")
	page.errors[:] = [error for error in page.errors if "417" not in error]
