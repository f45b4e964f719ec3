"""A channel's secrets: each kept with its server, renewed by one worker, given out when they are used."""
