"""A throw-away help desk on this machine: services, a site, sample mail; used by `./dev` and by the tests."""
