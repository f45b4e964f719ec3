"""Tells a message that a server does not hand out from a server that hands out nothing.

A refusal is held until another message shows which it is, as with failures of the site. Nothing that is
refused is ever called gone: see docs/decisions/0135-gone-is-what-a-listing-says.md.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Claim, Message, Outcome, RawMessage, RemoteRef, Withheld
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.run.folders import Folder
from helpdesk_mailchannel.mailcore.run.parsing import try_to_read
from helpdesk_mailchannel.mailcore.run.run import Run

SAME_REFUSALS = 3
"""This many different messages refused in a row are reason to ask whether the server hands out any."""


def hold(run: Run, folder: Folder, claim: Claim, refusal: Withheld) -> None:
	"""Keep a refusal until it is known whose it is. Raises ChannelError if everything is refused."""
	run.withheld.append((claim, refusal))
	if len(run.withheld) >= SAME_REFUSALS:
		_stop_if_all_refused(run, folder)


def count_refusals(run: Run, folder: Folder) -> None:
	"""Let the refusals count against their messages if the server has handed out another one."""
	if folder.handed_out:
		_count_all(run)


def decide_refusals(run: Run, folder: Folder) -> None:
	"""Decide what is still held at the end of a folder. Raises ChannelError if everything is refused."""
	if run.withheld:
		_stop_if_all_refused(run, folder)
		_count_all(run)


def _count_all(run: Run) -> None:
	held, run.withheld = run.withheld, []
	for claim, refusal in held:
		_count(run, claim, refusal)


def _count(run: Run, claim: Claim, refusal: Withheld) -> None:
	"""Let a message be requested again later, or fail if that was often enough."""
	outcome = Outcome(Reason.WITHHELD, refusal.said)
	message = _message_by_header(run, claim.ref)
	if claim.attempt < run.settings.retry.max_passing_attempts:
		run.postpone(claim, outcome, message)
	else:
		run.conclude(claim, outcome, message)


def _message_by_header(run: Run, ref: RemoteRef) -> Message | None:
	"""Return what the server tells of a message without handing it out; None if it tells nothing."""
	try:
		header = run.session.fetch_header(ref)
	except ChannelError as error:
		if error.trouble is Trouble.SERVER_SLOW:
			run.report.trouble = error
		return None
	return try_to_read(run, header) if header and header.octets else None


def _stop_if_all_refused(run: Run, folder: Folder) -> None:
	if folder.handed_out or _are_known(run) or _is_single(run, folder) or _another_is_handed_out(run, folder):
		return
	_, refusal = run.withheld[-1]
	raise ChannelError(refusal.trouble, Step.FETCH, refusal.said)


def _are_known(run: Run) -> bool:
	"""Return whether all of them were found to be the messages' own before."""
	return all(claim.attempt > 1 for claim, _ in run.withheld)


def _is_single(run: Run, folder: Folder) -> bool:
	"""Return whether there is only one message to ask for, and the refusal is about it."""
	_, refusal = run.withheld[0]
	about_it = refusal.trouble is not Trouble.MAILBOX_UNAVAILABLE
	return len(run.withheld) == 1 and about_it and not _others(run, folder)


def _another_is_handed_out(run: Run, folder: Folder) -> bool:
	"""Ask for a message from the other end: some bad ones at the front must not stop the channel."""
	answers = list(run.session.fetch(_others(run, folder)[-1:]))
	folder.handed_out = any(isinstance(answer, RawMessage) for answer in answers)
	return folder.handed_out


def _others(run: Run, folder: Folder) -> list[RemoteRef]:
	held = {claim.ref for claim, _ in run.withheld}
	return [ref for ref in folder.witnesses if ref not in held]
