"""``trackchild match link | train | shadow | untold``: files linked, a model learned, and what records do not tell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.linking.asked import Asked, Engine, Linked
from portal.cli import output
from portal.cli.opened import opened_hub

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hub.linking.on_index import Shadowed
    from hub.linking.untold_index import Untold

File = Annotated[Path, typer.Argument(help="CSV, JSON-lines or Parquet.", exists=True, dir_okay=False)]

FoundShare = Annotated[
    float, typer.Option(min=0.0001, max=1.0, help="Share of those searched for thought to be on the other side.")
]


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group ``match``."""
    for command in (link, train, shadow, untold):
        group.command()(command)


def link(
    left: File,
    right: File,
    out: Annotated[Path, typer.Option(help="Where the pairs go: .csv, .jsonl or .parquet.")],
    columns: Annotated[Path | None, typer.Option(help="Mapping of the columns (TOML); see docs/linking.md.")] = None,
    engine: Annotated[Engine, typer.Option(help="Where it runs; the result is the same.")] = Engine.LOCAL,
    model: Annotated[Path | None, typer.Option(help="A model in place of the one shipped.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="CSV for rows that cannot be read, with the reason.")] = None,
    untold: Annotated[Path | None, typer.Option(help="CSV of who cannot be compared on which fields.")] = None,
    best: Annotated[int | None, typer.Option(min=1, help="How many pairs to keep for each left row.")] = None,
    least_bits: Annotated[float | None, typer.Option(help="Score from which a pair is kept.")] = None,
    one_in: Annotated[
        float | None, typer.Option(min=1.5, help="One of so many pairs is true; else the model's.")
    ] = None,
    learn: Annotated[bool, typer.Option("--learn", help="Learn from the two files first, without labels.")] = False,
    found_share: FoundShare = 0.3,
    most_candidates: Annotated[
        int | None, typer.Option(min=1, help="Cap of pairs scored for each left row (2000).")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Score every pair, for small files.")] = False,
    master: Annotated[str, typer.Option(help="Where Spark runs.")] = "local[*]",
    stage: Annotated[
        Path | None, typer.Option(help="Folder that all workers of Spark can read.", file_okay=False)
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Find for each person on the left the best ones on the right, each pair with its evidence.

    Examples:

        trackchild match link missing.jsonl found.jsonl --out pairs.csv

        trackchild match link a.csv b.csv --columns mapping.toml --out pairs.parquet --rejects rejects.csv
    """
    from hub.linking.running import linked

    asked = Asked(left=left, right=right, out=out, columns=columns, engine=engine, model=model, rejects=rejects,
                  untold=untold, best=best, least_bits=least_bits, one_in=one_in, learn=learn,
                  found_share=found_share, most_candidates=most_candidates,
                  everything=everything, master=master, stage=stage)  # fmt: skip
    report = linked(asked, lambda title: output.progress(title, as_json))
    output.show(report, as_json, lambda: _linked(report, out))


def _linked(report: Linked, out: Path) -> "RenderableType":
    rows: list[tuple[str, object]] = [
        ("left rows", f"{report.left:,}"), ("right rows", f"{report.right:,}"), ("pairs scored", f"{report.scored:,}"),
        (f"pairs in {out.name}", f"{report.kept:,}"), ("left rows that met the cap", f"{report.capped:,}"),
        ("pairs that the cap left out", f"{report.pairs_left_out:,}"), ("model", report.model),
        *((f"set aside, {what}", f"{count:,}") for what, count in report.rejected.items()),
        *((f"not used, {what}", f"{count:,}") for what, count in report.unused.items()),
        *((f"could not be compared, {what}", f"{count:,}") for what, count in report.untold.items()),
        *([("told by nobody", "\n".join(report.never_told))] if report.never_told else []),
        *((f"meet nobody, {side}", f"{count:,}") for side, count in report.unmet.items() if count),
        *((f"seconds to {what}", f"{spent:.1f}") for what, spent in report.seconds.items()),
    ]  # fmt: skip
    return output.table("Linked", ("", ""), rows)


def train(
    out: Annotated[Path, typer.Option(help="File for the new model.")],
    version: Annotated[str | None, typer.Option(help="Its version; else the current one, counted on.")] = None,
    found_share: FoundShare = 0.3,
    as_json: output.Json = False,
) -> None:
    """Learn a new model from the index: from unlabelled records, then from what reviewers decided.

    It goes live only when a person names it in TRACKCHILD_MODEL; look at it first with `match shadow`.

    Example:

        trackchild match train --out model.toml
    """
    from hub.linking import on_index

    with opened_hub() as hub, output.progress("learning", as_json):
        report = on_index.train(hub.store, on_index.model_of(hub.settings), out, version, found_share)
    columns = ("version", "searched", "candidates", "pairs", "sure", "confirmed", "rejected", "calibrated")
    output.show(report, as_json, lambda: output.table(
        f"Learned into {out.name}", columns, [[getattr(report, column) for column in columns]]))  # fmt: skip


def shadow(
    model: Annotated[Path, typer.Option(help="The new model.", exists=True, dir_okay=False)],
    examples: Annotated[int, typer.Option(min=0, help="How many pairs of each kind to show.")] = 10,
    as_json: output.Json = False,
) -> None:
    """What a new model would add and drop on the whole index, before it goes live. Changes nothing.

    Example:

        trackchild match shadow --model model.toml
    """
    from hub.linking import on_index

    with opened_hub() as hub, output.progress("comparing", as_json) as advance:
        report = on_index.shadowed(hub.store, hub.settings, model, examples, advance)
    output.show(report, as_json, lambda: _shadowed(report))


def untold(
    field: Annotated[str | None, typer.Option(help="Only records that do not tell this field.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many records to name, those that lack most first.")] = 20,
    as_json: output.Json = False,
) -> None:
    """Open records that cannot be compared with anybody on some field, and which; with how many there are of each.

    Examples:

        trackchild match untold

        trackchild match untold --field age --limit 100 --json
    """
    from hub.linking import on_index, untold_index

    with opened_hub() as hub, output.progress("looking", as_json) as advance:
        report = untold_index.untold_of(hub.store, on_index.model_of(hub.settings), field, limit, advance)
    output.show(report, as_json, lambda: _untold(report))


def _untold(report: "Untold") -> "RenderableType":
    from rich.console import Group

    counts = [("open records", f"{report.searched:,}", f"{report.candidates:,}")]
    counts += [(field, f"{searched:,}", f"{found:,}") for field, (searched, found) in report.fields.items()]
    named = [(one.record, "yes" if one.meets_nobody else "", ", ".join(one.fields)) for one in report.records]
    return Group(
        output.table("Could not be compared", ("field", "searched for", "found"), counts),
        output.table(f"Meet nobody: {report.meet_nobody:,}", ("record", "meets nobody", "does not tell"), named),
    )


def _shadowed(report: "Shadowed") -> "RenderableType":
    title = (
        f"{report.new} instead of {report.old}: adds {report.added:,}, drops {report.dropped:,}, keeps {report.kept:,}"
        f"\nof those rejected adds {report.rejected_added:,}, of those confirmed drops {report.confirmed_dropped:,}"
    )
    rows = [(one.change, one.searched, one.found, _bits(one.old_bits), _bits(one.new_bits)) for one in report.examples]
    return output.table(title, ("", "searched for", "found", "bits before", "bits after"), rows)


def _bits(bits: float | None) -> str:
    return "" if bits is None else f"{bits:+.1f}"
