"""Test Connection and the folder picker, on what the form shows, saved or not."""

import json

import pytest

from helpdesk_mailchannel.ticketing.desk import api
from tests.site.channels import user_with
from tests.site.polling import form_values, new_channel

SECRET = "never-to-be-seen"


@pytest.fixture
def mailbox(dovecot):
	box = dovecot.new_mailbox(password=SECRET)
	yield box
	dovecot.remove_mailbox(box)


def steps_of(values):
	steps = api.test_connection(json.dumps(values))
	assert SECRET not in json.dumps(steps)
	return {step["title"]: step for step in steps}


def test_an_unsaved_form_that_is_right_passes_every_step(site, mailbox):
	mailbox.append("INBOX", b"Subject: One\n\nWaiting.")
	steps = api.test_connection(json.dumps(form_values(mailbox)))
	assert {step["result"] for step in steps} == {"ok"}
	assert "1" in steps[-1]["sentence"]
	folders = " ".join(step["sentence"] for step in steps if step["title"] == "Folders")
	assert all(name in folders for name in ("INBOX", "Done", "Failed", "Excluded"))
	assert site.db.count("Email Channel", {"email_address": mailbox.user}) == 0
	assert "Done" not in mailbox.folders(), "a test changes nothing"


def test_a_wrong_password_fails_at_signing_in_and_says_what_to_do(site, mailbox):
	steps = steps_of({**form_values(mailbox), "password": "wrong-one"})
	assert steps["Encryption"]["result"] == "ok"
	assert steps["Sign-in"]["result"] == "failed"
	assert "password" in steps["Sign-in"]["remedy"]
	assert steps["Folders"]["result"] == "skipped"


@pytest.mark.parametrize(
	("values", "step", "word"),
	[
		({"host": "no-such-host.invalid"}, "Host", "host"),
		({"port": 9}, "Host", "port"),
		({"ca_file": ""}, "Encryption", "certificate"),
	],
)
def test_each_mistake_fails_at_its_step(site, mailbox, values, step, word):
	steps = steps_of({**form_values(mailbox), **values})
	assert steps[step]["result"] == "failed"
	assert word in steps[step]["sentence"].lower()
	assert steps[step]["remedy"]


def test_the_stars_of_a_saved_password_stand_for_it(site, mailbox):
	doc = new_channel(mailbox)
	shown = {**doc.as_dict(convert_dates_to_str=True), "password": "*" * 6}
	assert steps_of(shown)["Sign-in"]["result"] == "ok"


@pytest.mark.parametrize("change", [{"host": "127.0.0.1"}, {"security": "None"}, {"port": 143}])
def test_a_stored_password_is_given_to_no_other_server(site, mailbox, change):
	doc = new_channel(mailbox)
	shown = {
		**doc.as_dict(convert_dates_to_str=True),
		"password": "*" * 6,
		"ca_file": mailbox.ca_file,
		**change,
	}
	steps = steps_of(shown)
	assert steps["Sign-in"]["result"] != "ok"
	failed = next(step for step in steps.values() if step["result"] == "failed")
	assert failed["title"] != "Sign-in" or "again" in failed["remedy"]


def test_the_folder_picker_lists_what_the_mailbox_has(site, mailbox):
	mailbox.create_folder("Entwürfe/Ältere")
	names = [folder["name"] for folder in api.list_folders(form_values(mailbox))]
	assert "INBOX" in names
	assert "Entwürfe/Ältere" in names


def test_only_managers_may_test_or_list(site, mailbox):
	site.set_user(user_with(site, "Support Team"))
	for method in (api.test_connection, api.list_folders):
		with pytest.raises(site.PermissionError):
			method(form_values(mailbox))
