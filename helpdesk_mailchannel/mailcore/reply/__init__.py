"""Outgoing mail: what its header says, so that the answer finds its ticket. Start reading at `headers`."""
