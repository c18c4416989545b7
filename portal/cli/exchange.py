"""``trackchild pull | deliver``: records in, notices out, by hand where the clock is not wanted."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from contracts import TrackChildError, Unready
from hub.reports import PullReport
from portal.cli import output
from portal.cli.opened import opened_hub

if TYPE_CHECKING:
    from hub.app import Hub

COUNTS = ("read", "indexed", "unchanged", "adults", "set_aside", "gaps", "error")
Participant = Annotated[str, typer.Argument(help="Id of the participant: see `trackchild registry participants`.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for command in (pull, deliver):
        app.command()(command)


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
        for participant in known(hub, participants) if participants else hub.pullable():
            with output.progress(f"pulling {participant}", as_json) as advance:
                reports.append(_pulled(hub, participant, advance))
    output.show(reports, as_json, lambda: counts("Pulled", reports))
    all_answered(reports)


def known(hub: "Hub", participants: list[str]) -> list[str]:
    """The same ids; ``Refused`` (``unknown_participant``) before anything is pulled."""
    return [hub.registry.participants.require(one).id for one in participants]


def _pulled(hub: "Hub", participant: str, advance: output.Advance) -> PullReport:
    """One participant's system that cannot be spoken to must not keep the others waiting."""
    begun = datetime.datetime.now(datetime.UTC)
    try:
        return hub.pull(participant, advance)
    except TrackChildError as error:
        output.errors.print(f"{participant}: {error}", markup=False, soft_wrap=True)
        return PullReport(run_id="none", participant=participant, started_at=begun, ended_at=begun, error=error.code)


def all_answered(reports: list[PullReport]) -> None:
    silent = [f"{report.participant} ({report.error})" for report in reports if report.error]
    if silent:
        raise Unready(
            "pull_broke_off", f"{', '.join(silent)} broke off; try: trackchild adapter check {silent[0].split()[0]}"
        )


def deliver(as_json: output.Json = False) -> None:
    """Deliver the notices that are owed and due, once.

    Example:

        trackchild deliver
    """
    with opened_hub() as hub, output.progress("delivering notices", as_json) as advance:
        report = hub.deliver(advance)
    columns = ("delivered", "retried", "dead", "doubt", "waiting")
    output.show(report, as_json, lambda: output.table("Notices", columns, [[getattr(report, c) for c in columns]]))


def counts(title: str, reports: list[PullReport]) -> Table:
    """What became of every row, a line a participant."""
    rows = [[report.participant, *(getattr(report, count) for count in COUNTS)] for report in reports]
    return output.table(title, ("participant", *COUNTS), rows)
