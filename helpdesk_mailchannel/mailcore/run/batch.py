"""A batch of messages: claimed together, and then read."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Claim, Message, RawMessage, RemoteRef


@dataclass
class Batch:
	"""The claims that have no outcome yet: each leaves the batch when its message is decided or held."""

	claims: dict[RemoteRef, Claim] = field(default_factory=dict)
	asked: bool = False
	"""A person clicked Retry, and is waiting for the answer."""
	broken: ChannelError | None = None
	"""What broke the server's answer, perhaps after some of the messages had come."""


@dataclass(frozen=True)
class Parsed:
	"""A message that could be read, with its claim and its octets."""

	claim: Claim
	raw: RawMessage
	message: Message
	asked: bool = False
