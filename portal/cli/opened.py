"""The hub as a command uses it: opened from the settings, closed whatever happens."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from contracts import Officer, Unready
from hub.access import EVERYWHERE, Role, person

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.reports import PullReport
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


def patiently(hub: "Hub", run: "Callable[[], PullReport]") -> "PullReport":
    """What a process that was killed still holds is waited for: its lease runs out."""
    until = time.monotonic() + hub.settings.lease_seconds + 5
    while True:
        try:
            return run()
        except Unready as error:
            if error.code != "already_running" or time.monotonic() > until:
                raise
        time.sleep(0.5)
