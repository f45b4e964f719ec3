"""Real mail servers on loopback; no site."""

from devkit.fixtures import dovecot, mailbox, smtp_sink  # noqa: F401
