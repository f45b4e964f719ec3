"""The engine: takes the messages of a mailbox one way, from the server to their fate.

Plain Python with types. It knows neither Frappe nor any ticket system; whatever it needs from a site it gets
through the protocols in `ports`. Start reading at `flow`.
"""
