"""The engine: takes the messages of a mailbox one way, from the server to their fate.

Plain Python with types. It knows no Frappe and no ticket system; what it needs from a site it asks
through the protocols in `ports`. Start reading at `flow`.
"""
