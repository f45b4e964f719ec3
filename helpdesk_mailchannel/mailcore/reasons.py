"""Every reason with which a message or a channel can end: code, words for people, and what follows.

The code is stored and stable; the sentence is shown in the message log and the form; tests
carry the code in their names. A new reason is a new member here and nowhere else.
"""

from __future__ import annotations

from enum import Enum


class Fate(Enum):
	"""What became of a message; decides the folder it goes to."""

	TICKET = "Ticket"
	REPLY = "Reply"
	DUPLICATE = "Duplicate"
	EXCLUDED = "Excluded"
	FAILED = "Failed"
	GONE = "Gone"
	"""It left the mailbox by other hands before anything was decided."""


class Reason(Enum):
	"""Why a message met its fate."""

	code: str
	fate: Fate
	sentence: str

	def __new__(cls, code: str, fate: Fate, sentence: str) -> Reason:
		"""Make the code the member's value, so that `Reason("loop")` finds it again."""
		member = object.__new__(cls)
		member._value_ = code
		member.code, member.fate, member.sentence = code, fate, sentence
		return member

	# Filed
	NEW_TICKET = "new_ticket", Fate.TICKET, "It started a new ticket."
	UNPROVEN_REPLY = (
		"unproven_reply",
		Fate.TICKET,
		"It claims to answer a ticket but could not prove that it may: it started a new one.",
	)
	MESSAGE_ID_REUSED = (
		"message_id_reused",
		Fate.TICKET,
		"It carries the Message-ID of another message but is not the same one: it was filed by itself.",
	)
	REPLY_BY_TOKEN = "reply_by_token", Fate.REPLY, "It was sent to the ticket's own reply address."
	REPLY_BY_MESSAGE_ID = (
		"reply_by_message_id",
		Fate.REPLY,
		"It answers a message of the ticket, and its sender takes part in the ticket.",
	)
	REPLY_BY_SUBJECT = (
		"reply_by_subject",
		Fate.REPLY,
		"Its subject names the ticket, its sender takes part in it and is authenticated.",
	)
	ALSO_IN_OTHER_CHANNEL = (
		"also_in_other_channel",
		Fate.TICKET,
		"The same message reached another channel too, which filed it on a ticket of its own: "
		"it started one here.",
	)
	DUPLICATE = "duplicate", Fate.DUPLICATE, "The same message was filed before."
	ALREADY_ON_TICKET = (
		"already_on_ticket",
		Fate.DUPLICATE,
		"The same message is on its ticket already, because it reached another channel too.",
	)

	# Excluded by the channel's rules
	TOO_OLD = "too_old", Fate.EXCLUDED, "It arrived before the channel's start date."
	SENDER_BLOCKED = "sender_blocked", Fate.EXCLUDED, "Its sender is on the channel's blocked list."
	SENDER_NOT_ALLOWED = (
		"sender_not_allowed",
		Fate.EXCLUDED,
		"Its sender is not on the channel's allowed list.",
	)
	NOT_ADDRESSED = (
		"not_addressed",
		Fate.EXCLUDED,
		"It is not addressed to the channel or one of its aliases.",
	)
	OWN_MAIL = "own_mail", Fate.EXCLUDED, "This site sent it."
	LOOP = "loop", Fate.EXCLUDED, "It carries this site's loop mark: a robot sent our own mail back."
	BOUNCE = "bounce", Fate.EXCLUDED, "It is a delivery report."
	READ_RECEIPT = "read_receipt", Fate.EXCLUDED, "It is a read receipt."
	AUTO_REPLY = "auto_reply", Fate.EXCLUDED, "It is an automatic reply, such as an out-of-office note."
	AUTO_GENERATED = "auto_generated", Fate.EXCLUDED, "A program sent it, not a person."
	REACTION = (
		"reaction",
		Fate.EXCLUDED,
		"It is a reaction, such as a thumbs-up, to no message of a ticket that its sender may write to.",
	)
	MAILING_LIST = "mailing_list", Fate.EXCLUDED, "It came through a mailing list."
	BULK = "bulk", Fate.EXCLUDED, "It is bulk mail."
	NO_REPLY_SENDER = "no_reply_sender", Fate.EXCLUDED, "It comes from an address that reads no answers."
	SENDER_EXCLUDED = (
		"sender_excluded",
		Fate.EXCLUDED,
		"It comes from one of the channel's excluded sender addresses.",
	)
	KEYWORD = "keyword", Fate.EXCLUDED, "It contains one of the channel's exclusion words."
	FLOOD = "flood", Fate.EXCLUDED, "Its sender sent more messages within an hour than the channel accepts."
	TYPE_NOT_UPDATABLE = (
		"type_not_updatable",
		Fate.EXCLUDED,
		"It answers a ticket of a type that mail may not update.",
	)
	DISCARDED = "discarded", Fate.EXCLUDED, "A person discarded it from the message log."

	# Could not be filed
	TOO_LARGE = "too_large", Fate.FAILED, "It is larger than the channel accepts, so it was not downloaded."
	TOO_COMPLEX = "too_complex", Fate.FAILED, "Its structure is heavier than is safe to read."
	UNREADABLE = "unreadable", Fate.FAILED, "It could not be read."
	NO_SENDER = "no_sender", Fate.FAILED, "It names no sender that could be answered."
	AMBIGUOUS_SENDER = "ambiguous_sender", Fate.FAILED, "It names several senders, so none of them counts."
	FIELD_MISSING = (
		"field_missing",
		Fate.FAILED,
		"The ticket needs a value that neither the mail nor a default gave.",
	)
	SITE_REFUSED = "site_refused", Fate.FAILED, "The site refused the ticket."
	TOO_MANY_ATTEMPTS = (
		"too_many_attempts",
		Fate.FAILED,
		"Every attempt to file it ended the run, so it is not read again.",
	)

	WITHHELD = "withheld", Fate.FAILED, "The server lists it but does not hand it out."
	COPY_UNKNOWN = (
		"copy_unknown",
		Fate.FAILED,
		"Its copy in the mailbox cannot be told from others, and its original was not kept here.",
	)

	# Neither
	GONE = "gone", Fate.GONE, "It was moved or deleted in the mailbox before it could be read."


class Health(Enum):
	"""How an active channel is, in one word for lists and indicators."""

	UNKNOWN = "Not Polled Yet"
	CONNECTED = "Connected"
	COOLING_OFF = "Cooling Off"
	NEEDS_AUTHORISATION = "Needs Authorisation"
	FAILING = "Failing"


class Step(Enum):
	"""Where on its way a poll or a test of the connection was."""

	SETTINGS = "reading the settings"
	RESOLVE = "finding the host"
	CONNECT = "connecting"
	TLS = "securing the connection"
	SIGN_IN = "signing in"
	TOKEN = "getting an access token"
	FOLDER = "opening the folder"
	LIST = "listing messages"
	FETCH = "reading messages"
	FILE = "filing messages"
	SETTLE = "moving messages"
	WORK = "reading the mailbox"


class Trouble(Enum):
	"""Why a channel stopped: code, health, whether waiting can help, sentence, remedy."""

	code: str
	health: Health
	passing: bool
	sentence: str
	remedy: str

	def __new__(cls, code: str, health: Health, passing: bool, sentence: str, remedy: str) -> Trouble:
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
		"The host name could not be found.",
		"Check the host for typing errors, and that this server can resolve names.",
	)
	HOST_FORBIDDEN = (
		"host_forbidden",
		Health.FAILING,
		False,
		"The host's address is one this site does not connect to.",
		"Use the mail server's public name, or ask whoever runs the site to allow this address.",
	)
	PORT_FORBIDDEN = (
		"port_forbidden",
		Health.FAILING,
		False,
		"The port is not one of the mail ports this site connects to.",
		"Use 993 or 143 for IMAP, 995 or 110 for POP3, or ask whoever runs the site to allow this port.",
	)
	CONNECTION_REFUSED = (
		"connection_refused",
		Health.COOLING_OFF,
		True,
		"The server refused the connection.",
		"Check host, port and protocol, and that a firewall lets this server through.",
	)
	CONNECTION_TIMEOUT = (
		"connection_timeout",
		Health.COOLING_OFF,
		True,
		"The server did not answer in time.",
		"Check host and port, and that a firewall lets this server through; or raise the connection timeout.",
	)
	CONNECTION_LOST = (
		"connection_lost",
		Health.COOLING_OFF,
		True,
		"The server ended the connection.",
		"The channel tries again by itself. If it stays, ask the mail provider.",
	)
	CERTIFICATE = (
		"certificate",
		Health.FAILING,
		True,
		"The server's certificate does not verify.",
		"Use the host name the certificate was issued for, renew it, "
		"or name the file of your own certificate authority.",
	)
	TLS = (
		"tls",
		Health.FAILING,
		True,
		"No secure connection could be agreed on.",
		"Check that protocol and port belong together (993 and 995 for TLS, 143 and 110 for STARTTLS).",
	)
	STARTTLS_MISSING = (
		"starttls_missing",
		Health.FAILING,
		True,
		"The server does not offer STARTTLS, so nothing was sent to it.",
		"Use the TLS protocol on port 993 or 995, or switch STARTTLS on at the server.",
	)
	PLAIN_FORBIDDEN = (
		"plain_forbidden",
		Health.FAILING,
		False,
		"The channel asks for a connection without encryption, which this site does not allow.",
		"Choose TLS or STARTTLS.",
	)
	SIGN_IN_REFUSED = (
		"sign_in_refused",
		Health.NEEDS_AUTHORISATION,
		False,
		"The server refused user name or password.",
		"Enter the password again. With two-factor sign-in use an app password; "
		"Microsoft 365 and Google want OAuth.",
	)
	SIGN_IN_UNSUPPORTED = (
		"sign_in_unsupported",
		Health.FAILING,
		False,
		"The server does not offer the channel's way of signing in.",
		"Choose the other authentication type, or switch this one on at the server.",
	)
	TOKEN_REFUSED = (
		"token_refused",
		Health.NEEDS_AUTHORISATION,
		False,
		"The server refused the access token, and a renewed one too.",
		"Check that the user name is the mailbox's address, that IMAP or POP is switched on for it, and that "
		"the application and the user may read it; then click Authorise.",
	)
	TOKEN_DEAD = (
		"token_dead",
		Health.NEEDS_AUTHORISATION,
		False,
		"The permission to read this mailbox has ended.",
		"Open the channel and click Authorise.",
	)
	TOKEN_UNAVAILABLE = (
		"token_unavailable",
		Health.COOLING_OFF,
		True,
		"The sign-in provider did not give an access token.",
		"The channel tries again by itself. If it stays, check the provider's status page.",
	)
	OAUTH_MISCONFIGURED = (
		"oauth_misconfigured",
		Health.NEEDS_AUTHORISATION,
		False,
		"The sign-in provider refused the channel's application.",
		"Compare tenant, client and secret with the provider's page.",
	)
	MAILBOX_UNAVAILABLE = (
		"mailbox_unavailable",
		Health.FAILING,
		True,
		"Signed in, but the server does not open the mailbox.",
		"Check that IMAP or POP is switched on for the mailbox and that the user may open it.",
	)
	THROTTLED = (
		"throttled",
		Health.COOLING_OFF,
		True,
		"The server asks for fewer requests.",
		"The channel waits as long as the server asks. A longer poll interval avoids it.",
	)
	FOLDER_MISSING = (
		"folder_missing",
		Health.FAILING,
		True,
		"A folder to read does not exist in the mailbox.",
		"Pick the folder from the server's list, or create it in the mailbox.",
	)
	UIDL_MISSING = (
		"uidl_missing",
		Health.FAILING,
		False,
		"The POP3 server does not give messages lasting names (UIDL).",
		"Use IMAP for this mailbox.",
	)
	UIDVALIDITY_UNSTABLE = (
		"uidvalidity_unstable",
		Health.FAILING,
		True,
		"The server renumbered the folder more than five times within a day.",
		"Ask the mail provider; the mailbox may be damaged.",
	)
	MAILBOX_SHARED = (
		"mailbox_shared",
		Health.FAILING,
		False,
		"Another channel reads the same mailbox under another name, so its mail would be filed twice.",
		"Pause one of the two channels.",
	)
	SERVER_CONFUSED = (
		"server_confused",
		Health.COOLING_OFF,
		True,
		"The server's answer could not be understood.",
		"The channel tries again by itself. If it stays, ask the mail provider.",
	)
	SERVER_SLOW = (
		"server_slow",
		Health.COOLING_OFF,
		True,
		"The server answers too slowly to be waited for.",
		"The channel tries again by itself, the more rarely the longer it had to wait. If it stays, ask the "
		"mail provider.",
	)
	SERVER_FLOODS = (
		"server_floods",
		Health.COOLING_OFF,
		True,
		"The server sent far more than it was asked for, so the connection was closed.",
		"The channel tries again by itself. If it stays, check that host and port are the mail server's, and "
		"ask the mail provider.",
	)
	MESSAGES_WITHHELD = (
		"messages_withheld",
		Health.FAILING,
		True,
		"The server lists messages but hands out none of them.",
		"They are still in the mailbox and are read as soon as the server hands them out. If it stays, ask "
		"the mail provider.",
	)
	SAME_FAILURE = (
		"same_failure",
		Health.FAILING,
		True,
		"The site refused several messages alike and has filed none since, so they wait in the mailbox.",
		"Read the reason and fix its cause. The channel goes on reading new mail, and files what waits "
		"as soon as the site takes it.",
	)
	SITE_TROUBLE = (
		"site_trouble",
		Health.COOLING_OFF,
		True,
		"The site itself could not do the work.",
		"See the Error Log. The channel tries again by itself.",
	)
	RUN_ENDED = (
		"run_ended",
		Health.COOLING_OFF,
		True,
		"The run was ended from outside before it was done.",
		"The channel tries again by itself. If it stays, look for workers that are killed (memory), and for "
		"a mail server or a database that hangs.",
	)
	SETTINGS_INCOMPLETE = (
		"settings_incomplete",
		Health.FAILING,
		False,
		"The channel's settings are incomplete.",
		"Open the channel: the form names what is missing.",
	)
