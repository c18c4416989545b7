"""``python -m portal.cli`` is the ``trackchild`` command."""

from portal.cli.app import main

main()
