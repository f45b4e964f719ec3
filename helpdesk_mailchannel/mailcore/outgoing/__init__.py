"""The header of outgoing mail, so that answers find their ticket. Start reading at `header_text`."""
