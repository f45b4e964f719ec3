"""Asks a sign-in provider over HTTPS, under this site's host rules, and returns JSON or a ChannelError.

No redirect is followed, an answer has a size limit, and the connection goes to exactly the address that
`resolve` approved while the certificate is verified for the name: a second look-up cannot lead elsewhere.
Requests contain secrets and answers contain tokens, so neither appears in any error.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import cast
from urllib.parse import SplitResult, urlencode, urlsplit

import urllib3

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.deadline import Deadline, bounded
from helpdesk_mailchannel.mailcore.oauth.provider_errors import refusal
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import Sentence, _
from helpdesk_mailchannel.mailcore.settings import HostPolicy

Resolve = Callable[[str, int], Sequence[tuple[str, int]]]
"""Turns a host name and port into the addresses and ports this site may connect to, best first.

Raises ChannelError (HOST_UNKNOWN, HOST_FORBIDDEN).
"""

SIZE_LIMIT = 256 * 1024
"""Octets of an answer. Token answers have 2 to 4 KiB, OpenID discovery documents 2 KiB."""
LARGEST_EXCHANGE = 2 * SIZE_LIMIT
"""Octets of an answer including everything that HTTP puts around it."""
LONGEST_WAIT = timedelta(days=1)
SECRET_FIELDS = ("client_secret", "code", "code_verifier", "refresh_token", "client_assertion")
"""Of a request; masked wherever the provider repeats them."""
BUSY_STATUSES = frozenset({408, 425, 429})


@dataclass(frozen=True)
class HttpResponse:
	"""What the provider answered: a status and a body that is a JSON object; named as msal expects."""

	status_code: int
	text: str = field(repr=False)
	headers: Mapping[str, str] = field(repr=False)

	@property
	def json(self) -> Mapping[str, object]:
		"""Return the body. `HttpClient` has checked that it is an object."""
		return cast("Mapping[str, object]", json.loads(self.text))

	def raise_for_status(self) -> None:
		"""Do nothing. msal asks for it, but an Answer is never an error: those are raised earlier."""


class HttpClient:
	"""Asks sign-in providers. Its `get` and `post` have the form that msal expects of an HTTP client.

	Both raise ChannelError: TOKEN_UNAVAILABLE for 429, 5xx, time-outs and answers that are not JSON objects;
	what `provider_errors.refusal` makes of a refusal; HOST_UNKNOWN, HOST_FORBIDDEN, CERTIFICATE,
	PLAIN_FORBIDDEN and SETTINGS_INCOMPLETE.
	"""

	def __init__(
		self,
		resolve: Resolve,
		*,
		hosts: HostPolicy = HostPolicy(),  # noqa: B008  frozen
		timeout: float = 30.0,
		ca_file: str = "",
	) -> None:
		"""`ca_file` adds a certificate authority to the system's; `timeout` is for a whole request."""
		self._resolve = resolve
		self._hosts = hosts
		self._timeout = timeout
		self._ca_file = ca_file

	def get(
		self,
		url: str,
		params: Mapping[str, str] | None = None,
		headers: Mapping[str, str] | None = None,
		**_unused: object,
	) -> HttpResponse:
		"""Fetch a public document, such as the provider's OpenID configuration."""
		query = f"?{urlencode(params)}" if params else ""
		return self._ask("GET", url + query, dict(headers or {}), {})

	def post(
		self,
		url: str,
		params: Mapping[str, str] | None = None,
		data: Mapping[str, str] | None = None,
		headers: Mapping[str, str] | None = None,
		**_unused: object,
	) -> HttpResponse:
		"""Send a form (application/x-www-form-urlencoded), as RFC 6749 requires at the token endpoint."""
		query = f"?{urlencode(params)}" if params else ""
		sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
		return self._ask("POST", url + query, sent, data or {})

	def close(self) -> None:
		"""Do nothing; msal asks for it, but nothing is kept open."""

	def _ask(self, method: str, url: str, headers: dict[str, str], form: Mapping[str, str]) -> HttpResponse:
		target = _checked(url)
		deadline = Deadline(self._timeout)
		addresses = self._addresses(target)
		secrets = [form[name] for name in SECRET_FIELDS if name in form] + [headers.get("Authorization", "")]
		headers = {
			**headers,
			"Host": target.netloc,
			"Accept": "application/json",
			"Accept-Encoding": "identity",
		}
		answer = self._exchange(method, target, addresses, headers, urlencode(form), deadline)
		return _usable(answer, target, secrets)

	def _addresses(self, target: SplitResult) -> Sequence[tuple[str, int]]:
		found = self._resolve(cast("str", target.hostname), _port(target))
		if target.scheme == "http" and not (self._hosts.allow_loopback and all(map(_is_loopback, found))):
			raise ChannelError(
				Trouble.PLAIN_FORBIDDEN, Step.TOKEN,
				_("{0} is to be asked without encryption.").format(target.netloc),
				remedy=_("The provider's addresses must begin with https://."),
			)  # fmt: skip
		return found

	def _exchange(
		self,
		method: str,
		target: SplitResult,
		addresses: Sequence[tuple[str, int]],
		headers: Mapping[str, str],
		body: str,
		deadline: Deadline,
	) -> HttpResponse:
		"""Ask the first address that accepts a connection."""
		failure = _unavailable(_("{0} has no address.").format(target.hostname))
		for address, port in addresses:
			try:
				with self._pool(target, address, port, deadline) as pool:
					return _exchange(pool, method, _path(target), headers, body)
			except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
				failure = _unavailable(_("{0} could not be connected to.").format(target.netloc))
			except (urllib3.exceptions.ReadTimeoutError, TimeoutError):
				raise _unavailable(_("{0} did not answer in time.").format(target.netloc)) from None
			except urllib3.exceptions.SSLError as error:
				raise _tls_failure(target, error) from None
			except (urllib3.exceptions.HTTPError, OSError):
				raise _unavailable(_("{0} broke off its answer.").format(target.netloc)) from None
		raise failure

	def _pool(
		self, target: SplitResult, address: str, port: int, deadline: Deadline
	) -> urllib3.HTTPConnectionPool:
		timeout = urllib3.Timeout(deadline.left())
		if target.scheme == "http":
			plain = urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
			plain.ConnectionCls = bounded(plain.ConnectionCls, deadline, LARGEST_EXCHANGE)
			return plain
		secured = urllib3.HTTPSConnectionPool(
			address,
			port,
			timeout=timeout,
			retries=False,
			ssl_context=self._tls,
			server_hostname=target.hostname,
			assert_hostname=target.hostname,
		)
		secured.ConnectionCls = bounded(secured.ConnectionCls, deadline, LARGEST_EXCHANGE)
		return secured

	@cached_property
	def _tls(self) -> ssl.SSLContext:
		# Made once per client: reading the system's authorities takes tens of milliseconds.
		context = ssl.create_default_context()
		context.minimum_version = ssl.TLSVersion.TLSv1_2
		if self._ca_file:
			context.load_verify_locations(self._ca_file)
		return context


# ── The request ──────────────────────────────────────────────────────────────────────────────────────


def _checked(url: str) -> SplitResult:
	try:
		target = urlsplit(url)
		sound = target.scheme in ("https", "http") and target.hostname and _port(target)
	except ValueError:
		sound = None
	if not sound or target.username is not None or target.fragment:
		raise ChannelError(
			Trouble.SETTINGS_INCOMPLETE, Step.SETTINGS, _("The provider's address is not a web address."),
			remedy=_("Copy authorization URL and token endpoint from the provider's documentation."),
		)  # fmt: skip
	return target


def _port(target: SplitResult) -> int:
	return target.port or (443 if target.scheme == "https" else 80)


def _path(target: SplitResult) -> str:
	return (target.path or "/") + (f"?{target.query}" if target.query else "")


def _is_loopback(address: tuple[str, int]) -> bool:
	return ipaddress.ip_address(address[0]).is_loopback


# ── The answer ───────────────────────────────────────────────────────────────────────────────────────


def _exchange(
	pool: urllib3.HTTPConnectionPool, method: str, path: str, headers: Mapping[str, str], body: str
) -> HttpResponse:
	response = pool.urlopen(
		method,
		path,
		body=body or None,
		headers=headers,
		redirect=False,
		preload_content=False,
		decode_content=False,
	)
	try:
		octets = response.read(SIZE_LIMIT + 1)
	finally:
		response.close()
	if len(octets) > SIZE_LIMIT:
		raise _unavailable(_("The provider's answer is far too long."))
	return HttpResponse(response.status, octets.decode("utf-8", "replace"), dict(response.headers.items()))


def _usable(answer: HttpResponse, target: SplitResult, secrets: Sequence[str]) -> HttpResponse:
	"""Return the answer if it is readable; otherwise raise its ChannelError."""
	if answer.status_code in BUSY_STATUSES or answer.status_code >= 500:
		detail = _("{0} answered with status {1}.").format(target.netloc, answer.status_code)
		raise _unavailable(detail, _retry_after(answer.headers))
	if 300 <= answer.status_code < 400:
		raise _unavailable(_("{0} answered with a redirection, which is not followed.").format(target.netloc))
	if not _is_json_object(answer.text):
		raise _unavailable(
			_("{0} answered with status {1} and no JSON object.").format(
				f"{target.netloc}{target.path}", answer.status_code
			)
		)
	if answer.status_code >= 400 or "error" in answer.json:
		raise refusal(answer.json, secrets)
	return answer


def _is_json_object(text: str) -> bool:
	try:
		return isinstance(json.loads(text), dict)
	except (ValueError, RecursionError):
		return False


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
	"""Return how long to wait: seconds, or a date relative to the answer's own (RFC 9110 section 10.2.3)."""
	named = {name.lower(): value.strip() for name, value in headers.items()}
	value = named.get("retry-after", "")
	if value.isascii() and value.isdigit():
		return min(timedelta(seconds=int(value[:9])), LONGEST_WAIT)
	try:
		wait = parsedate_to_datetime(value) - parsedate_to_datetime(named.get("date", ""))
	except (TypeError, ValueError):
		return None
	return min(max(wait, timedelta()), LONGEST_WAIT)


def _tls_failure(target: SplitResult, error: Exception) -> ChannelError:
	"""Tell a certificate that does not verify from a connection that failed otherwise."""
	cause = error.args[0] if error.args else None
	if isinstance(cause, ssl.SSLCertVerificationError):
		said: str = cause.verify_message or _("it was issued for another name")
	elif "match" in str(error):
		# urllib3 itself finds a name that does not match, as its server name is not the address.
		said = _("it was issued for another name")
	else:
		return _unavailable(_("No secure connection to {0} could be agreed on.").format(target.netloc))
	return ChannelError(Trouble.CERTIFICATE, Step.TOKEN, _("{0}: {1}.").format(target.netloc, said))


def _unavailable(detail: Sentence, retry_after: timedelta | None = None) -> ChannelError:
	return ChannelError(Trouble.TOKEN_UNAVAILABLE, Step.TOKEN, detail, retry_after=retry_after)
