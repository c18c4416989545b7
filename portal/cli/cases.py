"""``trackchild cases``: what the law asks in a case, and the law on file."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from contracts import Purpose, Refused
from portal.cli import output
from portal.cli.opened import CONSOLE, opened_hub

if TYPE_CHECKING:
    from contracts.timelines import Custody

group = typer.Typer(name="cases", help="What the law asks in a case.", no_args_is_help=True)
_STEP_COLUMNS = ("at", "step", "owner", "institution", "section")
_COLUMNS = ("due", "code", "words", "standing", "section", "verified")
Entry = Annotated[str, typer.Argument(help="Number of the entry in the hub.")]
ForCase = Annotated[
    str, typer.Option("--case", help="The case that you look for, e.g. a FIR number; it goes into the audit.")
]


@group.command()
def clocks(
    hub_id: Entry,
    case: ForCase,
    as_json: output.Json = False,
) -> None:
    """What is due in a case, when, and under which section; computed from the steps that its owners told.

    Example:

        trackchild cases clocks x4WqQhZ2bYyq0Yx7o5mQbA --case "FIR 117/2026"
    """
    from contracts.exchange import GetCase
    from hub.casework.duties import duties_of

    with opened_hub() as hub:
        found = hub.case(CONSOLE, GetCase(hub_id=hub_id, purpose=Purpose.INQUIRY, case=case))
    duties = duties_of(found, datetime.datetime.now(datetime.UTC))
    if duties is None:
        raise Refused("no_steps_told", "No step of this case was told yet. Its owner tells them by SubmitEvents.")
    said = [output.plain(clock) for clock in [*duties.open, *duties.over]]
    title = f"{duties.statute.regime}: {duties.statute.states[duties.state]}"
    output.show(
        said, as_json, lambda: output.table(title, _COLUMNS, [[row[name] for name in _COLUMNS] for row in said])
    )


@group.command()
def timeline(
    hub_id: Entry,
    case: ForCase,
    as_json: output.Json = False,
) -> None:
    """What happened to a child, told by all owners of its records, and who holds the child now.

    Example:

        trackchild cases timeline x4WqQhZ2bYyq0Yx7o5mQbA --case "FIR 117/2026"
    """
    from contracts.timelines import GetTimeline

    with opened_hub() as hub:
        found = hub.timeline(CONSOLE, GetTimeline(hub_id=hub_id, purpose=Purpose.INQUIRY, case=case))
    steps = [[event.at, event.kind, event.ref.participant, event.institution, event.section] for event in found.events]
    output.show(found, as_json, lambda: output.table(_held(found.custody), _STEP_COLUMNS, steps))


def _held(custody: "Custody | None") -> str:
    if custody is None:
        return "Who holds the child was not told"
    who = custody.institution or custody.name or "not told where"
    since = f" since {custody.since}" if custody.since else ""
    where = f": {who}" if custody.state == "held" else ""
    return f"{custody.state.replace('_', ' ').capitalize()}{since}{where} (told by {custody.told_by})"


@group.command()
def law(as_json: output.Json = False) -> None:
    """The limits on file, by statute; what is not verified rests on memory. Not legal advice.

    Example:

        trackchild cases law
    """
    from hub.casework.statute import statutes

    rows = [
        {
            "statute": one.id,
            "limit": limit.code,
            "words": limit.words,
            "section": limit.section,
            "verified": limit.verified,
        }
        for one in statutes().values()
        for limit in one.limits
    ]
    columns = ("statute", "limit", "words", "section", "verified")
    output.show(
        rows, as_json, lambda: output.table("The law on file", columns, [[row[c] for c in columns] for row in rows])
    )
