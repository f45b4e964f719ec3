"""The address to which sign-in providers send people back; `desk.authorize` does the work.

Administrators have registered it with their providers, letter for letter: it must never change.
"""

from helpdesk_mailchannel.ticketing.desk.authorize import callback

__all__ = ["callback"]
