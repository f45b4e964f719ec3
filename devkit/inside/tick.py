"""One tick of the scheduler: enqueues what is due on the site, as the scheduler's own process does."""

from frappe.utils.scheduler import enqueue_events_for_site, is_scheduler_inactive

from devkit.inside import connected, site_name


def sign_in() -> None:
	"""Leave the trace of a user: a site that nobody has used for days is scheduled once a day only."""
	with connected() as frappe:
		frappe.get_doc(
			{
				"doctype": "Activity Log",
				"subject": "Administrator logged in",
				"operation": "Login",
				"status": "Success",
				"user": "Administrator",
			}
		).insert(ignore_permissions=True)
		frappe.db.commit()


def must_schedule() -> None:
	"""End with words where the site's scheduler is switched off: nothing would ever be enqueued."""
	with connected():
		if is_scheduler_inactive():
			raise SystemExit(
				"The scheduler of this site is switched off: bench enable-scheduler, and pause_scheduler 0 "
				"in common_site_config.json."
			)


if __name__ == "__main__":
	must_schedule()
	sign_in()
	enqueue_events_for_site(site=site_name())
