"""A channel's secrets: each bound to its server, renewed by one worker, handed out only when used."""
