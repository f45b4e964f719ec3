"""A stand-in for ERPNext and Helpdesk: their ticket DocTypes by name, field and meta."""

__version__ = "0.1.0"
