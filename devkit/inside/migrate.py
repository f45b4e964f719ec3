"""Brings the site up to date with the apps' files, as `bench migrate` does."""

from frappe.migrate import SiteMigration

from devkit.inside import site_name

if __name__ == "__main__":
	SiteMigration(skip_search_index=True).run(site=site_name())
