"""Where the ``trackchild`` command begins: before anything heavy is loaded, so that Ctrl-C is quiet from the start."""

import sys


def main() -> None:
    """Load the command line, then run it."""
    try:
        from portal.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()
