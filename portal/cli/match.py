"""``trackchild match``: propose pairs over the whole index, list them, show why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from contracts.exchange import Match, MatchState
from portal.cli import linking, output
from portal.cli.opened import CONSOLE, opened_hub

if TYPE_CHECKING:
    from rich.console import RenderableType

group = typer.Typer(name="match", help="Propose, list and explain matches.", no_args_is_help=True)
linking.add_to(group)


@group.command()
def rebuild(as_json: output.Json = False) -> None:
    """Match every searched-for child against the whole index.

    Example:

        trackchild match rebuild
    """
    with opened_hub() as hub, output.progress("matching", as_json) as advance:
        report = hub.match_all(advance)
    columns = ("searched", "pairs_scored", "proposed", "withdrawn", "seconds")
    output.show(report, as_json, lambda: output.table("Matching", columns, [[getattr(report, c) for c in columns]]))


@group.command()
def look(as_json: output.Json = False) -> None:
    """Compare what changed since the last look with every entry of the other side, whatever keys they share.

    Workers do so by themselves (TRACKCHILD_LOOK_EVERY_SECONDS). The first look only notes where the next one begins.

    Example:

        trackchild match look
    """
    with opened_hub() as hub, output.progress("looking", as_json) as advance:
        report = hub.look_through(advance)
    columns = ("looked", "proposed", "seconds")
    output.show(
        report, as_json, lambda: output.table("Looked through", columns, [[getattr(report, c) for c in columns]])
    )


@group.command(name="list")
def list_(
    state: Annotated[MatchState, typer.Option(help="Which matches.")] = MatchState.PROPOSED,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, best first.")] = 20,
    as_json: output.Json = False,
) -> None:
    """The best matches.

    Example:

        trackchild match list --state proposed --limit 5
    """
    with opened_hub() as hub:
        found = hub.matches(CONSOLE, state, limit)
    output.show(found, as_json, lambda: matches_table(found))


@group.command()
def show(
    match_id: Annotated[str, typer.Argument(help="Id of the match.")],
    svg: Annotated[Path | None, typer.Option(help="Draw the waterfall into this file.", dir_okay=False)] = None,
    as_json: output.Json = False,
) -> None:
    """One match with its evidence: prior plus each field's bits is the score.

    Examples:

        trackchild match show 3f2a9c

        trackchild match show 3f2a9c --svg waterfall.svg
    """
    with opened_hub() as hub:
        found = hub.match(CONSOLE, match_id)
    if svg is not None:
        from hub.matching.waterfall import drawn
        from hub.matching.waterfall import waterfall as bars

        svg.write_text(drawn(bars(found.prior_bits, found.evidence)), encoding="utf-8")
    output.show(found, as_json, lambda: waterfall(found))


def matches_table(found: list[Match]) -> "RenderableType":
    """Matches as a table, each with its strongest evidence."""
    title = "Proposed matches, best first" if found else "No match stands. Try: trackchild match rebuild"
    return output.table(
        title, ("pair", "score", "evidence"), [(_pair(m), _score(m), evidence_in_words(m)) for m in found]
    )


def _pair(found: Match) -> str:
    searched, other = found.ref, found.other
    lines = (f"{searched.participant}  {searched.source_id}", f"{other.participant}  {other.source_id}", found.match_id)
    return "\n".join(lines)


def _score(found: Match) -> str:
    # A model says "nearly certain", never "certain".
    share = f"{found.probability:.1%}" if found.probability < 0.999 else "> 99.9%"
    return f"{found.bits:+.1f} bits\n{share}"


def evidence_in_words(found: Match, most: int = 4) -> str:
    """The evidence that weighs most, in words and bits."""
    strongest = sorted(found.evidence, key=lambda item: -abs(item.bits))[:most]
    return "\n".join(f"{item.bits:+5.1f}  {item.words}" for item in strongest)


def waterfall(found: Match) -> Table:
    """Prior, each field's bits and the running total, as a table."""
    running, rows = found.prior_bits, [("before any evidence", f"{found.prior_bits:+.2f}", f"{found.prior_bits:+.2f}")]
    for item in found.evidence:
        running += item.bits
        rows.append((item.words, f"{item.bits:+.2f}", f"{running:+.2f}"))
    return output.table(
        f"{found.match_id}: {found.state}, {found.probability:.2%}", ("evidence", "bits", "total"), rows
    )
