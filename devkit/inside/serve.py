"""The web server of the site, with its static files; the argument is the port."""

import os
import sys

import frappe.app
from frappe.middlewares import StaticDataMiddleware
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import run_simple

from devkit.inside import site_name

if __name__ == "__main__":
	frappe.app._site = site_name()
	frappe.app._sites_path = "."
	application = SharedDataMiddleware(frappe.app.application, {"/assets": os.path.abspath("assets")})
	application = StaticDataMiddleware(application, {"/files": os.path.abspath(".")})
	run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
