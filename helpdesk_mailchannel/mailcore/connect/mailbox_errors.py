"""What the large providers' mail servers say if the sign-in was right but the mailbox stays closed.

One table row per mistake; `docs/sign-in-errors.md` shows the same table, and a test keeps the two in step.
The words are those that the providers' users report; `server_errors` decides what they mean for the channel.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.sentences import Sentence, _


@dataclass(frozen=True)
class MailboxMistake:
	"""One mistake: words that identify the server's answer (in any case), the sentence, the remedy."""

	codes: tuple[str, ...]
	sentence: Sentence
	remedy: Sentence


MISTAKES: tuple[MailboxMistake, ...] = (
	MailboxMistake(
		("authenticated but not connected",),
		_(
"Microsoft accepted the sign-in but does not open the mailbox: IMAP or POP is "
"switched off for it, it has no licence, the account may not open it, or there were "
"too many short sessions."
),
		_(
"In the Exchange admin center check that IMAP is switched on for the mailbox, that "
"it exists under this address, and that the account (app-only: the service "
"principal) has Full Access to it."
),
	),
	MailboxMistake(
		(
			"not enabled for IMAP use", "IMAP access is disabled", "IMAP4 access is disabled",
			"IMAP is disabled", "enable IMAP access",
		),
		_("IMAP is switched off for this mailbox or its organisation."),
		_(
"Switch IMAP on: at Google in the Admin console under Apps, Google Workspace, Gmail, "
"End User Access; at Microsoft under Manage email apps of the user."
),
	),
	MailboxMistake(
		(
			"not enabled for POP access", "POP access is disabled", "POP3 access is disabled",
			"POP is disabled", "enable POP access",
		),
		_("POP is switched off for this mailbox or its organisation."),
		_(
"Switch POP on: in Gmail's settings under Forwarding and POP/IMAP; at Microsoft "
"under Manage email apps of the user. Or use IMAP."
),
	),
	MailboxMistake(
		("MailboxNotEnabledForRESTAPI", "not licensed", "no Exchange license"),
		_("The account has no Exchange Online mailbox."),
		_(
"Assign a licence with Exchange Online to the account, or name the shared mailbox's "
"address as user."
),
	),
	MailboxMistake(
		("BasicAuthBlocked",),
		_("The provider does not accept the account's password from programs."),
		_("Choose OAuth as authentication type."),
	),
	MailboxMistake(
		("application-specific password", "app password"),
		_("The account uses two-factor sign-in, where its own password does not serve programs."),
		_(
"At the provider make an app password and enter that, or choose OAuth as "
"authentication type."
),
	),
	MailboxMistake(
		("web login required", "web browser"),
		_(
"The provider wants somebody to sign in with a web browser once and confirm this "
"access."
),
		_(
"Open the provider's page in a browser, sign in as the mailbox and confirm; or "
"choose OAuth."
),
	),
	MailboxMistake(
		("[IN-USE]", "[INUSE]"),
		_("Another program has the mailbox open."),
		_(
"The channel tries again by itself. If it stays, end the other program or give it "
"another mailbox."
),
	),
)  # fmt: skip


def mailbox_mistake(said: str) -> MailboxMistake | None:
	"""Return which known mistake a mail server's answer shows; None for any other answer."""
	heard = said.casefold()
	return next((m for m in MISTAKES if any(code.casefold() in heard for code in m.codes)), None)
