"""The hub as a command uses it: opened from the settings, closed whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from contracts import Officer
from hub.access import EVERYWHERE, Role, person

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.settings import Settings

#: Whoever sits at the machine's console: they hold the database anyway, and the audit names them as such.
CONSOLE = person(Officer(id="console", role="operator at the console"), Role.STATE_POLICE, EVERYWHERE)


@contextmanager
def opened_hub(settings: "Settings | None" = None) -> Iterator["Hub"]:
    """The hub of this command, closed at its end. The hub is imported only now, so that ``--help`` answers at once."""
    from hub.app import Hub

    hub = Hub.open(settings)
    try:
        yield hub
    finally:
        hub.close()
