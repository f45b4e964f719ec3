"""Brings the mailbox in line with fates that are committed, and records it (commit 3)."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk_mailchannel.mailcore.model import Receipt, RemoteRef, State
from helpdesk_mailchannel.mailcore.ports import Action, Leave, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.run.folders import Folder
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.settle import action


def settle(run: Run, folder: Folder) -> None:
	"""Settle what was decided in the open folder."""
	decided = run.take_decided()
	if not decided:
		return
	if folder.state.read_only:
		_close(run, {receipt.key: _stays(receipt.ref) for receipt in decided})
		return
	_perform(run, [(receipt, _action(run, receipt, folder)) for receipt in decided])


def _action(run: Run, receipt: Receipt, folder: Folder) -> Action:
	resumed = receipt.state is State.SETTLING or folder.renumbered
	return action(receipt, folder.route, run.settings.reading, resumed=resumed)


def _perform(run: Run, work: Sequence[tuple[Receipt, Action]]) -> None:
	results = {receipt.key: _stays(receipt.ref) for receipt, action in work if isinstance(action, Leave)}
	to_do = [(receipt, action) for receipt, action in work if not isinstance(action, Leave)]
	_announce(run, to_do)
	answers = run.session.perform([action for _, action in to_do]) if to_do else ()
	for (receipt, _), answer in zip(to_do, answers, strict=True):
		match answer:
			case Settled():
				results[receipt.key] = answer
			case NotSettled(why=why):
				run.report.warn(why)
	_close(run, results)


def _announce(run: Run, to_do: Sequence[tuple[Receipt, Action]]) -> None:
	"""Note that a slow move begins: if it dies halfway, the next run searches for its copy."""
	if run.session.capabilities.move:
		return
	slow = [receipt for receipt, action in to_do if isinstance(action, Move)]
	if slow:
		run.ledger.settling(slow)


def _close(run: Run, results: dict[str, Settled]) -> None:
	if results:
		run.ledger.settled(results)
		run.note_progress()
		run.report.settled += len(results)


def _stays(ref: RemoteRef) -> Settled:
	"""Return that it is settled where it is."""
	return Settled(ref, ref.folder, ref.uidvalidity, ref.uid)
