"""Opens the folders of a mailbox, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import FolderState, RemoteFolder, RemoteRef
from helpdesk_mailchannel.mailcore.outside.plain_text import is_plain, plain_line
from helpdesk_mailchannel.mailcore.ports import Settled
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.routes import routes
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, FolderRoute

MOST_UIDVALIDITY_CHANGES = 5
"""Of one folder within a day; beyond it the server's numbers mean nothing."""


@dataclass
class Folder:
	"""The open folder, and what the run has seen of it."""

	route: FolderRoute
	state: FolderState
	renumbered: bool = False
	"""It got another UIDVALIDITY lately: copies made before have lost their receipts."""
	witnesses: Sequence[RemoteRef] = ()
	"""Messages that no attempt has failed at: what to ask for when others are refused."""
	handed_out: bool = False
	"""The server has handed out a message of it in this run, so a refusal is the message's own."""


def open_folders(run: Run) -> Iterator[Folder]:
	"""Open each folder that is to be read. Raises ChannelError at the end if one of them is missing."""
	missing: ChannelError | None = None
	to_read = routes(run.settings.reading, _existing(run))
	_close_abandoned(run, [route.read for route in to_read])
	for route in to_read:
		try:
			folder = _opened(run, route)
		except ChannelError as error:
			if error.trouble is not Trouble.FOLDER_MISSING:
				raise
			missing = error
		else:
			yield folder
		if run.begins_nothing_more():
			break
	if missing:
		raise missing


def _existing(run: Run) -> Sequence[RemoteFolder]:
	if not run.settings.reading.all_folders:
		return ()
	folders = run.session.folders()
	for unreadable in (folder.name for folder in folders if not is_plain(folder.name)):
		run.report.warn(
			_('The folder {0} is not read: rename it without < > " and entities.').format(
				plain_line(unreadable)
			)
		)
	return folders


def _close_abandoned(run: Run, read: Sequence[str]) -> None:
	"""Close what was decided in a folder that is read no longer: nobody moves it now, so it stays."""
	left = run.ledger.abandoned(read)
	if left:
		run.ledger.settled({each.key: Settled(each.ref, each.ref.folder) for each in left})


def _opened(run: Run, route: FolderRoute) -> Folder:
	state = run.session.open(route.read)
	if state.read_only and run.settings.reading.after is not AfterProcessing.LEAVE:
		run.report.warn(_("The folder {0} is read-only: its messages stay there.").format(state.name))
	changes = run.ledger.changes_of_uidvalidity(route.read, state.uidvalidity)
	if changes > MOST_UIDVALIDITY_CHANGES:
		raise ChannelError(Trouble.UIDVALIDITY_UNSTABLE, Step.FOLDER, _("Folder: {0}.").format(route.read))
	return Folder(route, state, renumbered=changes > 0)
