"""One tick of the scheduler: enqueues what is due on the site, as the scheduler's own process does."""

from frappe.utils.scheduler import enqueue_events_for_site

from devkit.inside import site_name

if __name__ == "__main__":
	enqueue_events_for_site(site=site_name())
