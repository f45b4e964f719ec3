"""Decides what the mailbox shows once a message's fate is committed.

The fate picks the folder; if the route names none, the channel's choice for processed mail counts. A
message that made no ticket is never deleted unless the site holds its original. Mail from before the
channel's start date is not touched at all.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Receipt
from helpdesk_mailchannel.mailcore.ports import Action, Delete, Leave, MarkRead, Move
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, FolderRoute, ReadingSettings

FILED = frozenset({Fate.TICKET, Fate.REPLY, Fate.DUPLICATE})


def action(receipt: Receipt, route: FolderRoute, reading: ReadingSettings, *, resumed: bool) -> Action:
	"""Return the one action that brings the mailbox in line with a receipt's fate.

	`resumed`: an earlier run may have begun it, so a copy is searched for before another one is made.
	"""
	if receipt.reason is Reason.TOO_OLD:
		return Leave(receipt.ref)
	fate = receipt.fate
	folder = _folder(fate, route, reading.after)
	if folder and folder != receipt.ref.folder:
		return Move(receipt.ref, folder, receipt.message_id, resumed)
	if fate in FILED:
		return _after_filing(receipt, reading.after)
	if fate is Fate.EXCLUDED:
		return _after_exclusion(receipt, reading.after)
	return Leave(receipt.ref)


def _folder(fate: Fate | None, route: FolderRoute, after: AfterProcessing) -> str:
	if fate in FILED:
		return route.success if after is AfterProcessing.MOVE else ""
	if fate is Fate.EXCLUDED:
		return route.exclusion
	return route.failure if fate is Fate.FAILED else ""


def _after_filing(receipt: Receipt, after: AfterProcessing) -> Action:
	match after:
		case AfterProcessing.MARK_READ:
			return MarkRead(receipt.ref)
		case AfterProcessing.DELETE:
			return Delete(receipt.ref)
		case _:
			return Leave(receipt.ref)


def _after_exclusion(receipt: Receipt, after: AfterProcessing) -> Action:
	match after:
		case AfterProcessing.MARK_READ:
			return MarkRead(receipt.ref)
		case AfterProcessing.DELETE if receipt.original_kept:
			return Delete(receipt.ref)
		case _:
			return Leave(receipt.ref)
