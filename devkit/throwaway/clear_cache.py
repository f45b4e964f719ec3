"""Makes the site forget what it has cached."""

from devkit.inside import connected

if __name__ == "__main__":
	with connected() as frappe:
		frappe.clear_cache()
		frappe.cache.delete_value("assets_json", shared=True)
