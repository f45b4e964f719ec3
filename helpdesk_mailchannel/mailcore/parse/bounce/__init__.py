"""Reads bounces: who was not reached, why, and which of our messages it is. Start at `delivery_report`."""
