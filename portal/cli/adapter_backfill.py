"""``trackchild adapter backfill``: what changed at a system between two days, paused and resumed at will."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from contracts import Refused
from portal.cli import output
from portal.cli.exchange import Participant, all_answered, counts
from portal.cli.opened import opened_hub, patiently

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.backfilling import Backfill, Days

_DAY = ["%Y-%m-%d"]


def backfill(
    participant: Participant,
    first: Annotated[datetime.datetime | None, typer.Option("--from", formats=_DAY, help="The first day.")] = None,
    last: Annotated[datetime.datetime | None, typer.Option("--until", formats=_DAY, help="The last day.")] = None,
    pause: Annotated[bool, typer.Option("--pause", help="Have it stop behind its next batch.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it stands.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say how it stands.")] = False,
    as_json: output.Json = False,
) -> None:
    """Take in what changed at a participant from one day to another, both included, and match it.

    Broken off by whatever, it goes on where it was with --resume. It keeps to the hours and the rate of the
    participant's lane: outside of the hours it ends, and goes on when it is resumed in them.

    Examples:

        trackchild adapter backfill police-br --from 2024-01-01 --until 2024-03-31

        trackchild adapter backfill police-br --pause
    """
    if [first is not None or last is not None, pause, resume, status].count(True) != 1 or (first is None) != (
        last is None
    ):
        raise Refused("one_way", "Give --from and --until, or one of --pause, --resume and --status.")
    with opened_hub() as hub:
        if pause or status:
            found = hub.backfills.pause(participant) if pause else hub.backfills.of(participant)
            output.show(found, as_json, lambda: _told(found))
        else:
            _run(hub, participant, _days(hub, participant, first, last), as_json)


def _days(hub: "Hub", participant: str, first: datetime.datetime | None, last: datetime.datetime | None) -> "Days":
    from hub.backfilling import Days

    if first is not None and last is not None:
        return Days(first.date(), last.date())
    found = hub.backfills.of(participant)
    return Days(found.first, found.last)


def _run(hub: "Hub", participant: str, days: "Days", as_json: bool) -> None:
    with output.progress(f"backfilling {participant}", as_json) as advance:
        report = patiently(hub, lambda: hub.backfill(participant, days, advance))
    stands = hub.backfills.of(participant)
    told = {"report": report, "backfill": stands}
    output.show(told, as_json, lambda: counts(f"Backfilled {days.first} to {days.last}", [report]))
    if report.error in ("backfill_paused", "outside_window"):
        output.errors.print(f"{report.error}: go on with `trackchild adapter backfill {participant} --resume`")
    else:
        all_answered([report])


def _told(found: "Backfill") -> object:
    row = (found.participant, found.first, found.last, found.state, found.read, f"{found.share:.0%}")
    return output.table("Backfill", ("participant", "from", "until", "state", "rows read", "days behind it"), [row])
