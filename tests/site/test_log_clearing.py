"""Log Settings removes what is finished, and nothing that somebody or the poller still needs."""

import pytest

from tests.site.channels import channel, receipt


def clear(site, doctype, days=90):
	from frappe.model.base_document import get_controller

	get_controller(doctype).clear_old_logs(days=days)


def aged(site, days, **values):
	record = receipt(site, **values)
	long_ago = site.utils.add_days(site.utils.now_datetime(), -days)
	table = site.qb.DocType("Email Channel Message")
	site.qb.update(table).set(table.modified, long_ago).set(table.creation, long_ago).where(
		table.name == record.name
	).run()
	return record


@pytest.mark.parametrize(
	("values", "days", "stays"),
	[
		({"fate": "Ticket"}, 91, False),
		({"fate": "Reply"}, 91, False),
		({"fate": "Duplicate"}, 91, False),
		({"fate": "Excluded"}, 91, False),
		({"fate": "Ticket"}, 89, True),
		({"fate": "Failed"}, 1_000, True),
		({"fate": "Ticket", "left_mailbox": 0}, 1_000, True),
		({"fate": "Ticket", "state": "Done"}, 1_000, True),
		({"fate": "", "state": "Claimed"}, 1_000, True),
		({"fate": "", "state": "Released"}, 91, False),
	],
)
def test_records_are_cleared_by_fate_state_and_age(site, values, days, stays):
	channel(site).insert()
	record = aged(site, days, **values)
	clear(site, "Email Channel Message")
	assert bool(site.db.exists("Email Channel Message", record.name)) is stays


def test_log_settings_clears_all_three(site):
	settings = site.get_doc("Log Settings")
	days = {row.ref_doctype: row.days for row in settings.logs_to_clear}
	assert (days["Email Channel Message"], days["Email Channel Identity"], days["Email Channel Run"]) == (
		90,
		400,
		30,
	)
	clear(site, "Email Channel Identity")
	clear(site, "Email Channel Run")


@pytest.mark.parametrize(("left_mailbox", "stays"), [(0, True), (1, False)])
def test_what_lies_in_a_mailbox_is_known_for_ever(site, left_mailbox, stays):
	"""By its content: after a renumbering its record is another one than that it was filed with."""
	channel(site).insert()
	receipt(site, identity="c" * 64, left_mailbox=left_mailbox)
	known = site.get_doc(
		{
			"doctype": "Email Channel Identity",
			"name": "d" * 64,
			"channel": "Support",
			"identity": "c" * 64,
		}
	)
	known.db_insert()
	site.db.set_value(
		known.doctype, known.name, "creation", site.utils.add_days(site.utils.now_datetime(), -401)
	)
	clear(site, "Email Channel Identity", days=400)
	assert bool(site.db.exists("Email Channel Identity", known.name)) is stays
