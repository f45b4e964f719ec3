"""What Desk users may ask for and see. Each method checks the caller; none returns a secret.

Files with methods that Frappe calls do not use `from __future__ import annotations`: Frappe validates a
request's arguments against a method's type annotations, but not if these are strings.
"""
