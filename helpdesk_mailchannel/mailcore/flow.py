"""The one way a message takes, and the only place that knows its order.

	list → plan → claim → fetch → parse → facts → decide → file → settle

(`decide` is screen → thread → compose; the steps are in `run/`.) Three commits hold it together: a batch is
claimed before it is fetched (1), each message's fate is written together with the ticket it makes (2), and
the mailbox is touched only after that (3). Whenever a run dies, the next one repeats the cheap half.
docs/promises.md says what follows from this for the administrator.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.errors import ChannelError, RunStopped
from helpdesk_mailchannel.mailcore.model import RawMessage
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.run.batch import Batch
from helpdesk_mailchannel.mailcore.run.failures import decide_failures
from helpdesk_mailchannel.mailcore.run.fetching import claimed, fetch
from helpdesk_mailchannel.mailcore.run.filing import file
from helpdesk_mailchannel.mailcore.run.folders import Folder, bearing, read_folders
from helpdesk_mailchannel.mailcore.run.judging import facts_of, finishing, in_turn, judge
from helpdesk_mailchannel.mailcore.run.leftovers import finish_leftovers
from helpdesk_mailchannel.mailcore.run.parsing import parse_all
from helpdesk_mailchannel.mailcore.run.planning import batches, plan_folder
from helpdesk_mailchannel.mailcore.run.retrying import Retry, claim_again, fetch_again, retries, settle_again
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.run.settling import settle
from helpdesk_mailchannel.mailcore.run.withholding import count_refusals, decide_refusals


def poll(run: Run) -> RunReport:
	"""Read one mailbox once, within the channel's budget.

	Trouble with the channel is reported, not raised. Only what no run can survive, such as a job's time
	limit, is raised as an exception.
	"""
	try:
		for retry in retries(run):
			with bearing(run):
				_retry(run, retry)
		read_folders(run, _read)
	except ChannelError as error:
		run.report.trouble = run.report.trouble or error
	except RunStopped as stop:
		run.report.stopped = stop.sentence
	return run.end()


def _read(run: Run, folder: Folder) -> None:
	listing = run.session.list(run.settings.reading.since)
	work = plan_folder(run, folder, listing)
	finish_leftovers(run, folder, listing, work)
	for refs in batches(run, work):
		with claimed(run, refs) as batch:  # commit 1
			_judge(run, batch, fetch(run, folder, batch))
			count_refusals(run, folder)
		settle(run, folder)  # commit 3
	decide_refusals(run, folder)
	decide_failures(run)
	settle(run, folder)


def _judge(run: Run, batch: Batch, raws: list[RawMessage]) -> None:
	messages = parse_all(run, batch, raws)
	facts = facts_of(run, messages)
	for message in in_turn(run, batch, messages):
		with finishing(run, batch, message):
			decision = judge(run, message, facts)
			facts = file(run, message, decision, facts)  # commit 2


def _retry(run: Run, retry: Retry) -> None:
	batch = claim_again(run, retry)  # commit 1
	_judge(run, batch, fetch_again(run, retry, batch))
	settle_again(run, retry)  # commit 3
