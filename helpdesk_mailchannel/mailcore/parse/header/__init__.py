"""Reads the fields of a header (RFC 5322): splits them on octets, decodes them, and reads each kind."""
