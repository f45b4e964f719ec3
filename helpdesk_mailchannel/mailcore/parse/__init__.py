"""Turns the octets of a message into a `Message`. Start reading at `message.parse`."""
