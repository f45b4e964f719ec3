"""Makes the throw-away site: arguments are the database's root password, Administrator's, and the apps."""

import sys

import frappe
from frappe.installer import _new_site

from devkit.inside import connected, site_name


def main(root_password: str, admin_password: str, *apps: str) -> None:
	"""Make the site, skip the set-up wizard, enable the scheduler."""
	frappe.init(site=site_name(), new_site=True)
	_new_site(
		None,
		site_name(),
		db_root_username="root",
		db_root_password=root_password,
		admin_password=admin_password,
		install_apps=list(apps),
		force=True,
		no_mariadb_socket=True,
		db_type="mariadb",
		verbose=True,
	)
	frappe.destroy()
	with connected():
		settings = frappe.get_doc("System Settings")
		settings.update(
			{"setup_complete": 1, "language": "en", "time_zone": "Etc/UTC", "enable_scheduler": 1}
		)
		settings.flags.ignore_mandatory = True
		settings.save(ignore_permissions=True)
		frappe.db.set_value("User", "Administrator", "time_zone", "Etc/UTC")
		frappe.db.set_default("desktop:home_page", "workspace")
		# On a new site all jobs of the framework are due, and the first tick would run them all.
		jobs = frappe.qb.DocType("Scheduled Job Type")
		frappe.qb.update(jobs).set(jobs.last_execution, frappe.utils.now()).run()
		frappe.db.set_single_value("System Settings", "setup_complete", 1)
		for app in apps:
			if app not in frappe.get_installed_apps():
				raise SystemExit(f"{app} was not installed")
		frappe.db.commit()
		frappe.clear_cache()


if __name__ == "__main__":
	main(*sys.argv[1:])
