"""Frappe checks what a request hands to the app's methods against the types that they declare."""

import pytest

from helpdesk_mailchannel.ticketing.desk import api, authorize, form, probing

MODULES = {module.__name__ for module in (api, authorize, form, probing)}


def test_every_method_declares_types_that_frappe_reads(site):
	"""It passes over those that are text, as `from __future__ import annotations` makes them."""
	methods = [method for method in site.whitelisted if method.__module__.startswith("helpdesk_mailchannel.")]
	assert {method.__module__ for method in methods} == MODULES
	unread = [
		f"{method.__qualname__}: {name}"
		for method in methods
		for name, declared in method.__annotations__.items()
		if isinstance(declared, str)
	]
	assert unread == []


@pytest.mark.parametrize("method", [api.fetch_now, api.retry_all, api.download_original, authorize.authorize])
def test_a_filter_in_place_of_a_name_is_refused(site, method):
	with pytest.raises(TypeError, match="should be of type 'str'"):
		method({"name": ["like", "%"]})


def test_a_number_is_taken_from_its_text_as_browsers_send_it(site):
	assert len(form.ticket_doctypes("DocType", "", None, "0", "1")) == 1
