"""``trackchild cases``: what the law asks in a case, and the law on file."""

from collections.abc import Sequence
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

    with opened_hub() as hub:
        standing = hub.casework.standing(hub.case(CONSOLE, GetCase(hub_id=hub_id, purpose=Purpose.INQUIRY, case=case)))
    duties = standing.duties
    if standing.older:
        raise Refused("no_law_then", "This case is older than every law on file: a person must say what it owes.")
    if duties is None:
        raise Refused("no_steps_told", "No step of this case was told yet. Its owner tells them by SubmitEvents.")
    said = [output.plain(clock) for clock in [*duties.open, *duties.over]]
    title = f"{duties.statute.regime}: {duties.statute.states[duties.state]}"
    output.show(
        said, as_json, lambda: output.table(title, _COLUMNS, [[row[name] for name in _COLUMNS] for row in said])
    )


@group.command()
def due(
    many: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many lines.")] = 100,
    as_json: output.Json = False,
) -> None:
    """What is overdue or due within a week, longest overdue first.

    Example:

        trackchild cases due --most 20
    """
    with opened_hub() as hub:
        found = hub.casework.due(CONSOLE, many)
    _list(
        "Overdue and due within a week",
        ("due", "code", "hub_id", "participant", "source_id", "section"),
        found,
        as_json,
    )


@group.command()
def findings(
    rule: Annotated[str | None, typer.Option(help="Only of this rule, e.g. illegal_step or no_fir.")] = None,
    many: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many lines.")] = 100,
    as_json: output.Json = False,
) -> None:
    """What is wrong in the cases: steps out of order, a missing FIR, two ids for one child, and more.

    Examples:

        trackchild cases findings

        trackchild cases findings --rule no_fir
    """
    with opened_hub() as hub:
        found = hub.casework.findings(CONSOLE, rule, limit=many)
    _list("To be put right", ("rule", "hub_id", "participant", "source_id", "step", "at"), found, as_json)


@group.command()
def stations(as_json: output.Json = False) -> None:
    """Police stations that the directory has under the wrong supervisor, or under none.

    Example:

        trackchild cases stations
    """
    with opened_hub() as hub:
        found = hub.casework.stations_amiss(CONSOLE)
    _list("Stations under the wrong supervisor", ("institution", "name", "parent", "responsible"), found, as_json)


@group.command()
def sweep(as_json: output.Json = False) -> None:
    """Warn of what is due soon and escalate what is over, each once; the workers do so by themselves every minute.

    Example:

        trackchild cases sweep
    """
    with opened_hub() as hub, output.progress("Sweeping the cases", as_json) as advance:
        report = hub.casework.sweep(advance)
    output.show(report, as_json, lambda: output.table("Swept", tuple(vars(report)), [list(vars(report).values())]))


@group.command()
def doubles(as_json: output.Json = False) -> None:
    """Look for two entries of one owner that are one child; the workers do so by themselves every night.

    Example:

        trackchild cases doubles
    """
    with opened_hub() as hub, output.progress("Looking for doubles", as_json) as advance:
        many = hub.casework.look_for_doubles(advance)
    output.show({"looked_at": many}, as_json, lambda: f"{many} entries were looked at. See: trackchild cases findings")


def _list(title: str, columns: Sequence[str], found: Sequence[object], as_json: bool) -> None:
    rows = [output.plain(one) for one in found]
    output.show(rows, as_json, lambda: output.table(title, columns, [[row[name] for name in columns] for row in rows]))


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
