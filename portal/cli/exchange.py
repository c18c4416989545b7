"""``trackchild port | pull | deliver``: records in, notices out, by hand where the clock is not wanted."""

from typing import Annotated

import typer
from rich.table import Table

from hub.reports import PullReport
from portal.cli import output
from portal.cli.opened import opened_hub

COUNTS = ("read", "indexed", "unchanged", "adults", "set_aside", "gaps", "error")
Participant = Annotated[str, typer.Argument(help="Id of the participant: see `trackchild registry participants`.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for command in (port, pull, deliver):
        app.command()(command)


def port(participant: Participant, as_json: output.Json = False) -> None:
    """Take in a participant's whole history, without matching; `trackchild match rebuild` follows.

    Example:

        trackchild port zipnet
    """
    with opened_hub() as hub, output.progress(f"porting {participant}", as_json) as advance:
        report = hub.port(participant, advance)
    output.show(report, as_json, lambda: counts("Ported", [report]))


def pull(
    participants: Annotated[
        list[str] | None, typer.Argument(help="Ids of participants; all that can be pulled if none.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Take in what changed at participants since the last time, and match it at once.

    Examples:

        trackchild pull police-br

        trackchild pull
    """
    reports = []
    with opened_hub() as hub:
        for participant in participants or hub.registry.participants.endpoints():
            with output.progress(f"pulling {participant}", as_json) as advance:
                reports.append(hub.pull(participant, advance))
    output.show(reports, as_json, lambda: counts("Pulled", reports))


def deliver(as_json: output.Json = False) -> None:
    """Deliver the notices that are owed and due, once.

    Example:

        trackchild deliver
    """
    with opened_hub() as hub, output.progress("delivering notices", as_json) as advance:
        report = hub.deliver(advance)
    columns = ("delivered", "retried", "dead", "waiting")
    output.show(report, as_json, lambda: output.table("Notices", columns, [[getattr(report, c) for c in columns]]))


def counts(title: str, reports: list[PullReport]) -> Table:
    """What became of every row, a line a participant."""
    rows = [[report.participant, *(getattr(report, count) for count in COUNTS)] for report in reports]
    return output.table(title, ("participant", *COUNTS), rows)
