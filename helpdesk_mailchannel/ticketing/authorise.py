"""The redirect address for sign-in providers; `desk.authorize` does the work.

Administrators have registered this exact address with their providers: it must never change.
"""

from helpdesk_mailchannel.ticketing.desk.authorize import callback

__all__ = ["callback"]
