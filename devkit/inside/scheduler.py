"""The scheduler, ticking for ever."""

from frappe.utils.scheduler import start_scheduler

if __name__ == "__main__":
	start_scheduler()
