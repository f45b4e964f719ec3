"""Turns a message into what people will read: safe HTML, folded history, kept files, ticket fields.

Start at `draft.compose`. Nothing here decides whether a message is filed; that has been decided before.
"""
