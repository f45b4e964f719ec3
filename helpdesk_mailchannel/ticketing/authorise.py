"""The address to which sign-in providers send people back; `desk.authorise` does the work.

Administrators have registered it with their providers, letter for letter: it must never change.
"""

from helpdesk_mailchannel.ticketing.desk.authorise import callback

__all__ = ["callback"]
