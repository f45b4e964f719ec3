"""Takes up failed messages for which a person clicked Retry, wherever their copies are now.

What this files moves from the failure to the success folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Outcome, RawMessage, Receipt, RemoteRef, Withheld
from helpdesk_mailchannel.mailcore.ports import Settled
from helpdesk_mailchannel.mailcore.reasons import Reason, Trouble
from helpdesk_mailchannel.mailcore.run.batch import Batch
from helpdesk_mailchannel.mailcore.run.folders import Folder, bearing
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.run.settling import settle
from helpdesk_mailchannel.mailcore.settings import FolderRoute


@dataclass(frozen=True)
class Retry:
	"""A message to take up again; without a copy if none can be found."""

	receipt: Receipt
	folder: Folder | None = None
	"""The folder that the copy is in, opened."""
	copy: RemoteRef | None = None


def retries(run: Run) -> Iterator[Retry]:
	"""Yield as many as there is time for."""
	for number, receipt in enumerate(run.ledger.retries()):
		if run.begins_nothing_more(after=number):
			return
		run.recover()
		with bearing(run):
			yield _found(run, receipt)


def claim_again(run: Run, retry: Retry) -> Batch:
	"""Claim the message, unless an earlier run has decided it and only could not move it.

	The attempt counts, even if the run ends before the message is decided.
	"""
	receipt = retry.receipt
	if receipt.reason and receipt.state.is_unsettled:
		run.decided.append(receipt)
		return Batch()
	return Batch({claim.ref: claim for claim in run.ledger.claim([receipt.ref])}, asked=True)


def fetch_again(run: Run, retry: Retry, batch: Batch) -> list[RawMessage]:
	"""Fetch the message, or conclude why it cannot be had or is given up."""
	for ref, claim in list(batch.claims.items()):
		answer = _octets_of(run, retry)
		raw = answer if isinstance(answer, RawMessage) else None
		if raw and claim.attempt <= run.settings.retry.max_attempts:
			return [raw]
		keep = raw.octets if raw else None
		run.conclude(batch.claims.pop(ref), _why_not_read(run, retry, answer), None, keep=keep)
	return []


def settle_again(run: Run, retry: Retry) -> None:
	"""Settle the message where its copy is now."""
	decided = run.take_decided()
	if retry.folder is None or retry.copy is None:
		run.ledger.settled({each.key: Settled(retry.receipt.ref) for each in decided})
		return
	run.decided = [replace(each, ref=retry.copy) for each in decided]
	settle(run, retry.folder)


def _found(run: Run, receipt: Receipt) -> Retry:
	where = receipt.where or receipt.ref
	try:
		state = run.session.open(where.folder)
	except ChannelError as error:
		if error.trouble is not Trouble.FOLDER_MISSING:
			raise
		return Retry(receipt)
	folder = Folder(_route_of(run, receipt), state)
	if where.uid and where.uidvalidity == state.uidvalidity:
		return Retry(receipt, folder, where)
	return Retry(receipt, folder, run.session.find(receipt.message_id) if receipt.message_id else None)


def _octets_of(run: Run, retry: Retry) -> RawMessage | Withheld | None:
	kept = run.ledger.original(retry.receipt.key)
	if kept is not None:
		return RawMessage(retry.receipt.ref, kept)
	if retry.copy is None or _is_too_large(run, retry.copy):
		return None
	answer = next(iter(run.session.fetch([retry.copy])), None)
	return replace(answer, ref=retry.receipt.ref) if answer else None


def _why_not_read(run: Run, retry: Retry, answer: RawMessage | Withheld | None) -> Outcome:
	"""Say why it was not read. Only what a server no longer names is gone; a copy not found may exist."""
	match answer:
		case RawMessage():
			return Outcome(Reason.TOO_MANY_ATTEMPTS)
		case Withheld(said=said):
			return Outcome(Reason.WITHHELD, said)
		case _ if retry.copy is None:
			return Outcome(Reason.COPY_UNKNOWN)
		case _ if _is_too_large(run, retry.copy):
			return Outcome(Reason.TOO_LARGE)
		case _:
			return Outcome(Reason.GONE)


def _is_too_large(run: Run, ref: RemoteRef) -> bool:
	return ref.size > run.settings.limits.message


def _route_of(run: Run, receipt: Receipt) -> FolderRoute:
	routes = run.settings.reading.routes
	return next((route for route in routes if route.read == receipt.ref.folder), routes[0])
