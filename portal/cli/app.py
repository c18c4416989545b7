"""The ``trackchild`` command: run the hub and its nodes, move records, look at matches, ask how all stands."""

import os
import sys
from typing import Annotated

import typer

from contracts import Refused, Skipped, TrackChildError, Unready
from portal.cli import adapter, contract, demo, directory, doctor, exchange, match, node, serve

app = typer.Typer(
    name="trackchild",
    help="A hub that finds missing children across the databases of those who keep them.\n\n"
    "Start with: trackchild demo",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (demo, serve, node, exchange, doctor):
    part.add_to(app)
for group in (match, adapter, contract, directory):
    app.add_typer(group.group)

#: Exit codes by what to do next; 2 is typer's own for a wrong command line.
EXIT = {Refused: 3, Unready: 4, Skipped: 5}


def main() -> None:
    """Run the command; a known error is one line on stderr and an exit code that says what to do next."""
    try:
        app()
    except TrackChildError as error:
        sys.stderr.write(f"trackchild: {error}\n")
        for problem in error.problems:
            sys.stderr.write(f"  {problem.field}: {problem.message} [{problem.rule}]\n")
        sys.exit(next((code for kind, code in EXIT.items() if isinstance(error, kind)), 1))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
