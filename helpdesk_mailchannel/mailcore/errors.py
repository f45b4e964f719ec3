"""What can go wrong, in two branches.

MailChannelError
├─ MessageError     concerns this message: the others go on
│  └─ AlreadyFiled  its content was filed before
├─ ChannelError     stops the channel: the mail stays where it is
└─ RunStopped       ends this run; nothing is wrong
   ├─ LeaseLost     another worker has the mailbox now
   └─ SettingsChanged

Each of the first two knows whether retrying can help. Their texts are for people and contain no secrets.
"""

from __future__ import annotations

from datetime import timedelta

from helpdesk_mailchannel.mailcore.model import TicketRef
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row


class MailChannelError(Exception):
	"""The root: catch one of its branches instead. `sentence` is what people read."""

	def __init__(self, sentence: Sentence) -> None:
		super().__init__(sentence)
		self.sentence = sentence


class MessageError(MailChannelError):
	"""This message cannot be filed, for `reason`; `passing` says that a later attempt may succeed."""

	def __init__(self, reason: Reason, detail: Sentence = NOTHING, *, passing: bool = False) -> None:
		super().__init__(in_a_row(reason.sentence, detail))
		self.reason, self.detail, self.passing = reason, detail, passing


class AlreadyFiled(MessageError):
	"""The database knows this content: it was filed before, perhaps on `ticket`, or by `channel`."""

	def __init__(self, ticket: TicketRef | None = None, channel: str = "") -> None:
		super().__init__(*already_filed(ticket, channel))
		self.ticket = ticket


def already_filed(ticket: TicketRef | None, channel: str = "") -> tuple[Reason, Sentence]:
	"""Say why a message is a duplicate, and where it is: filed by this channel, or by the one named."""
	place = ticket.words if ticket else NOTHING
	if channel:
		return Reason.ALREADY_ON_TICKET, _("The channel {0} filed it on {1}.").format(channel, place)
	return Reason.DUPLICATE, _("It is on {0}.").format(place) if place else NOTHING


class ChannelError(MailChannelError):
	"""The channel cannot go on: at `step`, for `trouble`; not before `retry_after` if the server said so.

	`remedy` replaces the trouble's own if the cause is known more exactly. If `rests` is False, the mailbox
	is read at each poll interval all the same: messages alone must not keep a channel from it.
	"""

	def __init__(
		self,
		trouble: Trouble,
		step: Step,
		detail: Sentence = NOTHING,
		*,
		retry_after: timedelta | None = None,
		remedy: Sentence = NOTHING,
		rests: bool = True,
	) -> None:
		self.rests = rests
		self.trouble, self.step, self.detail, self.retry_after = trouble, step, detail, retry_after
		self.remedy = remedy or trouble.remedy
		super().__init__(in_a_row(trouble.sentence, detail, self.remedy))

	def without_rest(self) -> ChannelError:
		"""Return the same error, for a channel that goes on reading what it can."""
		remedy, after = self.remedy, self.retry_after
		return ChannelError(
			self.trouble, self.step, self.detail, retry_after=after, remedy=remedy, rests=False
		)

	@property
	def passing(self) -> bool:
		"""True if waiting can help."""
		return self.trouble.passing


class RunStopped(MailChannelError):
	"""This run must write nothing more; the next one continues."""


class LeaseLost(RunStopped):
	"""Another worker has taken the mailbox, because this one was too slow."""

	def __init__(self) -> None:
		super().__init__(_("Another worker has taken over the mailbox."))


class SettingsChanged(RunStopped):
	"""Somebody changed the channel during its run."""

	def __init__(self) -> None:
		super().__init__(_("The channel's settings changed during the run; the next run uses the new ones."))
