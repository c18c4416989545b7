"""``trackchild cases`` for a committee or board: forms, orders with their papers, quarterly reports."""

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contracts import Officer, Purpose, Refused
from hub.access import EVERYWHERE, Role, person
from portal.cli import output
from portal.cli.cases import Entry, ForCase, group
from portal.cli.opened import CONSOLE, opened_hub

if TYPE_CHECKING:
    from hub.access import Caller

_FORM_COLUMNS = ("form", "field", "label", "kind", "required", "verified")
Committee = Annotated[str, typer.Option("--bench", help="Id of the committee or board in the directory.")]


def _bench(institution: str) -> "Caller":
    return person(
        Officer(id="console", role="operator at the console", institution=institution), Role.COMMITTEE, EVERYWHERE
    )


@group.command()
def forms(as_json: output.Json = False) -> None:
    """The forms on file and what each asks; what is not verified was not read in the form itself.

    Example:

        trackchild cases forms
    """
    from hub.casework.papers.forms import forms as all_forms

    rows = [
        {"form": form.number, "field": one.name, **one.model_dump(include={"label", "kind", "required", "verified"})}
        for form in all_forms().values()
        for one in form.all_fields
    ]
    output.show(
        rows,
        as_json,
        lambda: output.table("Forms", _FORM_COLUMNS, [[row[name] for name in _FORM_COLUMNS] for row in rows]),
    )


@group.command()
def order(
    hub_id: Entry,
    form: Annotated[str, typer.Option(help="Number of the form, e.g. 18.")],
    answers: Annotated[Path, typer.Option("--answers", help="JSON file: field -> what is filled in.", exists=True)],
    to: Annotated[Path, typer.Option("--to", help="Where the PDF goes; the hub keeps its number and hash alone.")],
    bench: Committee,
    case: ForCase,
    sitting: Annotated[str | None, typer.Option(help="The sitting at which it is made.")] = None,
    as_json: output.Json = False,
) -> None:
    """Make an order on a form: take its step in the case, and write its paper as PDF.

    Example:

        trackchild cases order x4WqQhZ2bYyq0Yx7o5mQbA --form 18 --answers form18.json --to order.pdf \\
            --bench br:cwc:gaya --case "CWC 12/2026"
    """
    from contracts.exchange import GetCase

    caller = _bench(bench)
    with opened_hub() as hub:
        hub.case(caller, GetCase(hub_id=hub_id, purpose=Purpose.CARE, case=case))
        made = hub.casework.bench.order(caller, hub_id, form, _read(answers), case, sitting)
    to.write_bytes(made.pdf)
    output.show(made.order, as_json, lambda: f"{made.order.order_no} was made and written to {to}.")


@group.command()
def paper(
    file: Annotated[Path, typer.Argument(help="A PDF.", exists=True)],
    as_json: output.Json = False,
) -> None:
    """Which order a PDF is, by its hash: proof that nothing in it was changed.

    Example:

        trackchild cases paper order.pdf
    """
    with opened_hub() as hub:
        known = hub.casework.bench.known(file.read_bytes())
    if known is None:
        raise Refused(
            "unknown_paper", "No order with these very bytes was made here: it was changed, or made elsewhere."
        )
    output.show(
        known, as_json, lambda: f"{known.order_no}, Form {known.form}, made at {known.made_at:%d-%m-%Y %H:%M} UTC."
    )


@group.command()
def quarterly(
    quarter: Annotated[str, typer.Argument(help="The quarter, e.g. 2026Q1.")],
    bench: Annotated[str | None, typer.Option("--bench", help="Of this committee; else of all.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it as CSV.")] = False,
    as_json: output.Json = False,
) -> None:
    """Form 16 and the report of s.40(4), drawn from the cases.

    Examples:

        trackchild cases quarterly 2026Q1

        trackchild cases quarterly 2026Q1 --bench br:cwc:gaya --csv
    """
    with opened_hub() as hub:
        report = hub.casework.quarterly(CONSOLE, quarter, bench)
    if as_csv:
        csv.writer(sys.stdout).writerows([("report", "column", "number"), *report.rows()])
        return
    output.show(report, as_json, lambda: output.table(report.quarter, ("report", "column", "number"), report.rows()))


@group.command()
def transfer(
    hub_id: Entry,
    to: Annotated[str, typer.Option("--to", help="Id of the committee that shall have the case.")],
    bench: Committee,
    as_json: output.Json = False,
) -> None:
    """Send a case to another committee, of this state or another; it has it once it acknowledges.

    Example:

        trackchild cases transfer x4WqQhZ2bYyq0Yx7o5mQbA --to jh:cwc:ranchi --bench br:cwc:gaya
    """
    with opened_hub() as hub:
        sent = hub.casework.bench.transfer(_bench(bench), hub_id, to)
    output.show(sent, as_json, lambda: f"Sent to {to} as {sent.transfer_id}; waits for their acknowledgement.")


@group.command()
def receive(
    transfer_id: Annotated[str, typer.Argument(help="Number of the transfer.")],
    bench: Committee,
    as_json: output.Json = False,
) -> None:
    """Acknowledge that a case was handed over.

    Example:

        trackchild cases receive 2f1c8f0e-1f0b-4a52-9c55-0d8f4a1b2c3d --bench jh:cwc:ranchi
    """
    with opened_hub() as hub:
        hub.casework.bench.receive(_bench(bench), transfer_id)
    output.show({"received": transfer_id}, as_json, lambda: f"{transfer_id} was acknowledged.")


def _read(file: Path) -> dict[str, str]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused("form_not_filled", "The file of answers is a JSON object: field -> what is filled in.")
    return {str(name): str(value) for name, value in told.items()}
