"""A real site, with mail servers beside it."""

from devkit.fixtures import connected_site, dovecot, mailbox, scheduler, site, smtp_sink  # noqa: F401
