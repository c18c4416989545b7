"""``trackchild registry``: institutions in and out by CSV or XLSX, participants and their keys."""

from pathlib import Path
from typing import Annotated

import typer

from contracts import Endpoint, Participant, ParticipantKind, Permission, Refused
from portal.cli import output
from portal.cli.opened import opened_hub

group = typer.Typer(name="registry", help="Institutions, participants and their keys.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="Id of the participant.")]


@group.command()
def participants(as_json: output.Json = False) -> None:
    """Who takes part, and how each is reached.

    Example:

        trackchild registry participants
    """
    with opened_hub() as hub:
        found = hub.registry.participants.all()
    rows = [
        (
            p.id,
            p.name,
            p.kind,
            "yes" if p.active else "no",
            p.endpoint.url if p.endpoint else "",
            ", ".join(p.permissions),
        )
        for p in found
    ]
    columns = ("id", "name", "kind", "active", "address", "may")
    output.show(found, as_json, lambda: output.table("Participants", columns, rows))


@group.command()
def add(
    participant: Id,
    name: Annotated[str, typer.Option(help="Its name, for people.")],
    kind: Annotated[ParticipantKind, typer.Option(help="Kind of system.")],
    url: Annotated[str | None, typer.Option(help="Address of its system, if the hub shall call it.")] = None,
    adapter: Annotated[str | None, typer.Option(help="Adapter that speaks with it; its kind's if not given.")] = None,
    secret: Annotated[str | None, typer.Option(help="Where its secret lies: env:NAME or file:PATH.")] = None,
    may: Annotated[
        list[Permission] | None, typer.Option(help="What its key may do at the doors; may be repeated.")
    ] = None,
    state: Annotated[list[int] | None, typer.Option(help="LGD code of a state it speaks for; may be repeated.")] = None,
    as_json: output.Json = False,
) -> None:
    """Register a participant, or alter it.

    Example:

        trackchild registry add police-jh --name "Jharkhand Police" --kind state_police --may submit_records
    """
    endpoint = Endpoint(adapter=adapter or kind, url=url, secret=secret) if url else None
    if endpoint is not None:
        _adapter_is_there(endpoint.adapter)
    made = Participant(
        id=participant, name=name, kind=kind, states=state or [], permissions=may or [], endpoint=endpoint
    )  # fmt: skip
    with opened_hub() as hub:
        hub.registry.participants.put(made)
    output.show(
        made, as_json, lambda: f"{participant} is registered. Give it a key: trackchild registry key {participant}"
    )


def _adapter_is_there(kind: str) -> None:
    from adapters import catalog
    from hub.settings import from_environment

    catalog.folder(kind, from_environment().adapters)


@group.command()
def key(participant: Id, as_json: output.Json = False) -> None:
    """Issue a new key for a participant's machine. It is shown this once.

    Example:

        trackchild registry key police-jh
    """
    with opened_hub() as hub:
        issued = hub.registry.keys.issue(participant)
    shown = {"participant": participant, "key_id": issued.key_id, "key": issued.key}
    output.show(shown, as_json, lambda: f"Key of {participant}, shown only now:\n{issued.key}")


@group.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with a heading row.", exists=True, dir_okay=False)],
    accept_good_rows: Annotated[bool, typer.Option(help="Take the good rows even if others are bad.")] = False,
    as_json: output.Json = False,
) -> None:
    """Take in institutions; each bad row is reported with column, rule and what to do.

    Example:

        trackchild registry import stations.xlsx --accept-good-rows
    """
    from registry import sheets

    with opened_hub() as hub:
        report = sheets.load(hub.registry.institutions, file, accept_good_rows=accept_good_rows)
    rows = [(fault.row, fault.column, fault.rule, fault.message) for fault in report.problems]
    title = f"{report.written} of {report.rows} rows were written"
    output.show(report, as_json, lambda: output.table(title, ("row", "column", "rule", "what to do"), rows))
    if report.problems and not report.written:
        raise Refused("rows_refused", "Nothing was written. Mend the rows named, or use --accept-good-rows.")


@group.command(name="export")
def export_(
    file: Annotated[Path, typer.Argument(help="File to write; .csv or .xlsx.")], as_json: output.Json = False
) -> None:
    """Write all institutions to a CSV or XLSX that `import` reads back.

    Example:

        trackchild registry export institutions.csv
    """
    from registry import sheets

    with opened_hub() as hub:
        written = sheets.save(file, hub.registry.institutions.all())
    output.show({"file": str(file), "rows": written}, as_json, lambda: f"{written} institutions written to {file}")
