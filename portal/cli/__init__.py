"""The ``trackchild`` command line; ``app`` joins it, one module a command or group of commands."""
