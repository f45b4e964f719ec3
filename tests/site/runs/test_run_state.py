"""The run state of a channel: written beside its settings, and never over them."""

import pytest

from helpdesk_mailchannel.ticketing import run_state
from tests.site.channels import channel


def test_people_cannot_enter_it_and_a_copy_does_not_take_it_along(site):
	meta = site.get_meta(run_state.CHANNEL)
	fields = [meta.get_field(name) for name in run_state.FIELDS]
	assert all(field.read_only and field.no_copy for field in fields)


def test_writing_it_leaves_an_open_form_savable(site):
	opened = channel(site).insert()
	run_state.write(opened.name, health="Connected", waiting=3)
	opened.poll_interval = 7
	opened.save()
	saved = site.get_doc(run_state.CHANNEL, opened.name)
	assert (saved.poll_interval, saved.health, saved.waiting) == (7, "Connected", 3)


def test_no_setting_is_written_as_run_state(site):
	doc = channel(site).insert()
	with pytest.raises(ValueError, match="host, status"):
		run_state.write(doc.name, waiting=3, status="Active", host="elsewhere.example")
	saved = site.get_doc(run_state.CHANNEL, doc.name)
	assert (saved.status, saved.host, saved.waiting) == (doc.status, doc.host, 0)
