"""``trackchild serve``: the portal and both doors on one port, with the clock that pulls and delivers."""

import os
from typing import Annotated

import typer

from portal.cli import output
from portal.cli.opened import opened_hub


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(serve)


def serve(
    port: output.Port = 8000,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    clock: Annotated[bool, typer.Option(help="Also run pulls and deliveries at their times.")] = True,
    as_json: output.Json = False,
) -> None:
    """Serve the portal, `/api/v1`, `/soap` and `/soap12`. Ctrl-C ends it.

    Examples:

        trackchild serve

        trackchild --database postgresql+psycopg://hub@db/trackchild serve --host 0.0.0.0 --port 8443 --no-clock
    """
    from hub.working import Worker
    from portal.web import app as web
    from portal.web.server import listen, run

    with opened_hub() as hub, listen(host, port) as listening:
        worker = Worker(hub, hub.courier) if clock else None
        if worker is not None:
            worker.start()
        hub.asking.prepare_later()
        try:
            run(web(hub), listening, output.announced(as_json))
        finally:
            if worker is not None and not worker.stop(hub.settings.drain_seconds):
                # Something hangs in a foreign system. Its claims run out, and another process takes them up.
                os._exit(0)
