"""Tokens stay up: renewed before their end and once, rotated safely, dead only when that is meant."""

import frappe
import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.ticketing.sign_in import tokens
from helpdesk_mailchannel.ticketing.sign_in.credentials import SiteCredentials
from tests.oauth.desk import at_once
from tests.site.channels import user_with
from tests.site.mails import mail


def end_soon(desk):
	"""Let the stored access token be one that ends within the skew."""
	values = {"issued_at": "2020-01-01", "expires_at": "2020-01-02"}
	frappe.db.set_value("Email Channel Token", desk.name, values)
	frappe.db.commit()


def test_a_token_that_lives_is_used_without_asking_anybody(desk):
	desk.ready()
	first = desk.access_token()
	assert desk.access_token() == first
	assert desk.renewals() == []


def test_a_token_is_renewed_before_its_end(desk):
	desk.ready()
	end_soon(desk)
	assert desk.poll() == "Connected", desk.state("health_reason")
	assert len(desk.renewals()) == 1


def test_a_token_the_server_refuses_is_renewed_once_and_the_run_goes_on(desk):
	"""By our clock it is alive, but the provider has ended it."""
	desk.ready()
	desk.poll()
	desk.provider.expire_access_tokens()
	desk.mailbox.append("INBOX", mail("The printer burns").as_bytes())
	assert desk.poll() == "Connected", desk.state("health_reason")
	assert len(desk.renewals()) == 1
	assert [m.subject for m in desk.mailbox.messages("Done")] == ["The printer burns"]


def test_a_replaced_refresh_token_is_committed_before_the_access_token_is_used(desk):
	desk.ready()
	before = desk.refresh_token()
	end_soon(desk)
	value = desk.access_token()
	frappe.db.rollback()
	assert desk.refresh_token() not in ("", before)
	assert tokens.read(desk.name).access.value == value
	end_soon(desk)
	assert desk.access_token() != value


def test_many_workers_at_once_make_one_request(desk):
	desk.ready()
	end_soon(desk)
	desk.provider.fail("/token", 0, delay=0.3)
	results = at_once(6, lambda gate: fetch(desk.name, gate), desk.provider)
	assert len(set(results)) == 1 and desk.provider.opens(results[0]) == desk.mailbox.user
	assert len(desk.renewals()) == 1
	assert desk.poll() == "Connected"


def test_many_workers_whose_token_was_refused_make_one_request(desk):
	desk.ready()
	desk.provider.expire_access_tokens()
	results = at_once(6, lambda gate: fetch(desk.name, gate, renew=True), desk.provider)
	assert len(set(results)) == 1 and desk.provider.opens(results[0]) == desk.mailbox.user
	assert len(desk.renewals()) == 1


def test_many_workers_at_once_make_one_request_for_the_first_app_only_token(provider, mailbox):
	from tests.oauth.desk import Desk

	desk = Desk(provider, mailbox, grant_type="Client Credentials")
	results = at_once(6, lambda gate: fetch(desk.name, gate), provider)
	assert len(set(results)) == 1 and isinstance(results[0], str)
	assert len(provider.token_requests()) == 1


def fetch(channel, gate, *, renew=False):
	credentials = SiteCredentials(frappe.get_doc("Email Channel", channel))
	if renew:
		credentials.access_token()
	# An old snapshot, as a worker in the middle of its run has one.
	frappe.db.get_value("Email Channel", channel, "health")
	gate.wait(30)
	return credentials.access_token(renew=renew)


def test_a_worker_whose_request_failed_does_not_hold_the_others_up(desk):
	desk.ready()
	end_soon(desk)
	desk.provider.fail("/token", 503, headers={"Retry-After": "7"})
	results = at_once(2, lambda gate: fetch(desk.name, gate), desk.provider)
	[error] = [result for result in results if isinstance(result, ChannelError)]
	[value] = [result for result in results if isinstance(result, str)]
	assert error.trouble is Trouble.TOKEN_UNAVAILABLE and error.retry_after.seconds == 7
	assert desk.provider.opens(value) == desk.mailbox.user


@pytest.mark.parametrize(
	("status", "body"), [(503, ""), (429, "{}"), (500, "<html>"), (200, "nonsense"), (302, ""), (200, "{}")]
)
def test_a_provider_in_trouble_never_kills_a_sign_in(desk, status, body):
	desk.ready()
	end_soon(desk)
	before = desk.refresh_token()
	desk.provider.fail("/token", status, body)
	assert desk.poll() == "Cooling Off"
	assert desk.refresh_token() == before
	assert desk.poll() == "Connected", desk.state("health_reason")


def test_a_slow_provider_is_given_up_on(desk):
	desk.channel.reload()
	desk.channel.connection_timeout = 1000
	desk.channel.save()
	desk.ready()
	end_soon(desk)
	desk.provider.fail("/token", 0, delay=2)
	assert desk.poll() == "Cooling Off"
	assert "did not answer in time" in desk.state("health_reason")


def test_a_revoked_sign_in_stops_the_channel_and_is_told_once(desk, site):
	manager = user_with(site, "Email Channel Manager")
	desk.ready()
	desk.provider.revoke()
	assert desk.poll() == "Needs Authorization"
	assert "Authorize" in desk.state("health_reason")
	assert desk.poll() == "Needs Authorization"
	assert len(desk.renewals()) == 2
	assert site.db.get_value("Email Channel", desk.name, "next_poll_at") is None
	assert site.db.count("Notification Log", {"document_name": desk.name, "for_user": manager}) == 1


def test_a_changed_application_does_not_use_the_old_token(desk):
	desk.ready()
	old = desk.access_token()
	desk.channel.reload()
	desk.channel.scope = "https://outlook.office.com/POP.AccessAsUser.All offline_access"
	desk.channel.save()
	frappe.db.commit()
	assert desk.access_token() != old


def test_without_any_sign_in_the_channel_asks_for_one(desk):
	with pytest.raises(ChannelError) as caught:
		desk.access_token()
	assert caught.value.trouble is Trouble.TOKEN_DEAD
	assert desk.provider.token_requests() == []


def test_deleting_the_channel_deletes_its_tokens(desk, site):
	desk.sign_in()
	site.delete_doc("Email Channel", desk.name)
	site.db.commit()
	assert not site.db.exists("Email Channel Token", desk.name)
	assert tokens.read(desk.name).access is None and desk.refresh_token() == ""
