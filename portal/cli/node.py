"""``trackchild node``: run a look-alike of a foreign system, with its own database: for trials, or for want of one."""

from pathlib import Path
from typing import Annotated

import typer

from portal.cli import output


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(node)


def node(
    kind: Annotated[str, typer.Argument(help="Kind of system: see `trackchild adapter list`.")],
    port: output.Port = 0,
    database: Annotated[str, typer.Option(help="The node's own database (SQLAlchemy URL).")] = "sqlite:///node.db",
    load: Annotated[
        Path | None,
        typer.Option(help="JSON lines in the system's own words, loaded first.", exists=True, dir_okay=False),
    ] = None,
    key: Annotated[
        str | None, typer.Option(envvar="TRACKCHILD_NODE_KEY", help="The secret its callers must show.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Run one foreign system of KIND. Prints `ready ADDRESS` when it listens.

    Example:

        trackchild node cci --port 8204 --database sqlite:///home.db --load residents.jsonl
    """
    from adapters import catalog

    catalog.node(kind)(port=port, database=database, load=load, key=key, announce=output.announced(as_json))
