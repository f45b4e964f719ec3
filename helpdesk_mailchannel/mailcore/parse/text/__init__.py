"""Turns octets into readable text: undoes transfer encodings and charsets, removes the invisible."""
