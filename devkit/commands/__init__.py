"""What the commands of `./dev` do, one a file; the short ones are in `cli.py`."""
