"""The private services: each with its own data folder and ports, on loopback, ended by its process id."""
