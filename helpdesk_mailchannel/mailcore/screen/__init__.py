"""Screening: is a message for people, and for this channel? Start reading at `chain`."""
