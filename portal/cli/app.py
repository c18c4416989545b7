"""The ``trackchild`` command: run the hub and its nodes, move records, look at matches, ask how all stands."""

import os
from typing import Annotated

import typer

from portal.cli import (
    accounts,
    adapter,
    audit,
    backup,
    bench,
    contract,
    demo,
    directory,
    doctor,
    encryption,
    erasing,
    exchange,
    failing,
    faults,
    keys,
    letters,
    match,
    node,
    port,
    reconcile,
    search,
    serve,
    work,
)
from portal.cli.discreet import Discreet

app = typer.Typer(
    cls=Discreet,
    name="trackchild",
    help="A hub that finds missing children across the databases of those who keep them.\n\n"
    "Start with: trackchild demo",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (demo, serve, work, node, port, exchange, search, doctor, backup, erasing):
    part.add_to(app)
for group in (
    match,
    letters,
    audit,
    adapter,
    contract,
    directory,
    accounts,
    bench,  # its commands join those of cases
    reconcile,
    faults,
    keys,
    encryption,
):
    app.add_typer(group.group)


def main() -> None:
    """Run the command; whatever goes wrong is one line on stderr and an exit code that says what to do next."""
    with failing.told():
        app()


@app.callback()
def everywhere(
    database: Annotated[
        str | None,
        typer.Option(help="The hub's database (SQLAlchemy URL); else TRACKCHILD_DATABASE, else ./trackchild.db."),
    ] = None,
) -> None:
    """Options that hold for every command."""
    if database is not None:
        os.environ["TRACKCHILD_DATABASE"] = database
