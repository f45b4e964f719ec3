"""The header of outgoing mail, so that its answer finds its ticket. Start reading at `header_text`."""
