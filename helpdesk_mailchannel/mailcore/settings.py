"""What an administrator chose for one channel, as values the engine can trust.

`ticketing.settings` makes them from the Email Channel document; the defaults here are the form's defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import Enum

from helpdesk_mailchannel.mailcore.sentences import Sentence, Translate

MIB = 1024 * 1024

LOOP_HEADER = "X-Mailchannel-Loop"
"""The field in which every message that a help desk of this kind sends names its site."""


class Protocol(Enum):
	"""How the mailbox is read."""

	IMAP = "IMAP"
	POP3 = "POP3"


class Security(Enum):
	"""How the connection is protected. There is no "if available"."""

	TLS = "TLS"
	STARTTLS = "STARTTLS"
	NONE = "None"


DEFAULT_PORTS: Mapping[tuple[Protocol, Security], int] = {
	(Protocol.IMAP, Security.TLS): 993,
	(Protocol.IMAP, Security.STARTTLS): 143,
	(Protocol.IMAP, Security.NONE): 143,
	(Protocol.POP3, Security.TLS): 995,
	(Protocol.POP3, Security.STARTTLS): 110,
	(Protocol.POP3, Security.NONE): 110,
}
"""The form follows them, and a channel may connect to them (see `HostPolicy.extra_ports` for others)."""


class SignIn(Enum):
	"""How the channel proves who it is."""

	PASSWORD = "Password"
	OAUTH = "OAuth"


class OAuthProvider(Enum):
	"""Who issues the access tokens."""

	MICROSOFT = "Microsoft"
	GOOGLE = "Google"
	OTHER = "Other"


class Grant(Enum):
	"""How access is granted: by a person who signs in once, or to the application itself (RFC 6749)."""

	AUTHORIZATION_CODE = "Authorization Code"
	CLIENT_CREDENTIALS = "Client Credentials"


class ClientAuthentication(Enum):
	"""Where the client secret goes in a request to the token endpoint (RFC 6749 section 2.3.1)."""

	POST = "In the Request"
	BASIC = "HTTP Basic"


@dataclass(frozen=True)
class OAuthSettings:
	"""The application registered at a sign-in provider. Its secrets are not here: `ports.Credentials`.

	`oauth.defaults.prefilled` fills in what a provider prescribes.
	"""

	provider: OAuthProvider
	client_id: str
	grant: Grant = Grant.AUTHORIZATION_CODE
	scopes: tuple[str, ...] = ()
	tenant: str = ""
	"""Microsoft: Directory (tenant) ID or one of the tenant's domains."""
	authority: str = "login.microsoftonline.com"
	"""Microsoft: the sign-in host; national clouds have their own."""
	authorization_url: str = ""
	token_endpoint: str = ""
	redirect_uri: str = ""
	login_hint: str = ""
	"""The account that signs in, if it is known; for a shared mailbox it is not the mailbox."""
	client_authentication: ClientAuthentication = ClientAuthentication.POST


@dataclass(frozen=True)
class HostPolicy:
	"""Where this site lets a channel connect to; from the site's config, never from the form.

	Link-local, multicast and metadata addresses are refused whatever is set here.
	"""

	allow_loopback: bool = False
	allow_private: bool = True
	allow_plain: bool = False
	"""Connections without encryption to hosts other than loopback."""
	extra_ports: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ConnectionSettings:
	"""A server and how to sign in to it. The secret itself comes through `ports.Credentials`."""

	host: str
	user: str
	protocol: Protocol = Protocol.IMAP
	security: Security = Security.TLS
	port: int = DEFAULT_PORTS[Protocol.IMAP, Security.TLS]
	sign_in: SignIn = SignIn.PASSWORD
	timeout: float = 30.0
	"""Seconds, for connecting and for each answer."""
	ca_file: str = ""
	"""A private certificate authority in PEM; empty for the system's."""
	hosts: HostPolicy = HostPolicy()


@dataclass(frozen=True)
class FolderRoute:
	"""A folder to read, and where its messages go, by fate. Empty: they stay where they are."""

	read: str
	success: str = ""
	failure: str = ""
	exclusion: str = ""

	@property
	def destinations(self) -> tuple[str, ...]:
		"""The folders that its messages are moved to."""
		return tuple(name for name in (self.success, self.failure, self.exclusion) if name)


class AfterProcessing(Enum):
	"""What happens in the mailbox to a message that was filed."""

	MOVE = "Move"
	MARK_READ = "Mark as Read"
	DELETE = "Delete"
	LEAVE = "Leave in Place"


@dataclass(frozen=True)
class ReadingSettings:
	"""Which messages are read, and what the mailbox looks like afterwards."""

	routes: tuple[FolderRoute, ...] = (FolderRoute("INBOX"),)
	all_folders: bool = False
	"""Read every folder but those of `skipped_uses`, and the outcome folders, by the first route."""
	skipped_uses: frozenset[str] = frozenset({"\\Sent", "\\Drafts", "\\Trash", "\\Junk", "\\All"})
	skipped_folders: frozenset[str] = frozenset()
	after: AfterProcessing = AfterProcessing.MOVE
	since: datetime | None = None
	"""Messages that arrived before are left untouched."""
	create_folders: bool = True


@dataclass(frozen=True)
class Limits:
	"""How heavy a message may be. The figures are measured; see docs/decisions."""

	message: int = 35 * MIB
	header_block: int = 256 * 1024
	header_lines: int = 10_000
	header: int = 256 * 1024
	boundaries: int = 500
	multiparts: int = 50
	nesting: int = 20
	"""Levels of multiparts within multiparts."""
	lines: int = 1_000_000
	html: int = 2 * MIB
	html_tags: int = 25_000
	"""Tags and anything that becomes an entity, in total."""
	html_attributes: int = 200
	"""Per tag; email programs write a dozen."""
	html_lines: int = 50_000
	html_depth: int = 400
	"""Open at once; browsers stop at 512."""
	text: int = 2 * MIB
	texts: int = 4 * MIB
	"""Octets of all decoded texts of a message together: enough for one HTML and one plain text."""
	subject: int = 1_000
	name: int = 200
	attachment: int = 25 * MIB
	attachments: int = 50
	attachments_total: int = 50 * MIB
	refused_extensions: frozenset[str] = frozenset()
	"""Lower-case, without the dot: `exe`."""
	allowed_extensions: frozenset[str] = frozenset()
	"""If not empty, only these are kept."""


@dataclass(frozen=True)
class SenderRule:
	"""A domain (`example.com`), optionally with its sub-domains, or one address (`a@example.com`)."""

	pattern: str
	subdomains: bool = True


class ListPolicy(Enum):
	"""What becomes of mail that came through a mailing list."""

	EXCLUDE = "Exclude"
	FILE = "File as Ticket"


class AutoReplyPolicy(Enum):
	"""What becomes of automatic replies."""

	EXCLUDE = "Exclude"
	ADD_SILENTLY = "Add to Ticket Silently"
	FILE = "File Like Other Mail"


class UnsubscribePolicy(Enum):
	"""What a List-Unsubscribe field says of a message that answers nothing: newsletters and CRMs set it."""

	EXCLUDE = "Always Bulk"
	JUDGE = "Bulk When Another Sign Says So"
	FILE = "Never Bulk By Itself"


@dataclass(frozen=True)
class ScreenPolicy:
	"""Which messages are for the help desk."""

	channel_address: str = ""
	aliases: Mapping[str, str] = field(default_factory=dict)
	"""Alias → primary address, for senders and for our own recipients."""
	allowed: tuple[SenderRule, ...] = ()
	blocked: tuple[SenderRule, ...] = ()
	recipient_only: bool = False
	exclude_automatic: bool = True
	"""Auto-replies, generated mail, bounces, noreply@ and postmaster@."""
	auto_replies: AutoReplyPolicy = AutoReplyPolicy.EXCLUDE
	"""What becomes of automatic replies while `exclude_automatic` is on."""
	accepted_robots: tuple[SenderRule, ...] = ()
	"""Senders whose automatic mail is for the help desk anyway: monitoring, web forms, scanners."""
	lists: ListPolicy = ListPolicy.EXCLUDE
	unsubscribable: UnsubscribePolicy = UnsubscribePolicy.JUDGE
	keywords: tuple[str, ...] = ()
	excluded_senders: tuple[str, ...] = ()
	per_sender_and_hour: int = 20
	"""0: no limit."""
	loop_mark: str = ""
	"""This site's value of LOOP_HEADER."""
	trusted_authserv_ids: tuple[str, ...] = ()
	"""Whose Authentication-Results count; empty: nobody's."""
	trust_exchange_online: bool = False
	results_below_received: bool = False
	"""The trusted servers write them below their own Received field."""
	since: datetime | None = None

	def primary(self, address: str) -> str:
		"""Return the address that `address` counts as: the one it is an alias of, else itself."""
		return self.aliases.get(address.lower(), address).lower()


class Source(Enum):
	"""What part of a message can fill a ticket field."""

	SUBJECT = "Subject"
	BODY = "Body"
	BODY_TEXT = "Body as Text"
	SENDER = "Sender"
	SENDER_NAME = "Sender Name"
	RECIPIENTS = "Recipients"
	CC = "CC"
	IMPORTANCE = "Importance"
	RECEIVED_AT = "Received At"
	ATTACHMENT_NAMES = "Attachment Names"
	HEADER = "Header"
	SUBJECT_PATTERN = "Pattern in Subject"
	BODY_PATTERN = "Pattern in Body"
	FIXED = "Fixed Value"


class TextKind(Enum):
	"""How a field of the site shows its text, and so what text from outside must become to go there."""

	LINE = "line"
	ADDRESSES = "addresses"
	LINES = "lines"
	HTML = "html"
	MARKDOWN = "markdown"
	JSON = "json"


@dataclass(frozen=True)
class MappingRow:
	"""One source of one ticket field, with the value to use when the source is empty."""

	target: str
	"""The ticket field's name."""
	source: Source
	argument: str = ""
	"""The header's name, or the regular expression; its named group `value`, else its first group, counts."""
	default: str = ""
	values: Mapping[str, str] = field(default_factory=dict)
	"""Translations, such as importance `High` → priority `Urgent`; empty: unchanged."""
	restricted_to: str = ""
	"""The role the sender must have on the site for the message to set it; otherwise the default counts."""
	max_length: int = 0
	"""Of the field on the site; 0: no limit."""
	kind: TextKind = TextKind.LINE
	"""Of the field on the site."""


class OtherTypePolicy(Enum):
	"""What becomes of a reply to a ticket of a type that mail may not update."""

	NEW_TICKET = "New Ticket"
	EXCLUDE = "Exclude"


@dataclass(frozen=True)
class TicketSettings:
	"""What a new ticket is and how its fields are filled."""

	doctype: str = "Issue"
	subject_field: str = "subject"
	subject_max_length: int = 140
	sender_field: str = "raised_by"
	values: Mapping[str, object] = field(default_factory=dict)
	"""Fixed by the channel: type, team, priority, customer, company."""
	mapping: tuple[MappingRow, ...] = ()
	required: Mapping[str, Sentence] = field(default_factory=dict)
	"""Fields that the DocType requires and has no default for, with the labels that people know them by."""
	attach_original: bool = False
	viewer_folds: bool = False
	"""The ticket's own viewer folds `div.gmail_quote`, as Helpdesk's does; otherwise `<details>` does it."""
	updatable: frozenset[str] = frozenset()
	"""Ticket types a reply may be added to; empty: all."""
	other_types: OtherTypePolicy = OtherTypePolicy.NEW_TICKET


@dataclass(frozen=True)
class Budget:
	"""How much one run may take on before it leaves the rest to the next."""

	messages: int = 200
	octets: int = 100 * MIB
	seconds: float = 240.0
	batch_messages: int = 25
	batch_octets: int = 8 * MIB


@dataclass(frozen=True)
class SkipWindow:
	"""A daily time without polling, in the site's time zone; may cross midnight; equal ends: never."""

	start: time
	end: time


@dataclass(frozen=True)
class RetrySettings:
	"""How patient the channel is with its server, and with a message."""

	max_tries: int = 3
	cool_off_minutes: int = 5
	poll_interval_minutes: int = 5
	max_attempts: int = 3
	"""Of one message, for failures that look permanent."""
	max_passing_attempts: int = 10
	"""Of one message, for failures that may pass."""


@dataclass(frozen=True)
class ChannelSettings:
	"""One Email Channel, whole."""

	name: str
	address: str
	connection: ConnectionSettings
	reading: ReadingSettings = ReadingSettings()
	limits: Limits = Limits()
	screen: ScreenPolicy = ScreenPolicy()
	ticket: TicketSettings = TicketSettings()
	budget: Budget = Budget()
	retry: RetrySettings = RetrySettings()
	reply_keys: tuple[bytes, ...] = field(default=(), repr=False)
	"""The site's keys for reply tokens, the current one first, then the one before; empty: no tokens."""
	channels: tuple[str, ...] = ()
	"""The site's other channels: an answer may reach this one though the mail it answers left by another."""
	unbound_tokens_before: str = ""
	"""Tickets made before this moment, as the site spells it, may have tokens that name no moment."""
	copies_take_part: bool = False
	"""People whom an unproven message names in To and Cc take part in its ticket too."""
	time_zone: str = "UTC"
	translate: Translate = field(default=str, repr=False)
	"""Translates what stays within a ticket into the site's language."""
