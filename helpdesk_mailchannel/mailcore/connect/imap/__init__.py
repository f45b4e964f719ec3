"""IMAP (RFC 3501, RFC 9051): `imap_session` is the entry point."""
