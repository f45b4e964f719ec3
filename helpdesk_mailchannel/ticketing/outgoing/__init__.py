"""Mail about tickets leaves so that its answer comes home. Start reading at `doc_events`."""
