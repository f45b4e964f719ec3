"""`./dev serve`: the site in a browser, with its scheduler and a worker, until Ctrl-C."""

import signal
import time

from devkit import ready
from devkit.sites.processes import Scheduler, Web, Worker
from devkit.steps import StepFailed, say


def main() -> int:
	"""Serve until interrupted; then stop the three processes again."""
	platform = ready.site(["mail", "desk"], "demo")
	web = Web(platform)
	processes = [web, Scheduler(platform), Worker(platform)]
	signal.signal(signal.SIGTERM, signal.default_int_handler)
	try:
		for process in processes:
			process.stop()
			process.start()
		say(f"\n  {web.url}/login\n  sign in as Administrator, password: {platform.admin_password}")
		say("  look at /app/mail-channels and /app/issue; ./dev demo, beside this, puts mail into it anew")
		say(f"  logs: {web.log.parent}\n  Ctrl-C stops it")
		while all(process.pid for process in processes):
			time.sleep(1)
		ended = ", ".join(process.name for process in processes if not process.pid)
		raise StepFailed(f"ended by itself: {ended}; see the logs in {web.log.parent}")
	finally:
		for process in reversed(processes):
			process.stop()
