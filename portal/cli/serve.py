"""``trackchild serve``: the portal and both doors on one port, with the clock that pulls and delivers."""

import os
from pathlib import Path
from typing import Annotated

import typer

from contracts import Refused
from portal.cli import output
from portal.cli.opened import opened_hub


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(serve)


def serve(
    port: output.Port = 8000,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    clock: Annotated[bool, typer.Option(help="Also run pulls and deliveries at their times.")] = True,
    tls: Annotated[Path | None, typer.Option(help="PEM with the server's key and certificate: serve over TLS.")] = None,
    client_ca: Annotated[
        Path | None, typer.Option(help="Certificate of the authority whose client certificates are taken.")
    ] = None,
    client_required: Annotated[
        bool, typer.Option("--client-required", help="Let nobody in without a client certificate: machines only.")
    ] = False,
    as_json: output.Json = False,
) -> None:
    """Serve the portal, `/api/v1`, `/soap` and `/soap12`. Ctrl-C ends it.

    Examples:

        trackchild serve

        trackchild --database postgresql+psycopg://hub@db/trackchild serve --host 0.0.0.0 --port 8443 --no-clock

        trackchild serve --tls hub.pem --client-ca authority/certificate.pem
    """
    from hub.working import Worker
    from portal.web import app as web
    from portal.web.server import listen, run
    from portal.web.tls import Tls

    if tls is None and (client_ca is not None or client_required):
        raise Refused("bad_tls_file", "Client certificates need TLS here: name the server's file with --tls.")
    ways = None if tls is None else Tls(tls, client_ca, client_required)

    with opened_hub() as hub, listen(host, port) as listening:
        worker = Worker(hub, hub.courier) if clock else None
        if worker is not None:
            worker.start()
        hub.asking.prepare_later()
        try:
            run(web(hub), listening, output.announced(as_json), ways)
        finally:
            if worker is not None and not worker.stop(hub.settings.drain_seconds):
                # Something hangs in a foreign system. Its claims run out, and another process takes them up.
                os._exit(0)
