"""Reads what only Outlook writes: `winmail.dat` (TNEF) and compressed rich text."""
