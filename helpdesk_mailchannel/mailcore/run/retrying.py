"""Takes up failed messages for which a person clicked Retry, wherever their copies are now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import (
	FolderState,
	Outcome,
	RawMessage,
	Receipt,
	RemoteRef,
	Withheld,
)
from helpdesk_mailchannel.mailcore.ports import Settled
from helpdesk_mailchannel.mailcore.reasons import Reason, Trouble
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.run.judging import Judging
from helpdesk_mailchannel.mailcore.run.outcomes import Outcomes
from helpdesk_mailchannel.mailcore.run.settling import Settling
from helpdesk_mailchannel.mailcore.run.withholding import Withholding
from helpdesk_mailchannel.mailcore.settings import FolderRoute


@dataclass
class Retrying:
	"""What is filed by Retry moves from the failure to the success folder."""

	run: RunContext
	outcomes: Outcomes
	judging: Judging
	withholding: Withholding
	settling: Settling

	def retry_all(self) -> None:
		"""Take up as many as there is time for."""
		for receipt in self.run.ledger.retries():
			if self.run.is_late():
				return
			self._retry(receipt)

	def _retry(self, receipt: Receipt) -> None:
		copy, state = self._copy_of(receipt)
		if receipt.reason and receipt.state.is_unsettled:
			decided = [receipt]
		else:
			self._file(receipt, copy)
			decided = self.outcomes.take_decided()
		if copy is None or state is None:
			self.run.ledger.settled({each.key: Settled(receipt.ref) for each in decided})
			return
		moved = [replace(each, ref=copy) for each in decided]
		self.settling.settle(moved, self._route_of(receipt), state)

	def _file(self, receipt: Receipt, copy: RemoteRef | None) -> None:
		for claim in self.run.ledger.claim([receipt.ref]):
			match self._octets_of(receipt, copy):
				case Withheld() as refusal:
					self.outcomes.conclude(claim, Outcome(Reason.WITHHELD, refusal.said), None)
				case None:
					self.outcomes.conclude(claim, Outcome(self._why_not_read(copy)), None)
				case raw if claim.attempt > self.run.settings.retry.max_attempts:
					self.outcomes.conclude(claim, Outcome(Reason.TOO_MANY_ATTEMPTS), None, keep=raw.octets)
				case raw:
					self.judging.judge_all([raw], {receipt.ref: claim}, asked=True)

	def _copy_of(self, receipt: Receipt) -> tuple[RemoteRef | None, FolderState | None]:
		"""Where the message is now, its folder opened; nothing where it cannot be found."""
		where = receipt.where or receipt.ref
		try:
			state = self.run.session.open(where.folder)
		except ChannelError as error:
			if error.trouble is not Trouble.FOLDER_MISSING:
				raise
			return None, None
		if where.uid and where.uidvalidity == state.uidvalidity:
			return where, state
		return (self.run.session.find(receipt.message_id) if receipt.message_id else None), state

	def _octets_of(self, receipt: Receipt, copy: RemoteRef | None) -> RawMessage | Withheld | None:
		kept = self.run.ledger.original(receipt.key)
		if kept is not None:
			return RawMessage(receipt.ref, kept)
		if copy is None or self._is_too_large(copy):
			return None
		answer = next(iter(self.run.session.fetch([copy])), None)
		return replace(answer, ref=receipt.ref) if answer else None

	def _why_not_read(self, copy: RemoteRef | None) -> Reason:
		"""Gone is only what a server no longer names; a copy that was not found may still be there."""
		if copy is None:
			return Reason.COPY_UNKNOWN
		return Reason.TOO_LARGE if self._is_too_large(copy) else Reason.GONE

	def _is_too_large(self, ref: RemoteRef) -> bool:
		return ref.size > self.run.settings.limits.message

	def _route_of(self, receipt: Receipt) -> FolderRoute:
		routes = self.run.settings.reading.routes
		return next((route for route in routes if route.read == receipt.ref.folder), routes[0])
