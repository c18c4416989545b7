"""``trackchild reconcile``: compare a participant's records in the index with its source, and mend what differs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from contracts import Refused
from portal.cli import output
from portal.cli.opened import CONSOLE, opened_hub

if TYPE_CHECKING:
    from hub.reports import Reconciliation


class _RunByDefault(TyperGroup):
    """``trackchild reconcile PARTICIPANT`` is ``trackchild reconcile run PARTICIPANT``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["run", *args]
        return super().parse_args(ctx, args)


group = typer.Typer(
    name="reconcile",
    cls=_RunByDefault,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Compare the index with the participants' own systems.\n\n"
    "`trackchild reconcile cci-dl` is `trackchild reconcile run cci-dl`.",
)
_COUNTS = (
    *("here", "there", "left_out", "gaps", "missing_here", "missing_there", "stale_here", "newer_here", "twice"),
    *("pulled_again", "withdrawn"),
)
_COLUMNS = ("source_id", "kind", "here_version", "here_at", "there_version", "there_at", "settled")
Run = Annotated[str, typer.Argument(help="Id of the reconciliation.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence.")]


@group.command()
def run(
    participant: Annotated[str, typer.Argument(help="Id of the participant, e.g. cci-dl.")],
    mend: Annotated[bool, typer.Option(help="Pull again what is missing or stale, withdraw what is gone.")] = False,
    differences: Annotated[Path | None, typer.Option(help="Write the records that differ to this CSV file.")] = None,
    as_json: output.Json = False,
) -> None:
    """Compare counts, ids and versions; every difference is looked at twice. An answer that is empty or suddenly small
    is held for a person, never taken as deletions.

    Examples:

        trackchild reconcile run cci-dl --differences cci-dl.csv

        trackchild reconcile run cci-dl --mend
    """
    with opened_hub() as hub:
        with output.progress(f"Listing {participant}", as_json) as progress:
            found = hub.reconciling.run(participant, mend, progress)
        if differences is not None:
            _write(differences, [output.plain(one) for one in hub.reconciling.differences(found.run_id)])
    _show(found, as_json)


@group.command(name="list")
def list_runs(
    participant: Annotated[str | None, typer.Option(help="Only those of this participant.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 20,
    as_json: output.Json = False,
) -> None:
    """Reconciliations, newest first.

    Example:

        trackchild reconcile list --participant cci-dl
    """
    with opened_hub() as hub:
        found = [output.plain(one) for one in hub.reconciling.latest(participant, limit)]
    columns = ("started_at", "participant", "run_id", "state", "why", "here", "there", "missing_here", "missing_there")
    rows = [[one.get(name) for name in columns] for one in found]
    output.show(found, as_json, lambda: output.table("Reconciliations", columns, rows))


@group.command()
def release(run_id: Run, reason: Reason, as_json: output.Json = False) -> None:
    """Believe a held answer: mend, withdraw what is gone.

    Example:

        trackchild reconcile release 5b0c5c9e-0000-4000-8000-000000000000 --reason "The home closed; its children moved"
    """
    with opened_hub() as hub:
        _show(hub.reconciling.release(run_id, CONSOLE.id, reason), as_json)


@group.command()
def discard(run_id: Run, reason: Reason, as_json: output.Json = False) -> None:
    """Do not believe a held answer: nothing changes, the next one begins anew.

    Example:

        trackchild reconcile discard 5b0c5c9e-0000-4000-8000-000000000000 --reason "Their server was being rebuilt"
    """
    with opened_hub() as hub:
        _show(hub.reconciling.discard(run_id, CONSOLE.id, reason), as_json)


def _show(found: "Reconciliation", as_json: bool) -> None:
    said = output.plain(found)
    rows = [(name.replace("_", " "), said.get(name, 0)) for name in _COUNTS]
    title = f"{found.participant}: {found.state}" + (f" ({found.why})" if found.why else "")
    output.show(found, as_json, lambda: output.table(title, ("what", "records"), rows))


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    from registry.sheet_files import csv_text  # openpyxl comes with it: half a second that no other command needs

    try:
        cells = [[str(row.get(name) or "") for name in _COLUMNS] for row in rows]
        path.write_text(csv_text([_COLUMNS, *cells]), encoding="utf-8", newline="")
    except OSError as error:
        raise Refused("cannot_write", f"The file cannot be written ({type(error).__name__}). Name another.") from None
