"""Runs that are killed and cut: a real site, real mail servers, and a wire between them that can be watched."""

from devkit.fixtures import connected_site, dovecot, mailbox, site  # noqa: F401
