"""The rules of the chain, one question a file."""
