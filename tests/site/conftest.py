"""A real site, with mail servers beside it."""

import pytest

from devkit.fixtures import connected_site, dovecot, mailbox, scheduler, site, smtp_sink  # noqa: F401


@pytest.fixture
def outgoing(site, smtp_sink):  # noqa: F811
	"""The site's outgoing Email Account: what it sends goes to the sink."""
	account = site.new_doc("Email Account")
	account.update(
		{
			"email_account_name": "Outgoing",
			"email_id": "helpdesk@desk.example",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "localhost",
			"smtp_port": smtp_sink.port("smtp"),
			"no_smtp_authentication": 1,
		}
	)
	# Saving it would try to sign in to a mail server.
	account.flags.ignore_validate = True
	account.insert()
	site.db.commit()
	return account
