"""POP3 (RFC 1939): `pop3_session` is the entry point."""
