"""Makes answers to outgoing email about tickets come back to their ticket. Start reading at `doc_events`."""
