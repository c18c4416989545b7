"""``python -m portal.cli`` is the ``trackchild`` command."""

from portal.cli import main

main()
