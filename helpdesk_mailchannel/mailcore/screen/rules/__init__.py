"""The rules of the chain, one question per file."""
