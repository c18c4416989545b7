"""The demonstration: a synthetic world, told to four running systems, matched by a running hub."""
