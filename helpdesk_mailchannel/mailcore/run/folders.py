"""Opens the folders of a mailbox, one after another; none keeps the others from being read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.errors import ChannelError, MailChannelError
from helpdesk_mailchannel.mailcore.model import FolderState, Receipt, RemoteFolder, RemoteRef
from helpdesk_mailchannel.mailcore.outside.plain_text import is_plain, plain_line
from helpdesk_mailchannel.mailcore.plan import NEARLY_ALL
from helpdesk_mailchannel.mailcore.ports import Settled
from helpdesk_mailchannel.mailcore.reasons import Fate, Step, Trouble
from helpdesk_mailchannel.mailcore.routes import routes
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, FolderRoute

MOST_UIDVALIDITY_CHANGES = 5
"""Of one folder within a day; beyond this, the server's numbers or names for messages mean nothing."""
OF_A_FOLDER: frozenset[Trouble] = frozenset(
	{
		Trouble.FOLDER_MISSING,
		Trouble.MAILBOX_UNAVAILABLE,
		Trouble.UIDVALIDITY_UNSTABLE,
		Trouble.MESSAGES_WITHHELD,
		Trouble.SERVER_CONFUSED,
		Trouble.SERVER_FLOODS,
		Trouble.CONNECTION_LOST,
		Trouble.CONNECTION_TIMEOUT,
	}
)
"""What may affect one folder alone: another is opened if the server can still be reached."""


@dataclass
class Folder:
	"""The open folder, and what the run has seen of it."""

	route: FolderRoute
	state: FolderState
	renumbered: bool = False
	"""It recently got another UIDVALIDITY: copies made before have lost their receipts."""
	witnesses: Sequence[RemoteRef] = ()
	"""Messages at which no attempt has failed: what to ask for when others are refused."""
	missing: Sequence[Receipt] = ()
	"""What should be in it but is not listed, if almost everything is missing: it may have new names."""
	handed_out: bool = False
	"""The server has handed out a message of it in this run, so a refusal concerns only its own message."""


def read_folders(run: Run, read: Callable[[Run, Folder], None]) -> None:
	"""Open each folder and `read` it, first the one at which the last run had to end.

	Trouble with one folder is remembered, and the others are read all the same.
	"""
	to_read = routes(run.settings.reading, _existing(run))
	_close_abandoned(run, [route.read for route in to_read])
	several = len(to_read) > 1
	first = run.ledger.first_folder() if several else ""
	turns = _Turns(_beginning_with(first, to_read))
	try:
		_read_in_turn(run, turns, read)
	finally:
		if several and turns.next_first() != first:
			with suppress(MailChannelError):
				run.ledger.begin_next_with(turns.next_first())


@contextmanager
def bearing(run: Run) -> Iterator[None]:
	"""Remember a trouble that may concern only one folder, so that the next one is still opened."""
	try:
		yield
	except ChannelError as error:
		if error.trouble not in OF_A_FOLDER:
			raise
		run.let_go()
		run.note_folder_trouble(error)


@dataclass
class _Turns:
	"""The folders in the order of a run, and the first of them that did not get its due."""

	routes: Sequence[FolderRoute]
	short: FolderRoute | None = None

	def cut_short(self, route: FolderRoute) -> None:
		"""Note that there was no time, no budget or no connection left for it."""
		self.short = self.short or route

	def next_first(self) -> str:
		"""Return the folder that the next run begins with; empty for the usual order.

		Not the one that this run began with: what was not enough for it alone is never enough for others.
		"""
		if self.short is not None and self.short is self.routes[0]:
			return self.routes[1].read if len(self.routes) > 1 else ""
		return self.short.read if self.short else ""


def _beginning_with(first: str, to_read: Sequence[FolderRoute]) -> Sequence[FolderRoute]:
	at = next((number for number, route in enumerate(to_read) if route.read == first), 0)
	return [*to_read[at:], *to_read[:at]]


def _read_in_turn(run: Run, turns: _Turns, read: Callable[[Run, Folder], None]) -> None:
	for number, route in enumerate(turns.routes):
		if number and run.begins_nothing_more(after=number):
			turns.cut_short(route)
			return
		left_over = run.report.left_over
		try:
			run.recover()
			with bearing(run):
				run.concluded = []
				folder = _opened(run, route)
				read(run, folder)
				run.folders_read += 1
				_note_renaming(run, folder)
		except MailChannelError:
			turns.cut_short(route)
			raise
		if run.report.left_over > left_over:
			turns.cut_short(route)


def _existing(run: Run) -> Sequence[RemoteFolder]:
	if not run.settings.reading.all_folders:
		return ()
	run.recover()
	folders = run.session.folders()
	for unreadable in (folder.name for folder in folders if not is_plain(folder.name)):
		run.report.warn(
			_('The folder {0} is not read: rename it without < > " and entities.').format(
				plain_line(unreadable)
			)
		)
	return folders


def _close_abandoned(run: Run, read: Sequence[str]) -> None:
	"""Close what was decided in a folder that is no longer read: nobody will move it now, so it stays."""
	left = run.ledger.abandoned(read)
	if left:
		run.ledger.settled({each.key: Settled(each.ref, each.ref.folder) for each in left})


def _opened(run: Run, route: FolderRoute) -> Folder:
	state = run.session.open(route.read)
	if state.read_only and run.settings.reading.after is not AfterProcessing.LEAVE:
		run.report.warn(_("The folder {0} is read-only: its messages stay there.").format(state.name))
	changes = run.ledger.changes_of_uidvalidity(route.read, state.uidvalidity)
	if changes > MOST_UIDVALIDITY_CHANGES:
		numbered = run.session.capabilities.folders
		trouble = Trouble.UIDVALIDITY_UNSTABLE if numbered else Trouble.UIDL_MISSING
		raise ChannelError(trouble, Step.FOLDER, _("Folder: {0}.").format(route.read))
	return Folder(route, state, renumbered=changes > 0)


def _note_renaming(run: Run, folder: Folder) -> None:
	"""Count it if the server has renamed its messages: what is missing has come back.

	A server that does so in each session has the same messages read in each run, and never those after them.
	"""
	ids = {receipt.message_id for receipt in folder.missing if receipt.message_id}
	again = sum(each.fate is Fate.DUPLICATE or each.message_id in ids for each in run.concluded)
	if folder.missing and again and again > NEARLY_ALL * len(run.concluded):
		run.ledger.note_renaming(folder.route.read)
