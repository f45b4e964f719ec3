"""Runs that are killed and cut: a real site, real mail servers, and watched wires between them."""

from devkit.fixtures import connected_site, dovecot, mailbox, site  # noqa: F401
