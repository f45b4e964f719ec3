"""Brings the mailbox in line with fates that are committed, and writes down that it is (commit 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.model import FolderState, Receipt, RemoteRef, State
from helpdesk_mailchannel.mailcore.ports import Action, Leave, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.settings import FolderRoute
from helpdesk_mailchannel.mailcore.settle import settle


@dataclass
class Settling:
	"""The hand of a run: every change of the mailbox goes through it."""

	run: RunContext
	renumbered: bool = False
	"""The open folder got another UIDVALIDITY lately: copies made before have lost their receipts."""

	def settle(self, decided: Sequence[Receipt], route: FolderRoute, state: FolderState) -> None:
		"""Settle messages of the open folder."""
		if not decided:
			return
		if state.read_only:
			self._close({receipt.key: stays(receipt.ref) for receipt in decided})
			return
		self._perform([(receipt, self._action(receipt, route)) for receipt in decided])

	def _action(self, receipt: Receipt, route: FolderRoute) -> Action:
		resumed = receipt.state is State.SETTLING or self.renumbered
		return settle(receipt, route, self.run.settings.reading, resumed=resumed)

	def _perform(self, work: Sequence[tuple[Receipt, Action]]) -> None:
		results = {receipt.key: stays(receipt.ref) for receipt, action in work if isinstance(action, Leave)}
		to_do = [(receipt, action) for receipt, action in work if not isinstance(action, Leave)]
		self._announce(to_do)
		answers = self.run.session.perform([action for _, action in to_do]) if to_do else ()
		for (receipt, _), answer in zip(to_do, answers, strict=True):
			match answer:
				case Settled():
					results[receipt.key] = answer
				case NotSettled(why=why):
					self.run.report.warn(why)
		self._close(results)

	def _announce(self, to_do: Sequence[tuple[Receipt, Action]]) -> None:
		"""Note that a slow move begins: one that dies half-way is then searched for its copy."""
		if self.run.session.abilities.move:
			return
		slow = [receipt for receipt, action in to_do if isinstance(action, Move)]
		if slow:
			self.run.ledger.settling(slow)

	def _close(self, results: dict[str, Settled]) -> None:
		if results:
			self.run.ledger.settled(results)
			self.run.note_progress()
			self.run.report.settled += len(results)


def stays(ref: RemoteRef) -> Settled:
	"""Settled where it is."""
	return Settled(ref, ref.folder, ref.uidvalidity, ref.uid)
