"""Is it addressed to the channel?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def is_not_addressed_to_us(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if no recipient, written or delivered to, is the channel, an alias or their plus-address."""
	if not policy.recipient_only or not policy.channel_address:
		return None
	recipients = {*(recipient.address for recipient in message.recipients), *message.delivered_to}
	if any(_is_ours(address, policy) for address in recipients):
		return None
	return Hit()


def _is_ours(address: str, policy: ScreenPolicy) -> bool:
	ours = policy.channel_address.lower()
	return ours in {policy.primary(address), policy.primary(without_detail(address))}


def without_detail(address: str) -> str:
	"""Return the address without its sub-address (RFC 5233): `support@…` of `support+t12.abc@…`."""
	local_part, _, domain = address.lower().rpartition("@")
	return f"{local_part.partition('+')[0]}@{domain}"


RULE = Rule(
	name="recipient only",
	description="The channel reads only mail addressed to itself, and neither its address, its Reply-To "
	"address nor an alias is in To, Cc, Bcc, Delivered-To or X-Original-To. Anything after a plus sign "
	"is ignored: `support+anything@` is `support@`.",
	settings=("recipient_only", "channel_address", "aliases"),
	reason=Reason.NOT_ADDRESSED,
	ask=is_not_addressed_to_us,
)
