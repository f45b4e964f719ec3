"""Helpdesk Mail Channel: email in, tickets out, for Frappe help desks."""

__version__ = "0.1.0"
