"""Decides what a run does with a folder's listing, before any message is fetched.

The folder is the queue: whatever is still in it is unfinished, unless the ledger says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from helpdesk_mailchannel.mailcore.model import Receipt, RemoteRef, State
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, Budget, ChannelSettings, ReadingSettings


@dataclass(frozen=True)
class Plan:
	"""What to do with one folder in one run."""

	unsettled: tuple[Receipt, ...] = ()
	"""Their fate is committed but the mailbox does not show it yet."""
	vanished: tuple[Receipt, ...] = ()
	"""Receipts, open or of messages left in place, whose copies are no longer listed."""
	poison: tuple[RemoteRef, ...] = ()
	"""Every attempt at them ended a run: they are not read again."""
	oversized: tuple[RemoteRef, ...] = ()
	"""Larger than the channel accepts: only their header is fetched."""
	batches: tuple[tuple[RemoteRef, ...], ...] = ()
	"""Messages that no run has judged yet."""
	refused: tuple[Receipt, ...] = ()
	"""Refused by earlier runs and due again; the one tried longest ago first. They come last."""
	waiting: int = 0
	"""How many are left to later runs."""
	left_over: int = 0
	"""Those among them that the budget does not cover."""
	missing: tuple[Receipt, ...] = ()
	"""Messages that were decided and left in the folder, if almost none of them is listed any more."""
	witnesses: tuple[RemoteRef, ...] = ()
	"""Those at which no attempt has failed: a server that hands out anything hands these out."""


def recognised(listing: Sequence[RemoteRef], receipts: Sequence[Receipt], channel: str) -> list[RemoteRef]:
	"""Return the listing, with each copy named as the key of its receipt names it.

	Size and arrival are part of a copy's key. If the server gives them at one time and not at another, it is
	still the same copy, by its UID.
	"""
	known = {(each.ref.uidvalidity, each.ref.uid): each for each in receipts}
	return [_as_known(ref, known.get((ref.uidvalidity, ref.uid)), channel) for ref in listing]


def _as_known(ref: RemoteRef, receipt: Receipt | None, channel: str) -> RemoteRef:
	"""Return the ref that the receipt's key was made of; its arrival may come from the message itself."""
	if receipt is None or not (ref.bare or receipt.ref.bare):
		return ref
	arrivals = (receipt.ref.received_at, ref.received_at, None)
	refs = (replace(receipt.ref, received_at=arrival, flags=ref.flags) for arrival in arrivals)
	return next((each for each in refs if each.key(channel) == receipt.key), ref)


def plan(
	listing: Sequence[RemoteRef],
	receipts: Mapping[RemoteRef, Receipt],
	open_receipts: Sequence[Receipt],
	settings: ChannelSettings,
	budget: Budget,
	now: datetime,
) -> Plan:
	"""Sort a folder's listing into what to settle, what to give up, and what to read now or later.

	`receipts` are those of the listing, `open_receipts` those whose copies should be in the folder.
	"""
	listed = {ref.key(settings.name): ref for ref in listing}
	reading = settings.reading
	receipts = {ref: each for ref, each in receipts.items() if not _is_of_another(each, reading)}
	back = [replace(each, ref=ref) for ref, each in receipts.items() if _is_back(each, reading)]
	pending = [ref for ref in listing if _is_pending(receipts.get(ref), now)]
	postponed = sum(_is_postponed(receipts.get(ref), now) for ref in listing)
	poison = tuple(ref for ref in pending if _attempts(receipts, ref) >= settings.retry.max_passing_attempts)
	crashed = tuple(
		ref
		for ref in pending
		if ref not in poison and _has_crashed(receipts.get(ref), settings.retry.max_attempts)
	)
	rest = [ref for ref in pending if ref not in poison and ref not in crashed]
	oversized = tuple(ref for ref in rest if ref.size > settings.limits.message)
	readable = [ref for ref in rest if ref.size <= settings.limits.message]
	fresh = [ref for ref in readable if not _was_refused(receipts.get(ref))]
	refused = [replace(receipts[ref], ref=ref) for ref in readable if _was_refused(receipts.get(ref))]
	batches, left = _batches(fresh, receipts, budget)
	return Plan(
		unsettled=tuple(
			replace(r, ref=listed[r.key]) for r in open_receipts if r.key in listed and r.state.is_unsettled
		)
		+ tuple(replace(each, state=State.SETTLING) for each in back),
		vanished=tuple(r for r in open_receipts if r.key not in listed),
		missing=_missing(listed, open_receipts),
		poison=poison + crashed,
		oversized=oversized[: budget.messages],
		batches=batches,
		witnesses=tuple(
			ref for ref in listing if _is_sound(receipts.get(ref)) and ref.size <= settings.limits.message
		),
		refused=tuple(sorted(refused, key=lambda receipt: receipt.next_attempt_at or now)),
		waiting=left + postponed + max(0, len(oversized) - budget.messages),
		left_over=left,
	)


NEARLY_ALL = 0.9


def _missing(listed: Mapping[str, RemoteRef], open_receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
	numbers = {ref.uidvalidity for ref in listed.values()}
	decided = [each for each in open_receipts if each.state.is_decided and each.ref.uidvalidity in numbers]
	missing = tuple(each for each in decided if each.key not in listed)
	return missing if len(missing) > NEARLY_ALL * len(decided) else ()


def spend(budget: Budget, refs: Iterable[RemoteRef]) -> Budget:
	"""Return the budget that is left after these messages."""
	refs = list(refs)
	return replace(
		budget,
		messages=max(0, budget.messages - len(refs)),
		octets=max(0, budget.octets - sum(ref.size for ref in refs)),
	)


def _is_back(receipt: Receipt, reading: ReadingSettings) -> bool:
	"""Return whether a copy recorded as removed by others is listed again: it only has to be settled again.

	Its name must not have become another message's meanwhile, as POP3 names may, or we would delete that one
	unread. A failed message whose original is kept waits for a person, who may be the last to have it.
	"""
	moved = receipt.where is not None and receipt.where.folder != receipt.ref.folder
	waits = receipt.fate is Fate.FAILED and receipt.original_kept
	lasting = bool(receipt.ref.uidvalidity) and reading.after is not AfterProcessing.DELETE
	return receipt.has_left and not moved and (waits or lasting)


def _is_of_another(receipt: Receipt, reading: ReadingSettings) -> bool:
	"""Return whether its name may now list another message; if it is the same, its content tells."""
	return receipt.has_left and not _is_back(receipt, reading)


def _is_pending(receipt: Receipt | None, now: datetime) -> bool:
	if receipt is None or receipt.is_gone:
		return True
	return receipt.state in (State.CLAIMED, State.RELEASED) and not _is_postponed(receipt, now)


def _is_postponed(receipt: Receipt | None, now: datetime) -> bool:
	if receipt is None or receipt.state.is_decided or receipt.next_attempt_at is None:
		return False
	return receipt.next_attempt_at > now


def _was_refused(receipt: Receipt | None) -> bool:
	"""Return whether the site refused it; what the server refuses is requested like new messages, alone."""
	if receipt is None or receipt.state is not State.RELEASED:
		return False
	return receipt.reason not in (None, Reason.WITHHELD)


def _is_sound(receipt: Receipt | None) -> bool:
	return receipt is None or receipt.attempts == 0 or receipt.reason not in _NOT_READ


_NOT_READ = (None, Reason.WITHHELD, Reason.TOO_MANY_ATTEMPTS, Reason.TOO_LARGE, Reason.COPY_UNKNOWN)


def _attempts(receipts: Mapping[RemoteRef, Receipt], ref: RemoteRef) -> int:
	receipt = receipts.get(ref)
	return receipt.attempts if receipt else 0


def _has_crashed(receipt: Receipt | None, max_attempts: int) -> bool:
	"""Return whether it is still claimed while this run holds the mailbox: the run that claimed it died."""
	return bool(receipt and receipt.state is State.CLAIMED and receipt.attempts >= max_attempts)


def _batches(
	refs: Sequence[RemoteRef], receipts: Mapping[RemoteRef, Receipt], budget: Budget
) -> tuple[tuple[tuple[RemoteRef, ...], ...], int]:
	"""Cut into batches by octets first and count second; count what exceeds the budget.

	A message that was attempted before goes alone, so that one which kills the worker takes no other with
	it; those attempted more than once go last, so that they hold nobody up.
	"""
	ordered = sorted(refs, key=lambda ref: _attempts(receipts, ref) > 1)
	batches: list[list[RemoteRef]] = []
	octets_left, taken = budget.octets, 0
	for ref in ordered:
		if taken >= budget.messages or (taken and ref.size > octets_left):
			break
		alone = _attempts(receipts, ref) > 0
		if not batches or alone or _is_full(batches[-1], ref, receipts, budget):
			batches.append([])
		batches[-1].append(ref)
		octets_left -= ref.size
		taken += 1
	return tuple(tuple(batch) for batch in batches), len(ordered) - taken


def _is_full(
	batch: Sequence[RemoteRef], ref: RemoteRef, receipts: Mapping[RemoteRef, Receipt], budget: Budget
) -> bool:
	return (
		len(batch) >= budget.batch_messages
		or sum(other.size for other in batch) + ref.size > budget.batch_octets
		or _attempts(receipts, batch[-1]) > 0
	)
