"""Everything that exists only because no package registry has Frappe, ERPNext or Helpdesk.

A throw-away site made from registries alone: Frappe's source under another name and the alias that undoes
it (`frappe_alias.py`), a stand-in for the ERP app (`standin/`), a build of the desk (`desk/`), the site's
database and Redis, and its pinned packages. Only `devkit.sites` imports it.
"""
