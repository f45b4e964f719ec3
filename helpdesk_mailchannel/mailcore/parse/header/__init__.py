"""Reads the fields of a header (RFC 5322): divided on octets, decoded, and by their kinds."""
