"""What somebody typed into the form is in no log and no answer when something unexpected happens to it."""

import json
import threading
from pathlib import Path

import pytest
from frappe.deferred_insert import save_to_db
from frappe.utils.password import get_decrypted_password

SECRET = "Tr0ub4dor&3-correct-horse"
METHODS = ("test_connection", "list_folders")
FORM = {
	"channel_name": "Support",
	"email_address": "support@desk.example",
	"host": "localhost",
	"password": SECRET,
	"client_secret": SECRET,
	"refresh_token": SECRET,
}


@pytest.fixture
def request_to(site):
	"""POST to a method as a browser does, through the framework's own handling of requests and errors."""
	from frappe.core.doctype.user.user import generate_keys

	generate_keys("Administrator")
	key = site.db.get_value("User", "Administrator", "api_key")
	secret = get_decrypted_password("User", "Administrator", "api_secret")
	site.db.commit()
	name = site.local.site

	def post(method, **values):
		answers = []

		def ask():
			# A thread of its own: the request makes and ends its own connection to the site.
			import frappe.app
			from werkzeug.test import Client

			frappe.app._site = name
			answers.append(
				Client(frappe.app.application).post(
					f"/api/method/helpdesk_mailchannel.ticketing.desk.api.{method}",
					json=values,
					headers={"Authorization": f"token {key}:{secret}", "Host": name},
				)
			)

		thread = threading.Thread(target=ask)
		thread.start()
		thread.join()
		site.db.rollback()
		return answers[0]

	return post


@pytest.fixture
def written(site):
	"""All that was written since the test began: log files, Error Log, and what waits to become one."""
	folders = [Path(site.get_site_path("logs")), Path(site.utils.get_bench_path()) / "logs"]
	files = [file for folder in folders if folder.exists() for file in folder.glob("*.log*")]
	begun = {file: file.stat().st_size for file in files}

	def read():
		save_to_db()
		texts = [file.read_bytes()[size:].decode(errors="replace") for file, size in begun.items()]
		texts += [str(row) for row in site.get_all("Error Log", fields=["*"], order_by="creation")]
		return "\n".join(texts)

	return read


def break_with(monkeypatch, error):
	def broken(*_args, **_kwargs):
		raise error

	for place in ("probe", "connect.open"):
		monkeypatch.setattr(f"helpdesk_mailchannel.ticketing.desk.api.{place}", broken)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
	"error",
	[
		TypeError(f"cannot use {SECRET}"),
		KeyError(SECRET),
		RuntimeError("odd"),
		UnicodeEncodeError("ascii", SECRET, 0, 1, "x"),
	],
	ids=["TypeError", "KeyError", "RuntimeError", "UnicodeEncodeError"],
)
def test_an_unexpected_error_shows_no_typed_secret(site, request_to, written, monkeypatch, method, error):
	break_with(monkeypatch, error)
	answer = request_to(method, channel=json.dumps(FORM))
	assert answer.status_code == 417
	assert type(error).__name__ in answer.text and SECRET not in answer.text
	everything = written()
	assert "helpdesk_mailchannel/ticketing/desk/api.py" in everything, "the error's place is there"
	assert SECRET not in everything


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("values", [{"protocol": "SMTP"}, {"port": [SECRET]}, {"folder_mapping": SECRET}])
def test_neither_does_a_form_that_nobody_could_have_filled_in(site, request_to, written, method, values):
	answer = request_to(method, channel=json.dumps({**FORM, **values}))
	assert answer.status_code in (200, 417)
	assert SECRET not in answer.text
	assert SECRET not in written()


@pytest.mark.parametrize("method", METHODS)
def test_nor_one_that_is_no_json(site, request_to, written, method):
	answer = request_to(method, channel=json.dumps(FORM)[:-1])
	assert answer.status_code == 417
	assert SECRET not in answer.text and SECRET not in written()


@pytest.mark.parametrize("method", METHODS)
def test_nor_a_list_of_forms(site, request_to, written, method):
	answer = request_to(method, channel=[FORM])
	assert answer.status_code == 417
	assert SECRET not in answer.text and SECRET not in written()
