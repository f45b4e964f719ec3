"""Reads bounces: who was not reached, why, and which message of ours it is. Start at `delivery_report`."""
