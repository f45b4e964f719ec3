"""What is recorded about each message, and who may record it: receipts, identities, originals, lease."""
