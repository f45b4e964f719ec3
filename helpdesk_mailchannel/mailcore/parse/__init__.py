"""From the octets of a message to a `Message`: `message.parse` is the way in, each other file one idea."""
