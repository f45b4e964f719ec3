"""What is written down about each message, and who may write it: receipts, identities, originals, lease."""
