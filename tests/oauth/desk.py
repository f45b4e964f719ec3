"""What a person does with a channel that signs in by OAuth, and what can be seen of it."""

import threading
from contextlib import contextmanager

import frappe
from frappe.utils.password import get_decrypted_password

from devkit import ports
from devkit.services.dovecot_oauth import OAuthDovecot
from helpdesk_mailchannel.ticketing.desk import authorize
from helpdesk_mailchannel.ticketing.polling.job import poll
from helpdesk_mailchannel.ticketing.settings import redirect_url
from helpdesk_mailchannel.ticketing.sign_in.credentials import SiteCredentials
from tests.oauth.provider import GOOGLE_PAGE, HOSTS, MICROSOFT, OTHER, TENANT
from tests.site import explained
from tests.site.polling import new_channel

PROVIDER_HOSTS = {"Microsoft": MICROSOFT, "Google": GOOGLE_PAGE, "Other": OTHER}
ENDPOINTS = {
	"authorization_url": f"https://{OTHER}/authorize",
	"token_endpoint": f"https://{OTHER}/token",
	"scope": "mail",
}


def led_hosts(provider):
	"""What a site's config says to lead the providers' names to the server on loopback."""
	return {
		"mailchannel_sign_in_hosts": dict.fromkeys(HOSTS, f"127.0.0.1:{provider.port}"),
		"mailchannel_sign_in_ca_file": str(provider.ca_file),
		"mailchannel_allow_loopback": 1,
		"mailchannel_extra_ports": [
			ports.get(f"{OAuthDovecot.name}.{name}") for name in OAuthDovecot.port_names
		],
	}


def lead_to(provider):
	"""Let this process take the site's config to say so."""
	frappe.local.conf.update(led_hosts(provider))


class Desk:
	"""One channel."""

	def __init__(self, provider, mailbox, kind="Microsoft", **values):
		self.provider, self.mailbox = provider, mailbox
		self.application = provider.register(PROVIDER_HOSTS[kind], redirect_url())
		self.channel = new_channel(
			mailbox,
			sign_in="OAuth",
			password="",
			oauth_provider=kind,
			tenant_id=TENANT if kind == "Microsoft" else "",
			client_id=self.application.client_id,
			client_secret=self.application.secret,
			**(ENDPOINTS if kind == "Other" else {}),
			**values,
		)

	@property
	def name(self):
		return self.channel.name

	def page(self):
		return authorize.authorize(self.name)

	def sign_in(self, account=None, *, accept=True):
		"""Click Authorize, decide at the provider, come back; gives what the form then tells."""
		return self.come_back(self.provider.sign_in(self.page(), account or self.mailbox.user, accept=accept))

	def come_back(self, answer):
		frappe.local.response = frappe._dict()
		authorize.callback(**answer)
		return authorize.outcome(self.name)

	def activate(self):
		self.channel.reload()
		self.channel.status = "Active"
		self.channel.save()
		frappe.db.commit()

	def ready(self):
		"""Signed in and active."""
		assert self.sign_in()["signed_in"]
		self.activate()
		return self

	def poll(self):
		"""One run; gives the channel's health after it."""
		frappe.db.set_value("Email Channel", self.name, "next_poll_at", None)
		frappe.db.commit()
		poll(self.name)
		return self.state("health")

	def state(self, fieldname):
		frappe.db.rollback()
		return explained.channel(self.name, [] if fieldname == "health_reason" else [fieldname])[fieldname]

	def refresh_token(self):
		frappe.db.rollback()
		return (
			get_decrypted_password("Email Channel", self.name, "refresh_token", raise_exception=False) or ""
		)

	def access_token(self):
		return SiteCredentials(frappe.get_doc("Email Channel", self.name)).access_token()

	def renewals(self):
		return self.provider.token_requests("refresh_token")


@contextmanager
def as_user(user):
	"""Act as somebody, with the permissions that tests are otherwise spared."""
	before, spared = frappe.session.user, frappe.local.flags.in_test
	frappe.set_user(user)
	frappe.in_test = frappe.local.flags.in_test = False
	try:
		yield
	finally:
		frappe.set_user(before)
		frappe.in_test = frappe.local.flags.in_test = spared


def at_once(count, work, provider):
	"""Let several workers, each with a database connection of its own, do something at the same moment."""
	site, sites_path = frappe.local.site, frappe.local.sites_path
	gate, results = threading.Barrier(count), []

	def worker():
		frappe.init(site=site, sites_path=sites_path)
		frappe.connect()
		lead_to(provider)
		try:
			result = work(gate)
		except Exception as error:
			result = error
		finally:
			frappe.destroy()
		results.append(result)

	threads = [threading.Thread(target=worker) for _ in range(count)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join(60)
	return results
