"""``trackchild port``: a participant's whole history, read live or from what was saved of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType

from hub.reports import PullReport
from portal.cli import output
from portal.cli.exchange import Participant, all_answered, counts, known
from portal.cli.opened import opened_hub, patiently

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.porting import Seen, UnknownStation

_SHOWN = 30


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(port)


def port(
    participant: Participant,
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="Saved JSON, CSV, XLSX, HTML; folders, zip and tar of them. None: the live system."),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Write what was set aside here: file and row, id, field, rule.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Take in a participant's whole history, without matching; `trackchild match rebuild` follows.

    Broken off by whatever, it goes on where it was when it is typed again.

    Examples:

        trackchild port zipnet

        trackchild port zipnet saved/2013 saved/2014.tar.gz all.csv --rejects rejects.csv
    """
    from hub import porting

    with opened_hub() as hub:
        known(hub, [participant])
        seen = porting.Seen(participant)
        named = porting.sources(sources or [])
        reports = [_saved(hub, participant, source, seen, as_json) for source in named] or [
            _live(hub, participant, as_json)
        ]
        unknown = seen.unknown(hub.registry.stations)
        rejected = porting.write_rejects(hub.store, participant, rejects) if rejects is not None else None
    told = {"reports": reports, "unknown_stations": unknown, "rejected": rejected}
    output.show(told if sources else reports[0], as_json, lambda: _told(reports, unknown, rejected, rejects))
    all_answered(reports)


def _live(hub: "Hub", participant: str, quiet: bool) -> PullReport:
    with output.progress(f"porting {participant}", quiet) as advance:
        return hub.port(participant, advance)


def _saved(hub: "Hub", participant: str, source: Path, seen: "Seen", quiet: bool) -> PullReport:
    with output.progress(f"porting {source.name}", quiet) as advance:
        return patiently(hub, lambda: hub.port_saved(participant, source, seen, advance))


def _told(reports: list[PullReport], unknown: "list[UnknownStation]", rejected: int | None, path: Path | None) -> Group:
    parts: list[RenderableType] = [counts("Ported", reports)]
    if unknown:
        title = f"{len(unknown)} spellings of stations that the directory does not know"
        rows = [(one.written, one.state, one.times, _meant(one)) for one in unknown[:_SHOWN]]
        parts.append(output.table(title, ("written", "state", "times", "may be"), rows))
    if rejected is not None:
        parts.append(f"{rejected} rows set aside are listed in {path}")
    return Group(*parts)


def _meant(one: "UnknownStation") -> str:
    return ", ".join(f"{may.name} ({may.station}, {may.likeness:.0%})" for may in one.suggestions[:3])
