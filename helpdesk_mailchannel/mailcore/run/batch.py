"""A batch: the messages that are claimed together, and what they are once they were read."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Claim, Message, RawMessage, RemoteRef


@dataclass
class Batch:
	"""The claims of a batch of which nothing has become yet; each leaves it when it is decided or held."""

	claims: dict[RemoteRef, Claim] = field(default_factory=dict)
	asked: bool = False
	"""A person clicked Retry on them, and waits for the answer."""
	broken: ChannelError | None = None
	"""What broke the server's answer, once some of them had come."""


@dataclass(frozen=True)
class Parsed:
	"""A message that could be read, with its claim and its octets."""

	claim: Claim
	raw: RawMessage
	message: Message
	asked: bool = False
