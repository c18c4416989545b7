"""``trackchild letters``: notices that did not arrive; a person looks at them, mends the cause, sends them again."""

import datetime
import sys
from typing import Annotated

import typer

from contracts import NoticeKind, Refused
from hub.letters import Filter, LetterState
from portal.cli import output
from portal.cli.opened import opened_hub

group = typer.Typer(
    name="letters", help="Notices that did not arrive: dead letters, and those in doubt.", no_args_is_help=True
)
_COLUMNS = ("settled_at", "participant", "notice_id", "about", "kind", "state", "attempts", "code", "field", "rule")

Participant = Annotated[str | None, typer.Option(help="Only those to this participant.")]
Kind = Annotated[NoticeKind | None, typer.Option(help="Only notices of this kind.")]
Since = Annotated[
    datetime.datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Only those laid aside from then on (UTC)."),
]
State = Annotated[LetterState | None, typer.Option(help="Only dead ones, or only those in doubt.")]
Code = Annotated[str | None, typer.Option(help="Only those that failed with this error code.")]


@group.command(name="list")
def list_letters(
    participant: Participant = None,
    kind: Kind = None,
    since: Since = None,
    state: State = None,
    code: Code = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: output.Json = False,
) -> None:
    """List them, latest first.

    Example:

        trackchild letters list --participant police-br --since 2026-11-01
    """
    with opened_hub() as hub:
        found = hub.letters(_filter(participant, kind, since, state, code), limit)
    rows = [[getattr(letter, column) for column in _COLUMNS] for letter in found]
    output.show(found, as_json, lambda: output.table("Letters", _COLUMNS, rows))


@group.command()
def show(notice: Annotated[str, typer.Argument(help="Id of the notice.")], as_json: output.Json = False) -> None:
    """Show one: which notice it is and why it did not arrive.

    Example:

        trackchild letters show 5b0c5c9e-0000-4000-8000-000000000000
    """
    with opened_hub() as hub:
        found = hub.letters(Filter(notice_id=notice), 1)
    if not found:
        raise Refused("unknown_letter", "No such letter lies here. Take the id from `trackchild letters list`.")
    said = output.plain(found[0])
    output.show(found[0], as_json, lambda: output.table("Letter", ("what", "value"), list(said.items())))


@group.command()
def replay(
    participant: Participant = None,
    kind: Kind = None,
    since: Since = None,
    state: State = None,
    code: Code = None,
    notice: Annotated[str | None, typer.Option(help="Only this notice.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every letter there is, where no filter is given.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only count what would be sent again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: output.Json = False,
) -> None:
    """Send again what a filter names, after counting it and asking.

    Examples:

        trackchild letters replay --participant police-br --dry-run

        trackchild letters replay --participant police-br --code refused_by_source --yes
    """
    wanted = _filter(participant, kind, since, state, code, notice)
    if wanted.is_open and not (everything or dry_run):
        raise Refused("no_filter", "Name what to send again by a filter, or say --all. Count it first by --dry-run.")
    with opened_hub() as hub:
        counted, overtaken = hub.count_letters(wanted), hub.count_overtaken(wanted)
        if not dry_run and (counted or overtaken):
            _ask(sum(counted.values()), yes)
            counted = hub.replay_letters(wanted)
    title = "Would be sent again" if dry_run else "Sent again"
    rows = [(one, counted.get(one, 0), overtaken.get(one, 0)) for one in sorted(counted | overtaken)]
    columns = ("participant", "letters", "overtaken: told later of the same match, not sent")
    output.show({"sent": counted, "overtaken": overtaken}, as_json, lambda: output.table(title, columns, rows))


@group.command()
def taken(notice: Annotated[str, typer.Argument(help="Id of the notice.")], as_json: output.Json = False) -> None:
    """Settle one that its owner was found to have: it is not sent again.

    Example:

        trackchild letters taken 5b0c5c9e-0000-4000-8000-000000000000
    """
    with opened_hub() as hub:
        hub.letter_taken(notice)
    output.show({"taken": notice}, as_json, lambda: f"{notice} is settled.")


def _ask(many: int, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("not_confirmed", f"{many} letters would be sent again. Say --yes to do it.")
    typer.confirm(f"Send {many} letters again?", abort=True)


def _filter(
    participant: str | None,
    kind: NoticeKind | None,
    since: datetime.datetime | None,
    state: LetterState | None,
    code: str | None,
    notice: str | None = None,
) -> Filter:
    moment = since and since.replace(tzinfo=datetime.UTC)
    return Filter(participant, kind and kind.value, moment, state, notice, code)
