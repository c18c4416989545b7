"""``trackchild search``: the index by name and the rest, and with ``--live`` every owner's own system at once."""

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table

from contracts import Purpose, Refused
from contracts.codes import Gender, RecordKind
from contracts.exchange import Hit, Search
from contracts.live import LiveHit, LiveReply, LiveSearch, SourceAnswer, SourceState
from portal.cli import output
from portal.cli.opened import CONSOLE, opened_hub

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hub.app import Hub

Name = Annotated[str | None, typer.Argument(help="Name of the child, in any script; spelling need not be the same.")]
Age = Annotated[int | None, typer.Option(min=0, max=25, help="Age today in years.")]
Day = Annotated[datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the event, e.g. 2026-03-01.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(search)


def search(
    name: Name = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the owners' own systems too, now.")] = False,
    case: Annotated[str | None, typer.Option(help="With --live: the case it is asked for, e.g. a FIR number.")] = None,
    purpose: Annotated[Purpose, typer.Option(help="With --live: why.")] = Purpose.INQUIRY,
    ask: Annotated[list[str] | None, typer.Option(help="With --live: only this participant; may be repeated.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, max=60, help="With --live: wait at most so long.")] = None,
    kind: Annotated[RecordKind | None, typer.Option(help="Kind of entry.")] = None,
    gender: Annotated[Gender | None, typer.Option(help="M, F or T.")] = None,
    age_from: Age = None,
    age_to: Age = None,
    since: Day = None,
    until: Day = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many, best first.")] = 20,
    as_json: output.Json = False,
) -> None:
    """Search the index; with --live ask every owner's system too, and tell how each took it.

    Examples:

        trackchild search "Ravi Kumar" --gender M --age-from 6 --age-to 9

        trackchild search Zubaida --live --case "FIR 117/2026"

        trackchild search रवि --live --case "FIR 117/2026" --ask zipnet --ask police-br
    """
    query = Search(
        name=name,
        kind=kind,
        gender=gender,
        age_years_from=age_from,
        age_years_to=age_to,
        event_from=since.date() if since else None,
        event_to=until.date() if until else None,
        limit=limit,
    )
    with opened_hub() as hub:
        if not live:
            found = hub.search(CONSOLE, query)
            output.show(found, as_json, lambda: hits_table(found.total, found.hits))
            return
        reply = _asked(hub, _question(query, purpose, case, ask or [], seconds), as_json)
    output.show(reply, as_json, lambda: Group(hits_table(reply.total, reply.hits), sources_table(reply.sources)))


def _question(
    query: Search, purpose: Purpose, case: str | None, participants: list[str], seconds: float | None
) -> LiveSearch:
    from hub.doors.calls import valid

    if case is None or not case.strip():
        raise Refused("no_case_stated", "State the case that you search for: --case.")
    said = {"purpose": purpose, "case": case, "participants": participants, "seconds": seconds}
    return valid(LiveSearch, {"query": query, **said})


def _asked(hub: "Hub", wanted: LiveSearch, quiet: bool) -> LiveReply:
    """The whole answer; a bar tells how many systems have ended, and each that did not answer is named as it ends."""
    ended: dict[str, SourceAnswer] = {}
    total = 0
    with output.progress("asking the owners", quiet) as advance:
        answers = hub.search_live(CONSOLE, wanted)
        try:
            for reply in answers:
                total = total or len(reply.sources)  # the first word names everybody
                fresh = {one.participant: one for one in reply.sources if one.state is not SourceState.ASKED}
                if not quiet:
                    _name_silent([one for name, one in fresh.items() if name not in ended])
                ended |= fresh
                advance(len(ended), total)
                if reply.complete:
                    return reply
        finally:
            answers.close()
    raise AssertionError("an answer ends with a complete one")


def _name_silent(fresh: Sequence[SourceAnswer]) -> None:
    for one in fresh:
        if one.state is not SourceState.ANSWERED:
            output.errors.print(f"{one.participant}: {one.state} ({one.code})", markup=False, soft_wrap=True)


def hits_table(total: int, hits: Sequence[Hit]) -> "RenderableType":
    """The children found, best first."""
    title = f"{total} found" if total <= len(hits) else f"{total} found, the best {len(hits)}"
    columns = ("name", "kind, status", "sex, age", "place", "day", "told by", "read")
    return output.table(title if hits else "Nobody found", columns, [_line(hit) for hit in hits])


def _line(hit: Hit) -> tuple[object, ...]:
    names = ", ".join(name.text for name in hit.names[:3]) or "not known"
    owners = [
        f"{ref.participant} {ref.source_id}" for ref in [hit.ref, *(hit.also if isinstance(hit, LiveHit) else [])]
    ]
    read = "live" if isinstance(hit, LiveHit) and hit.live else "index"
    age = "" if hit.age_years_from is None else f" {hit.age_years_from}-{hit.age_years_to}"
    sex = f"{hit.gender or '?'}{age}"
    return names, f"{hit.kind}\n{hit.status}", sex, hit.place, hit.event_on, "\n".join(owners), read


def sources_table(sources: Sequence[SourceAnswer]) -> Table:
    """How the systems took the question: those that answered counted, every other one named."""
    silent = [one for one in sources if one.state is not SourceState.ANSWERED]
    counted = Counter(one.state.value for one in sources)
    title = ", ".join(f"{many} {state.replace('_', ' ')}" for state, many in counted.most_common()) or "Nobody asked"
    rows = [(one.participant, one.state.replace("_", " "), one.code, one.milliseconds) for one in silent]
    return output.table(title, ("system", "state", "why", "ms"), rows)
