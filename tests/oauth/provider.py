"""A sign-in provider on loopback that speaks like Microsoft, like Google and like any other, and is strict.

It serves the providers' own host names over TLS with certificates of a private authority, so that requests
are exactly those that would go out; the client's `resolve` leads the names here. Every rule of the providers'
documentation that a client can break is checked: client authentication, exact redirect URI, PKCE verifier,
scopes, codes for one use, rotated and revoked refresh tokens. Answers have the documented shapes.

A test drives the person with `sign_in`, or a browser opens the page; trouble is ordered with `fail`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import ssl
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import trustme

MICROSOFT = "login.microsoftonline.com"
GOOGLE_PAGE = "accounts.google.com"
GOOGLE_TOKENS = "oauth2.googleapis.com"
OTHER = "id.provider.example"
HOSTS = (MICROSOFT, GOOGLE_PAGE, GOOGLE_TOKENS, OTHER)

TENANT = "7b0fb1f0-5a4c-4a36-9c2b-0d0c2f1e6a11"
OPENID_SCOPES = {"openid", "profile", "offline_access", "email"}
USER_SCOPES = {
	MICROSOFT: {
		"https://outlook.office.com/IMAP.AccessAsUser.All",
		"https://outlook.office.com/POP.AccessAsUser.All",
	},
	GOOGLE_PAGE: {"https://mail.google.com/"},
	OTHER: {"mail"},
}
APP_SCOPES = {MICROSOFT: {"https://outlook.office365.com/.default"}, OTHER: {"mail"}}
CODE_LIFETIME = timedelta(minutes=10)


@dataclass
class Application:
	"""What an administrator registered at the provider."""

	host: str
	client_id: str
	secret: str
	redirect_uris: set[str]
	consented: bool = True
	basic_only: bool = False


@dataclass
class Grant:
	"""What a person allowed: kept for a code, and then for a refresh token."""

	application: Application
	account: str
	scopes: set[str]
	offline: bool
	expires_at: datetime
	redirect_uri: str = ""
	challenge: str = ""
	nonce: str = ""
	used: bool = False
	revoked: bool = False


@dataclass
class Fault:
	"""What the next request to a path gets in place of its answer."""

	path_end: str
	status: int = 400
	body: str = ""
	headers: dict[str, str] = field(default_factory=dict)
	delay: float = 0.0


@dataclass(frozen=True)
class Request:
	"""One request as it arrived."""

	method: str
	host: str
	path: str
	query: dict[str, str]
	headers: dict[str, str]
	form: dict[str, str]


class Refused(Exception):
	"""The provider's answer to a request it does not accept."""

	def __init__(self, status: int, answer: dict[str, object]) -> None:
		super().__init__(answer)
		self.status, self.answer = status, answer


def aadsts(number: int, error: str, words: str = "The request is refused.") -> dict[str, object]:
	"""An error answer in the documented shape of Microsoft's."""
	trace, correlation, moment = str(uuid.uuid4()), str(uuid.uuid4()), "2026-01-09 02:02:12Z"
	return {
		"error": error,
		"error_description": f"AADSTS{number}: {words} Trace ID: {trace} Correlation ID: {correlation} "
		f"Timestamp: {moment}",
		"error_codes": [number],
		"timestamp": moment,
		"trace_id": trace,
		"correlation_id": correlation,
		"error_uri": f"https://{MICROSOFT}/error?code={number}",
	}


class ProviderServer:
	"""The providers, at one port. Use as a context manager."""

	def __init__(self, folder: Path, plain_port: int = 0) -> None:
		self.reset()
		authority = trustme.CA()
		self.ca_file = folder / "provider-ca.pem"
		authority.cert_pem.write_to_path(str(self.ca_file))
		self._server = _Server(("127.0.0.1", 0), _Handler)
		self._server.provider = self
		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		authority.issue_cert(*HOSTS).configure_cert(context)
		self._server.socket = context.wrap_socket(
			self._server.socket, server_side=True, do_handshake_on_connect=False
		)
		self._plain = _Server(("127.0.0.1", plain_port), _Handler)
		self._plain.provider = self

	def reset(self, now=lambda: datetime.now(timezone.utc)) -> None:
		"""Forget everything and everybody, as for the next test."""
		self.now = now
		self.applications: dict[str, Application] = {}
		self.delegations: dict[str, str] = {}
		"""Account → the mailbox its tokens open, where it is not its own."""
		self.access_lifetime = timedelta(hours=1)
		self.rotates = True
		self.gives_refresh_tokens = True
		self.requests: list[Request] = []
		self.faults: deque[Fault] = deque()
		self._codes: dict[str, Grant] = {}
		self._refresh: dict[str, Grant] = {}
		self._access: dict[str, tuple[Grant, datetime]] = {}
		self._lock = threading.Lock()

	@property
	def port(self) -> int:
		"""Where the providers' names have to lead."""
		return self._server.server_address[1]

	@property
	def plain_port(self) -> int:
		"""Without TLS, on loopback: for a mail server's introspection, and for what http may do."""
		return self._plain.server_address[1]

	def __enter__(self) -> ProviderServer:
		for server in (self._server, self._plain):
			threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
		return self

	def __exit__(self, *_: object) -> None:
		for server in (self._server, self._plain):
			server.shutdown()
			server.server_close()

	def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
		"""For the client under test: every one of our names leads to this server, no other name anywhere."""
		return [("127.0.0.1", self.port)] if host in HOSTS and port == 443 else []

	# ── What administrators and mail servers do ──────────────────────────────────────────────────────

	def register(self, host: str, redirect_uri: str = "", **more: bool) -> Application:
		"""Register an application."""
		application = Application(
			host, str(uuid.uuid4()), f"8Q~{secrets.token_urlsafe(27)}", {redirect_uri} - {""}, **more
		)
		self.applications[application.client_id] = application
		return application

	def fail(
		self,
		path_end: str,
		status: int = 400,
		body: object = "",
		*,
		headers: dict[str, str] | None = None,
		delay: float = 0.0,
	) -> None:
		"""Answer the next request whose path ends so with this, late if so said; status 0: go on normally."""
		text = body if isinstance(body, str) else json.dumps(body)
		self.faults.append(Fault(path_end, status, text, headers or {}, delay))

	def revoke(self, account: str = "") -> None:
		"""Withdraw what an account, or everybody, has granted: tokens end at once."""
		for grant in [*self._refresh.values(), *(grant for grant, _ in self._access.values())]:
			grant.revoked = grant.revoked or not account or grant.account == account

	def expire_access_tokens(self) -> None:
		"""End every access token; refresh tokens stay."""
		self._access.clear()

	def opens(self, access_token: str) -> str:
		"""The mailbox an access token opens now; empty for none."""
		grant, end = self._access.get(access_token, (None, self.now()))
		if grant is None or grant.revoked or self.now() >= end:
			return ""
		return self.delegations.get(grant.account, grant.account)

	def token_requests(self, grant_type: str = "") -> list[Request]:
		"""The requests to token endpoints, of one grant type or all."""
		found = [r for r in self.requests if r.path.endswith("/token")]
		return [r for r in found if not grant_type or r.form.get("grant_type") == grant_type]

	# ── What a person does ───────────────────────────────────────────────────────────────────────────

	def sign_in(self, url: str, account: str, *, accept: bool = True) -> dict[str, str]:
		"""Open the sign-in page, accept or decline; give the query the browser comes back with."""
		parts = urlsplit(url)
		query = dict(parse_qsl(parts.query, strict_parsing=True))
		return dict(parse_qsl(urlsplit(self.decide(parts.netloc, parts.path, query, account, accept)).query))

	def decide(self, host: str, path: str, query: dict[str, str], account: str, accept: bool) -> str:
		"""The address the browser is sent to after the person's decision."""
		application = self.check_page(host, path, query)
		if not accept:
			answer = {"error": "access_denied", "state": query["state"]}
			if host == MICROSOFT:
				answer["error_description"] = "AADSTS65004: User declined to consent to access the app."
			return f"{query['redirect_uri']}?{urlencode(answer)}"
		scopes = set(query["scope"].split())
		offline = (
			query.get("access_type") == "offline" and query.get("prompt") == "consent"
			if host == GOOGLE_PAGE
			else host == OTHER or "offline_access" in scopes
		)
		code = f"0.{secrets.token_urlsafe(120)}"
		self._codes[code] = Grant(
			application,
			account,
			scopes,
			offline,
			self.now() + CODE_LIFETIME,
			query["redirect_uri"],
			query["code_challenge"],
			query.get("nonce", ""),
		)
		return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

	def check_page(self, host: str, path: str, query: dict[str, str]) -> Application:
		"""Refuse a page that the provider would not show, as the provider words it."""
		application = self.applications.get(query.get("client_id", ""))
		if application is None or application.host != host:
			raise Refused(400, aadsts(700016, "unauthorized_client"))
		if host == MICROSOFT:
			self._check_tenant(path)
		if query.get("redirect_uri") not in application.redirect_uris:
			wrong = (
				aadsts(50011, "invalid_request") if host == MICROSOFT else {"error": "redirect_uri_mismatch"}
			)
			raise Refused(400, wrong)
		if not application.consented:
			raise Refused(400, aadsts(65001, "consent_required"))
		problems = [
			query.get("response_type") != "code",
			query.get("code_challenge_method") != "S256",
			len(query.get("code_challenge", "")) != 43,
			len(query.get("state", "")) < 32,
			host == MICROSOFT and not query.get("nonce"),
		]
		if any(problems):
			raise Refused(400, aadsts(9002313, "invalid_request"))
		asked = set(query.get("scope", "").split()) - OPENID_SCOPES
		if not asked or not asked <= USER_SCOPES[host]:
			raise Refused(400, aadsts(70011, "invalid_scope"))
		return application

	# ── The endpoints for programs ───────────────────────────────────────────────────────────────────

	def discovery(self, path: str) -> dict[str, object]:
		"""Microsoft's OpenID configuration of a tenant."""
		tenant = self._check_tenant(path)
		base = f"https://{MICROSOFT}/{tenant}"
		return {
			"issuer": f"{base}/v2.0",
			"authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
			"token_endpoint": f"{base}/oauth2/v2.0/token",
			"jwks_uri": f"{base}/discovery/v2.0/keys",
			"response_types_supported": ["code"],
			"subject_types_supported": ["pairwise"],
			"id_token_signing_alg_values_supported": ["RS256"],
		}

	def token(self, request: Request) -> dict[str, object]:
		"""A token endpoint."""
		host = GOOGLE_PAGE if request.host == GOOGLE_TOKENS else request.host
		if host == MICROSOFT:
			self._check_tenant(request.path)
		if request.headers.get("content-type") != "application/x-www-form-urlencoded" or request.query:
			raise Refused(400, aadsts(900144, "invalid_request"))
		application = self._authenticated(host, request)
		with self._lock:
			match request.form.get("grant_type"):
				case "authorization_code":
					return self._redeem(application, request.form)
				case "refresh_token":
					return self._renew(application, request.form)
				case "client_credentials":
					return self._app_only(application, request)
		raise Refused(400, _error(host, 70003, "unsupported_grant_type"))

	def introspect(self, request: Request) -> dict[str, object]:
		"""RFC 7662, for a mail server: which mailbox a token opens."""
		mailbox = self.opens(request.form.get("token") or _bearer(request))
		return {"active": True, "username": mailbox, "scope": "mail"} if mailbox else {"active": False}

	def _check_tenant(self, path: str) -> str:
		tenant = path.split("/")[1]
		if tenant not in (TENANT, "organizations", "common", "customer.example"):
			raise Refused(400, aadsts(90002, "invalid_tenant", f"Tenant '{tenant}' not found."))
		return tenant

	def _authenticated(self, host: str, request: Request) -> Application:
		client_id, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
		basic = request.headers.get("authorization", "")
		if basic.startswith("Basic "):
			pair = base64.b64decode(basic[6:], validate=True).decode()
			client_id, secret = (unquote_plus(part) for part in pair.split(":"))
		application = self.applications.get(client_id)
		if application is None or application.host != host:
			raise Refused(400, _error(host, 700016, "unauthorized_client", "invalid_client"))
		if secret != application.secret or application.basic_only != bool(basic):
			raise Refused(401, _error(host, 7000215, "invalid_client"))
		return application

	def _redeem(self, application: Application, form: dict[str, str]) -> dict[str, object]:
		grant = self._codes.get(form.get("code", ""))
		host = application.host
		if grant is None or grant.application is not application or self.now() >= grant.expires_at:
			raise Refused(400, _error(host, 70008, "invalid_grant"))
		if grant.used:
			raise Refused(400, _error(host, 54005, "invalid_grant"))
		if form.get("redirect_uri") != grant.redirect_uri:
			raise Refused(400, _error(host, 50011, "invalid_grant", "redirect_uri_mismatch"))
		digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
		if base64.urlsafe_b64encode(digest).decode().rstrip("=") != grant.challenge:
			raise Refused(400, _error(host, 501481, "invalid_grant"))
		grant.used = True
		return self._tokens(grant)

	def _renew(self, application: Application, form: dict[str, str]) -> dict[str, object]:
		old = form.get("refresh_token", "")
		grant = self._refresh.get(old)
		if grant is None or grant.application is not application or grant.revoked:
			raise Refused(400, _error(application.host, 700082, "invalid_grant"))
		if self.rotates:
			del self._refresh[old]
		return self._tokens(grant, again=True)

	def _app_only(self, application: Application, request: Request) -> dict[str, object]:
		scopes = set(request.form.get("scope", "").split())
		if not scopes or not scopes <= APP_SCOPES.get(application.host, set()):
			raise Refused(400, _error(application.host, 1002012, "invalid_scope"))
		if request.path.startswith(("/common/", "/organizations/")):
			raise Refused(400, aadsts(9001023, "invalid_request"))
		account = self.delegations.get(application.client_id, f"app:{application.client_id}")
		return self._tokens(Grant(application, account, scopes, False, self.now()))

	def _tokens(self, grant: Grant, *, again: bool = False) -> dict[str, object]:
		# As long as Microsoft's: mail protocols must carry them.
		access = f"eyJ0.{secrets.token_urlsafe(1100)}"
		self._access[access] = (grant, self.now() + self.access_lifetime)
		answer: dict[str, object] = {
			"token_type": "Bearer",
			"scope": " ".join(sorted(grant.scopes - OPENID_SCOPES)),
			"expires_in": int(self.access_lifetime.total_seconds()),
			"access_token": access,
		}
		if grant.offline and self.gives_refresh_tokens and (self.rotates or not again):
			refresh = f"1//{secrets.token_urlsafe(180)}"
			self._refresh[refresh] = grant
			answer["refresh_token"] = refresh
		if "openid" in grant.scopes:
			answer["id_token"] = self._id_token(grant)
		return answer

	def _id_token(self, grant: Grant) -> str:
		issued = int(time.time())
		claims = {
			"aud": grant.application.client_id,
			"iss": f"https://{MICROSOFT}/{TENANT}/v2.0",
			"iat": issued,
			"exp": issued + 3600,
			"sub": hashlib.sha256(grant.account.encode()).hexdigest(),
			"tid": TENANT,
			"preferred_username": grant.account,
			"nonce": grant.nonce,
		}
		parts = ({"typ": "JWT", "alg": "RS256"}, claims)
		encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
		return ".".join([*encoded, "c2lnbmF0dXJl"])


def _error(host: str, number: int, error: str, elsewhere: str = "") -> dict[str, object]:
	"""The same refusal in the words of Microsoft, and in those of everybody else."""
	return aadsts(number, error) if host == MICROSOFT else {"error": elsewhere or error}


def _bearer(request: Request) -> str:
	return request.headers.get("authorization", "").removeprefix("Bearer ")


class _Server(ThreadingHTTPServer):
	daemon_threads = True
	provider: ProviderServer

	def handle_error(self, request: object, client_address: object) -> None:
		"""A client that goes away in the middle is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
	server: _Server
	protocol_version = "HTTP/1.1"
	wbufsize = -1
	disable_nagle_algorithm = True
	timeout = 20

	def log_message(self, *_: object) -> None:
		"""Requests are kept in `requests` instead."""

	def do_GET(self) -> None:
		self._serve("GET")

	def do_POST(self) -> None:
		self._serve("POST")

	def _serve(self, method: str) -> None:
		provider, request = self.server.provider, self._read(method)
		provider.requests.append(request)
		if self._went_wrong(request):
			return
		try:
			self._route(request)
		except Refused as refused:
			self._json(refused.status, refused.answer)

	def _read(self, method: str) -> Request:
		parts = urlsplit(self.path)
		body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
		return Request(
			method,
			self.headers["Host"],
			parts.path,
			dict(parse_qsl(parts.query)),
			{name.lower(): value for name, value in self.headers.items()},
			dict(parse_qsl(body)),
		)

	def _went_wrong(self, request: Request) -> bool:
		faults = self.server.provider.faults
		if not faults or not request.path.endswith(faults[0].path_end):
			return False
		fault = faults.popleft()
		time.sleep(fault.delay)
		if fault.status:
			self._send(fault.status, "application/json", fault.body.encode(), fault.headers)
		return bool(fault.status)

	def _route(self, request: Request) -> None:
		provider = self.server.provider
		if request.path.endswith("/.well-known/openid-configuration"):
			return self._json(200, provider.discovery(request.path))
		if request.path.endswith("/token") and request.method == "POST":
			return self._json(200, provider.token(request))
		if request.path == "/introspect":
			return self._json(200, provider.introspect(request))
		if request.path.endswith(("/authorize", "/auth")):
			return self._page(request)
		return self._json(404, {"error": "not_found"})

	def _page(self, request: Request) -> None:
		"""The page a browser sees, and where its buttons lead."""
		provider = self.server.provider
		if request.method == "POST":
			accept = request.form["decision"] == "accept"
			account = request.form["account"]
			where = provider.decide(request.host, request.path, request.query, account, accept)
			return self._send(302, "text/plain", b"", {"Location": where})
		provider.check_page(request.host, request.path, request.query)
		hint = html.escape(request.query.get("login_hint", ""))
		page = f"""<!doctype html><title>Sign in</title><link rel=icon href="data:,">
		<h1>Sign in to {html.escape(request.host)}</h1>
		<form method=post><label>Account <input name=account value="{hint}"></label>
		<button name=decision value=accept>Accept</button>
		<button name=decision value=decline>Cancel</button></form>"""
		return self._send(200, "text/html; charset=utf-8", page.encode())

	def _json(self, status: int, answer: dict[str, object]) -> None:
		self._send(status, "application/json; charset=utf-8", json.dumps(answer).encode())

	def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
		self.send_response(status)
		for name, value in {
			"Content-Type": kind,
			"Content-Length": str(len(body)),
			**(headers or {}),
		}.items():
			self.send_header(name, value)
		self.end_headers()
		self.wfile.write(body)
