"""``python -m portal.cli`` is the ``trackchild`` command."""

from portal.cli.entry import main

main()
