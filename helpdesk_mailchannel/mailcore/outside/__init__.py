"""Makes what comes from outside fit to be stored, shown and compared: plain, without secrets."""
