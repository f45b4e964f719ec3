"""A database transaction that only its owner may end.

Hooks of other apps run inside the transaction that files a message. One that commits would separate the
ticket from its receipt; one that rolls back would lose both, and we would record a fate that never happened.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import extract_stack

import frappe

from helpdesk_mailchannel.mailcore.errors import ChannelError, MailChannelError, MessageError
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _

OUR_DISK = frozenset(
	{
		errno.ENOSPC,
		errno.EDQUOT,
		errno.EROFS,
		errno.EIO,
		errno.EACCES,
		errno.EPERM,
		errno.EMFILE,
		errno.ENFILE,
	}
)
"""Errors in storing a file that every message would meet; others are about this file, such as its name."""
RECORD_CHANGED, SERIALIZATION_FAILURE = 1020, "40001"
"""MariaDB from 11.6, and Postgres: another transaction changed the row after ours had begun."""
SERVER_TROUBLE = frozenset(
	{
		1021,  # disk full
		1037,  # out of memory
		1038,  # out of memory for sorting
		1040,  # too many connections
		1041,  # out of memory
		1044,  # no access to the database
		1045,  # no access
		1053,  # shutting down
		1114,  # table full
		1158,  # network, and the next three
		1159,
		1160,
		1161,
		1203,  # too many connections of this user
		1205,  # waited too long for a lock
		1213,  # deadlock
		1226,  # a resource of this user is used up
		1290,  # read-only
		1317,  # interrupted
		1836,  # read-only
		1927,  # connection killed
		1969,  # out of time
		RECORD_CHANGED,
	}
)
"""What MariaDB answers when it cannot work; the other numbers are about a statement and its data."""
CLIENT_ERRORS = range(2000, 3000)
"""The numbers of a connection that failed."""


class Collision(ChannelError):
	"""A conflict with another transaction: a deadlock, or the same record created at the same moment.

	No error in itself: the same work may succeed if retried at once.
	"""

	def __init__(self, error: BaseException) -> None:
		super().__init__(
			Trouble.SITE_TROUBLE,
			Step.FILE,
			_("The database was too busy ({0}).").format(type(error).__name__),
		)


@contextmanager
def transaction() -> Iterator[None]:
	"""Begin on fresh data, commit at the end, roll back on any error.

	Raises the engine's errors unchanged, the database's as ChannelError(SITE_TROUBLE) (Collision is one),
	and others unchanged.
	"""
	try:
		begin_anew()
		yield
		frappe.db.commit()
	except BaseException as error:
		_rollback_quietly()
		if isinstance(error, MailChannelError):
			raise
		if is_collision(error):
			raise Collision(error) from error
		if not is_database_trouble(error):
			raise
		detail = _("The database answered: {0}.").format(type(error).__name__)
		raise ChannelError(Trouble.SITE_TROUBLE, Step.FILE, detail) from error


@contextmanager
def fenced() -> Iterator[None]:
	"""Within a transaction, keep hooks from committing it, and detect one that rolls it back.

	A commit is skipped and logged with the caller's location. A rollback to a savepoint is allowed; a full
	one makes the message fail, because what came before it is lost.
	"""
	database = frappe.db
	commit, rollback = database.commit, database.rollback

	def refuse_commit(*args: object, **kwargs: object) -> None:
		frappe.logger("mailchannel").warning(
			f"A hook's commit was skipped while filing a message: {_caller()}"
		)

	def refuse_rollback(*args: object, save_point: str | None = None, **kwargs: object) -> object:
		if save_point or args:
			return rollback(*args, save_point=save_point, **kwargs) if save_point else rollback(*args)
		raise MessageError(
			Reason.SITE_REFUSED, _("A hook rolled the work back: {0}.").format(_caller()), passing=True
		)

	database.commit, database.rollback = refuse_commit, refuse_rollback
	try:
		yield
	finally:
		database.commit, database.rollback = commit, rollback


def begin_anew() -> None:
	"""Begin a transaction, over a new connection if the database has closed the old one."""
	try:
		frappe.db.rollback()
	except Exception:
		reconnect()


def reconnect() -> None:
	"""Abandon the database connection as it is, and open a new one."""
	frappe.connect(set_admin_as_user=False)


def log_error(title: str) -> None:
	"""Write the current exception to the Error Log and commit. No transaction may be open."""
	begin_anew()
	frappe.log_error(title=title)
	frappe.db.commit()


def is_collision(error: BaseException) -> bool:
	"""Return whether two transactions conflicted and one had to give way."""
	if isinstance(error, frappe.QueryDeadlockError | frappe.QueryTimeoutError | frappe.DuplicateEntryError):
		return True
	code = getattr(error, "pgcode", None) or next(iter(error.args), None)
	return is_database_trouble(error) and code in (RECORD_CHANGED, SERIALIZATION_FAILURE)


def is_database_trouble(error: BaseException) -> bool:
	"""Return whether the database or its connection failed, as opposed to rejecting the data.

	MariaDB raises OperationalError for an invalid date too, so there the error number decides.
	"""
	if frappe.db.is_interface_error(error):
		return True
	if not isinstance(error, frappe.db.OperationalError | frappe.db.InternalError):
		return False
	code = next(iter(error.args), None)
	return not isinstance(code, int) or code in SERVER_TROUBLE or code in CLIENT_ERRORS


def is_disk_trouble(error: BaseException) -> bool:
	"""Return whether the disk failed, as opposed to a library failing to parse a file."""
	return isinstance(error, OSError) and error.errno in OUR_DISK


def concerns_all(error: BaseException) -> bool:
	"""Return whether an error ends the whole transaction, whichever part of it ran into it."""
	known = isinstance(error, MailChannelError) or is_collision(error)
	return known or is_disk_trouble(error) or is_database_trouble(error)


def _caller() -> str:
	frames = [
		frame for frame in extract_stack() if "/apps/" in frame.filename or "site-packages" in frame.filename
	]
	frame = (frames or list(extract_stack()))[-1]
	return f"{frame.filename}:{frame.lineno} in {frame.name}"


def _rollback_quietly() -> None:
	"""Roll back; a lost connection has already been rolled back."""
	try:
		frappe.db.rollback()
	except Exception:
		frappe.logger("mailchannel").warning("Rolling back failed; the connection is probably gone.")
