"""Tells a message's new words from the history and signature beneath them: to fold, never to delete.

Every line is given a kind (`kinds`, `introductions`, `headers`, `signatures`), and one question decides
(`fold`): from which line on does nothing new follow? `plain` asks it for plain text, `marks` for HTML that is
laid out as lines, where the marks of mail programs overrule the words. `phrases` has what languages call
things.
"""
