"""PostgreSQL and Valkey from Python wheels, supervised by us: nothing has to be installed on the machine."""
