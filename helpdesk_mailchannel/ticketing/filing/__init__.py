"""Turns a message into a ticket or a reply: first what the site knows, then all of it in one transaction."""
