"""Reads invitations (iCalendar, RFC 5545) out in plain words. The way in is `read_calendar`."""
