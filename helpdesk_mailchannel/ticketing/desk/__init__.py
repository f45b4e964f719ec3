"""What people in the Desk may ask and see. Each method checks who asks; none returns a secret.

Files with methods that Frappe calls do without `from __future__ import annotations`: Frappe checks what a
request hands over against a method's types, but not where these are text.
"""
