"""Every reason with which a message or a channel can end: code, words for people, and what follows.

The code is stored and stable; the sentence is shown in the message log and the form; tests
have the code in their names. A new reason is a new member here and nowhere else.
"""

from __future__ import annotations

from enum import Enum

from helpdesk_mailchannel.mailcore.sentences import Sentence, _


class Fate(Enum):
	"""What became of a message; decides the folder it goes to."""

	TICKET = "Ticket"
	REPLY = "Reply"
	DUPLICATE = "Duplicate"
	EXCLUDED = "Excluded"
	FAILED = "Failed"
	GONE = "Gone"
	"""Others removed it from the mailbox before anything was decided."""


class Reason(Enum):
	"""Why a message met its fate."""

	code: str
	fate: Fate
	sentence: Sentence

	def __new__(cls, code: str, fate: Fate, sentence: Sentence) -> Reason:
		"""Make the code the member's value, so that `Reason("loop")` finds it again."""
		member = object.__new__(cls)
		member._value_ = code
		member.code, member.fate, member.sentence = code, fate, sentence
		return member

	# Filed
	NEW_TICKET = "new_ticket", Fate.TICKET, _("It started a new ticket.")
	UNPROVEN_REPLY = (
		"unproven_reply",
		Fate.TICKET,
		_("It claims to answer a ticket but could not prove that it may: it started a new one."),
	)
	MESSAGE_ID_REUSED = (
		"message_id_reused",
		Fate.TICKET,
		_("It carries the Message-ID of another message but is not the same one: it was filed by itself."),
	)
	REPLY_BY_TOKEN = "reply_by_token", Fate.REPLY, _("It was sent to the ticket's own reply address.")
	REPLY_BY_MESSAGE_ID = (
		"reply_by_message_id",
		Fate.REPLY,
		_("It answers a message of the ticket, and its sender takes part in the ticket."),
	)
	REPLY_BY_SUBJECT = (
		"reply_by_subject",
		Fate.REPLY,
		_("Its subject names the ticket, its sender takes part in it and is authenticated."),
	)
	ALSO_IN_OTHER_CHANNEL = (
		"also_in_other_channel",
		Fate.TICKET,
		_(
			"The same message reached another channel too, which filed it on a ticket of its "
			"own: it started one here."
		),
	)
	DUPLICATE = "duplicate", Fate.DUPLICATE, _("The same message was filed before.")
	ALREADY_ON_TICKET = (
		"already_on_ticket",
		Fate.DUPLICATE,
		_("The same message is on its ticket already, because it reached another channel too."),
	)

	# Excluded by the channel's rules
	TOO_OLD = "too_old", Fate.EXCLUDED, _("It arrived before the channel's start date.")
	SENDER_BLOCKED = "sender_blocked", Fate.EXCLUDED, _("Its sender is on the channel's blocked list.")
	SENDER_NOT_ALLOWED = (
		"sender_not_allowed",
		Fate.EXCLUDED,
		_("Its sender is not on the channel's allowed list."),
	)
	NOT_ADDRESSED = (
		"not_addressed",
		Fate.EXCLUDED,
		_("It is not addressed to the channel or one of its aliases."),
	)
	OWN_MAIL = "own_mail", Fate.EXCLUDED, _("This site sent it.")
	LOOP = "loop", Fate.EXCLUDED, _("It carries this site's loop mark: a robot sent our own mail back.")
	BOUNCE = "bounce", Fate.EXCLUDED, _("It is a delivery report.")
	READ_RECEIPT = "read_receipt", Fate.EXCLUDED, _("It is a read receipt.")
	AUTO_REPLY = "auto_reply", Fate.EXCLUDED, _("It is an automatic reply, such as an out-of-office note.")
	AUTO_GENERATED = "auto_generated", Fate.EXCLUDED, _("A program sent it, not a person.")
	REACTION = (
		"reaction",
		Fate.EXCLUDED,
		_("It is a reaction, such as a thumbs-up, to no message of a ticket that its sender may write to."),
	)
	MAILING_LIST = "mailing_list", Fate.EXCLUDED, _("It came through a mailing list.")
	BULK = "bulk", Fate.EXCLUDED, _("It is bulk mail.")
	NO_REPLY_SENDER = "no_reply_sender", Fate.EXCLUDED, _("It comes from an address that reads no answers.")
	SENDER_EXCLUDED = (
		"sender_excluded",
		Fate.EXCLUDED,
		_("It comes from one of the channel's excluded sender addresses."),
	)
	KEYWORD = "keyword", Fate.EXCLUDED, _("It contains one of the channel's exclusion words.")
	FLOOD = (
		"flood",
		Fate.EXCLUDED,
		_("Its sender sent more messages within an hour than the channel accepts."),
	)
	TYPE_NOT_UPDATABLE = (
		"type_not_updatable",
		Fate.EXCLUDED,
		_("It answers a ticket of a type that mail may not update."),
	)
	DISCARDED = "discarded", Fate.EXCLUDED, _("A person discarded it from the message log.")

	# Could not be filed
	TOO_LARGE = (
		"too_large",
		Fate.FAILED,
		_("It is larger than the channel accepts, so it was not downloaded."),
	)
	TOO_COMPLEX = "too_complex", Fate.FAILED, _("Its structure is heavier than is safe to read.")
	UNREADABLE = "unreadable", Fate.FAILED, _("It could not be read.")
	NO_SENDER = "no_sender", Fate.FAILED, _("It names no sender that could be answered.")
	AMBIGUOUS_SENDER = "ambiguous_sender", Fate.FAILED, _("It names several senders, so none of them counts.")
	FIELD_MISSING = (
		"field_missing",
		Fate.FAILED,
		_("The ticket needs a value that neither the mail nor a default gave."),
	)
	SITE_REFUSED = "site_refused", Fate.FAILED, _("The site refused the ticket.")
	TOO_MANY_ATTEMPTS = (
		"too_many_attempts",
		Fate.FAILED,
		_("Every attempt to file it ended the run, so it is not read again."),
	)

	WITHHELD = "withheld", Fate.FAILED, _("The server lists it but does not hand it out.")
	COPY_UNKNOWN = (
		"copy_unknown",
		Fate.FAILED,
		_("Its copy in the mailbox cannot be told from others, and its original was not kept here."),
	)

	# Neither
	GONE = "gone", Fate.GONE, _("It was moved or deleted in the mailbox before it could be read.")


class Health(Enum):
	"""The state of an active channel, in one word for lists and indicators."""

	UNKNOWN = "Not Polled Yet"
	CONNECTED = "Connected"
	COOLING_OFF = "Cooling Off"
	NEEDS_AUTHORIZATION = "Needs Authorization"
	FAILING = "Failing"


class Step(Enum):
	"""How far a poll or a test of the connection had got."""

	SETTINGS = _("reading the settings")
	RESOLVE = _("finding the host")
	CONNECT = _("connecting")
	TLS = _("securing the connection")
	SIGN_IN = _("signing in")
	TOKEN = _("getting an access token")
	FOLDER = _("opening the folder")
	LIST = _("listing messages")
	FETCH = _("reading messages")
	FILE = _("filing messages")
	SETTLE = _("moving messages")
	WORK = _("reading the mailbox")


class Trouble(Enum):
	"""Why a channel stopped: code, health, whether waiting can help, sentence, remedy."""

	code: str
	health: Health
	passing: bool
	sentence: Sentence
	remedy: Sentence

	def __new__(
		cls, code: str, health: Health, passing: bool, sentence: Sentence, remedy: Sentence
	) -> Trouble:
		"""Make the code the member's value."""
		member = object.__new__(cls)
		member._value_ = code
		member.code, member.health, member.passing = code, health, passing
		member.sentence, member.remedy = sentence, remedy
		return member

	HOST_UNKNOWN = (
		"host_unknown",
		Health.COOLING_OFF,
		True,
		_("The host name could not be found."),
		_("Check the host for typing errors, and that this server can resolve names."),
	)
	HOST_FORBIDDEN = (
		"host_forbidden",
		Health.FAILING,
		False,
		_("The host's address is one this site does not connect to."),
		_("Use the mail server's public name, or ask whoever runs the site to allow this address."),
	)
	PORT_FORBIDDEN = (
		"port_forbidden",
		Health.FAILING,
		False,
		_("The port is not one of the mail ports this site connects to."),
		_("Use 993 or 143 for IMAP, 995 or 110 for POP3, or ask whoever runs the site to allow this port."),
	)
	CONNECTION_REFUSED = (
		"connection_refused",
		Health.COOLING_OFF,
		True,
		_("The server refused the connection."),
		_("Check host, port and protocol, and that a firewall lets this server through."),
	)
	CONNECTION_TIMEOUT = (
		"connection_timeout",
		Health.COOLING_OFF,
		True,
		_("The server did not answer in time."),
		_(
			"Check host and port, and that a firewall lets this server through; or raise the "
			"connection timeout."
		),
	)
	CONNECTION_LOST = (
		"connection_lost",
		Health.COOLING_OFF,
		True,
		_("The server ended the connection."),
		_("The channel tries again by itself. If it stays, ask the mail provider."),
	)
	CERTIFICATE = (
		"certificate",
		Health.FAILING,
		True,
		_("The server's certificate does not verify."),
		_(
			"Use the host name the certificate was issued for, renew it, or name the file of "
			"your own certificate authority."
		),
	)
	TLS = (
		"tls",
		Health.FAILING,
		True,
		_("No secure connection could be agreed on."),
		_("Check that protocol and port belong together (993 and 995 for TLS, 143 and 110 for STARTTLS)."),
	)
	STARTTLS_MISSING = (
		"starttls_missing",
		Health.FAILING,
		True,
		_("The server does not offer STARTTLS, so nothing was sent to it."),
		_("Use the TLS protocol on port 993 or 995, or switch STARTTLS on at the server."),
	)
	PLAIN_FORBIDDEN = (
		"plain_forbidden",
		Health.FAILING,
		False,
		_("The channel asks for a connection without encryption, which this site does not allow."),
		_("Choose TLS or STARTTLS."),
	)
	SIGN_IN_REFUSED = (
		"sign_in_refused",
		Health.NEEDS_AUTHORIZATION,
		False,
		_("The server refused user name or password."),
		_(
			"Enter the password again. With two-factor sign-in use an app password; Microsoft "
			"365 and Google want OAuth."
		),
	)
	SIGN_IN_UNSUPPORTED = (
		"sign_in_unsupported",
		Health.FAILING,
		False,
		_("The server does not offer the channel's way of signing in."),
		_("Choose the other authentication type, or switch this one on at the server."),
	)
	TOKEN_REFUSED = (
		"token_refused",
		Health.NEEDS_AUTHORIZATION,
		False,
		_("The server refused the access token, and a renewed one too."),
		_(
			"Check that the user name is the mailbox's address, that IMAP or POP is switched on "
			"for it, and that the application and the user may read it; then click Authorize."
		),
	)
	TOKEN_DEAD = (
		"token_dead",
		Health.NEEDS_AUTHORIZATION,
		False,
		_("The permission to read this mailbox has ended."),
		_("Open the channel and click Authorize."),
	)
	TOKEN_UNAVAILABLE = (
		"token_unavailable",
		Health.COOLING_OFF,
		True,
		_("The sign-in provider did not give an access token."),
		_("The channel tries again by itself. If it stays, check the provider's status page."),
	)
	OAUTH_MISCONFIGURED = (
		"oauth_misconfigured",
		Health.NEEDS_AUTHORIZATION,
		False,
		_("The sign-in provider refused the channel's application."),
		_("Compare tenant, client and secret with the provider's page."),
	)
	MAILBOX_UNAVAILABLE = (
		"mailbox_unavailable",
		Health.FAILING,
		True,
		_("Signed in, but the server does not open the mailbox."),
		_("Check that IMAP or POP is switched on for the mailbox and that the user may open it."),
	)
	THROTTLED = (
		"throttled",
		Health.COOLING_OFF,
		True,
		_("The server asks for fewer requests."),
		_("The channel waits as long as the server asks. A longer poll interval avoids it."),
	)
	FOLDER_MISSING = (
		"folder_missing",
		Health.FAILING,
		True,
		_("A folder to read does not exist in the mailbox."),
		_("Pick the folder from the server's list, or create it in the mailbox."),
	)
	UIDL_MISSING = (
		"uidl_missing",
		Health.FAILING,
		False,
		_("The POP3 server does not give messages lasting names (UIDL)."),
		_("Use IMAP for this mailbox."),
	)
	UIDVALIDITY_UNSTABLE = (
		"uidvalidity_unstable",
		Health.FAILING,
		True,
		_("The server renumbered the folder more than five times within a day."),
		_("Ask the mail provider; the mailbox may be damaged."),
	)
	MAILBOX_SHARED = (
		"mailbox_shared",
		Health.FAILING,
		False,
		_("Another channel reads the same mailbox under another name, so its mail would be filed twice."),
		_("Pause one of the two channels."),
	)
	SERVER_CONFUSED = (
		"server_confused",
		Health.COOLING_OFF,
		True,
		_("The server's answer could not be understood."),
		_("The channel tries again by itself. If it stays, ask the mail provider."),
	)
	SERVER_SLOW = (
		"server_slow",
		Health.COOLING_OFF,
		True,
		_("The server answers too slowly to be waited for."),
		_(
			"The channel tries again by itself, the more rarely the longer it had to wait. If it "
			"stays, ask the mail provider."
		),
	)
	SERVER_FLOODS = (
		"server_floods",
		Health.COOLING_OFF,
		True,
		_("The server sent far more than it was asked for, so the connection was closed."),
		_(
			"The channel tries again by itself. If it stays, check that host and port are the "
			"mail server's, and ask the mail provider."
		),
	)
	MESSAGES_WITHHELD = (
		"messages_withheld",
		Health.FAILING,
		True,
		_("The server lists messages but hands out none of them."),
		_(
			"They are still in the mailbox and are read as soon as the server hands them out. If "
			"it stays, ask the mail provider."
		),
	)
	SAME_FAILURE = (
		"same_failure",
		Health.FAILING,
		True,
		_("The site refused several messages alike and has filed none since, so they wait in the mailbox."),
		_(
			"Read the reason and fix its cause. The channel goes on reading new mail, and files "
			"what waits as soon as the site takes it."
		),
	)
	SITE_TROUBLE = (
		"site_trouble",
		Health.COOLING_OFF,
		True,
		_("The site itself could not do the work."),
		_("See the Error Log. The channel tries again by itself."),
	)
	RUN_ENDED = (
		"run_ended",
		Health.COOLING_OFF,
		True,
		_("The run was ended from outside before it was done."),
		_(
			"The channel tries again by itself. If it stays, look for workers that are killed "
			"(memory), and for a mail server or a database that hangs."
		),
	)
	SETTINGS_INCOMPLETE = (
		"settings_incomplete",
		Health.FAILING,
		False,
		_("The channel's settings are incomplete."),
		_("Open the channel: the form names what is missing."),
	)
