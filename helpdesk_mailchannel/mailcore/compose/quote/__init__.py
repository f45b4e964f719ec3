"""Tells a message's new words from the history and signature beneath them: to fold, never to delete.

Every line is given a kind (`kinds`, `introductions`, `headers`, `signatures`), and one question is asked of
all (`fold`): from where on does nothing new follow? `plain` asks it of plain text, `marks` of HTML that is
laid out as lines, where the marks of mail programs overrule the words. What languages call things stands in
`phrases`.
"""
