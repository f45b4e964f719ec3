"""When a mailbox is read, by whom, for how long, and how that went. Start reading at `job`."""
