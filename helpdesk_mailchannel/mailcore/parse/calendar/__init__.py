"""Reads invitations (iCalendar, RFC 5545) out in plain words. Start reading at `read_calendar`."""
