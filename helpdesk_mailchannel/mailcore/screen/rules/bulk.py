"""Was it sent to many at once?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import (
	affirmed,
	answers_something,
	came_through_own_group,
	precedence,
)
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy, UnsubscribePolicy

_SIGNS_OF_A_CAMPAIGN = (
	"list-unsubscribe-post",
	"list-id",
	"x-campaign",
	"x-campaign-id",
	"x-campaignid",
	"x-mailing-id",
	"x-newsletter",
	"x-csa-complaints",
	"x-mc-user",
	"x-mailer-recptid",
	"x-sfmc-stack",
	"x-bulkmail",
)
"""Fields that newsletter services set on campaigns; not X-SG-EID, Feedback-ID and the like, which relays set
on every message."""


def is_bulk_mail(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise newsletters and campaigns: by Precedence, or by an unsubscribe link and a second sign."""
	if words := precedence(message) & {"bulk", "junk"}:
		return Hit(_("It says Precedence: {0}.").format(min(words)))
	if came_through_own_group(message, facts, policy):
		return None
	if not affirmed(message, "list-unsubscribe") or answers_something(message):
		return None
	return _judged_by_unsubscribe(message, policy.unsubscribable)


def _judged_by_unsubscribe(message: Message, policy: UnsubscribePolicy) -> Hit | None:
	"""Follow the setting; by default a second sign is needed, because CRMs put the field on people's mail."""
	match policy:
		case UnsubscribePolicy.EXCLUDE:
			return Hit(_("One can unsubscribe from it."))
		case UnsubscribePolicy.FILE:
			return None
		case UnsubscribePolicy.JUDGE:
			sign = affirmed(message, *_SIGNS_OF_A_CAMPAIGN)
			return (
				Hit(_("One can unsubscribe from it, and it carries the field {0}.").format(sign))
				if sign
				else None
			)


RULE = Rule(
	name="bulk",
	description="The message went to many people at once: `Precedence: bulk` or `junk`; or it answers "
	"nothing, offers to unsubscribe (`List-Unsubscribe`) and carries a second sign of a campaign, such "
	"as `List-Unsubscribe-Post`, `List-Id` or the mark of a newsletter service. `List-Unsubscribe` alone "
	"is filed, unless the channel says otherwise: sales software puts it on one person's email to "
	"another.",
	settings=("exclude_automatic", "unsubscribable", "accepted_robots"),
	reason=Reason.BULK,
	ask=is_bulk_mail,
)
