"""A background worker; with `burst` it ends when the queues are empty. Further arguments are queues."""

import sys

from frappe.utils.background_jobs import start_worker

if __name__ == "__main__":
	queues = [argument for argument in sys.argv[1:] if argument != "burst"]
	start_worker(queue=",".join(queues) or None, burst="burst" in sys.argv)
