"""Divides a message into its parts (MIME, RFC 2045 to 2049) and finds its text, HTML and files in them."""
