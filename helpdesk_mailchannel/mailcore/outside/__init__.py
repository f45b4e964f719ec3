"""What comes from outside, made fit to be stored, shown and compared: plain, without secrets."""
