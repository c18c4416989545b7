"""``trackchild work``: one process of those that pull, match and deliver beside the web processes."""

import os
import signal
import sys
import threading
from typing import Annotated

import typer

from portal.cli import output
from portal.cli.opened import opened_hub


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(work)


def work(
    drain: Annotated[
        float | None, typer.Option(help="Seconds to finish what is under way at the end; else as in the settings.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Pull, match and deliver until SIGTERM or Ctrl-C. As many of them as are wanted may run on one PostgreSQL.

    Examples:

        trackchild work

        trackchild --database postgresql+psycopg://hub@db/trackchild work --drain 5
    """
    from hub.working import Worker

    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    with opened_hub() as hub:
        worker = Worker(hub, hub.courier)
        worker.start()
        sys.stdout.write('{"working": true}\n' if as_json else "working\n")
        sys.stdout.flush()
        ending.wait()
        if not worker.stop(drain or hub.settings.drain_seconds):
            # Something hangs in a foreign system. Its claims run out, and another process takes them up.
            os._exit(0)
