"""Threading: does a message belong to a ticket, and can it prove that? Start reading at `match`."""
