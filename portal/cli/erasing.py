"""``trackchild retention``, ``seal``, ``unseal`` and ``erase``: what is ordered of a record, by whom and why."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from contracts import Refused
from portal.cli import output
from portal.cli.opened import opened_hub

if TYPE_CHECKING:
    from hub.erasing.office import Plan, Said, Standing

Record = Annotated[str, typer.Argument(help="The hub's number of the entry, or PARTICIPANT/SOURCE_ID.")]
By = Annotated[str, typer.Option(help="Who does it: office and name or number.")]
Reference = Annotated[str, typer.Option("--order", help="The order: of whom, number and day.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence; no child's name.")]
retention = typer.Typer(
    name="retention", no_args_is_help=True, rich_markup_mode="markdown", help="How long records are kept, and holds."
)


class _EraseByDefault(TyperGroup):
    """``trackchild erase RECORD`` is ``trackchild erase records RECORD``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["records", *args]
        return super().parse_args(ctx, args)


erase = typer.Typer(
    name="erase",
    cls=_EraseByDefault,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Erase records by order, and see who confirmed it.\n\n"
    "`trackchild erase police-br/M1` is `trackchild erase records police-br/M1`.",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(retention)
    app.add_typer(erase)
    app.command()(seal)
    app.command()(unseal)


def _said(by: str, order: str, reason: str) -> "Said":
    from hub.erasing.office import Said

    return Said(by, order, reason)


@retention.command()
def law(as_json: output.Json = False) -> None:
    """The rules on file: what is kept how long, by which law, and what follows. Not legal advice.

    Example:

        trackchild retention law
    """
    from hub.erasing.rules import rules
    from hub.settings import from_environment

    found = rules(from_environment().retention)
    kept = [
        {
            "rule": one.code,
            "kept": f"{one.after.number}{one.after.unit}",
            "act": one.act,
            "section": one.section,
            "words": one.words,
            "verified": one.verified,
        }
        for one in found.rules
    ]
    never = [
        {
            "rule": one.code,
            "kept": "for ever",
            "act": "hold",
            "section": one.section,
            "words": one.words,
            "verified": one.verified,
        }
        for one in found.exceptions
    ]
    _table("Rules of retention", kept + never, as_json)


@retention.command()
def due(as_json: output.Json = False) -> None:
    """Records whose time is over, by which rule; an order erases them, or the hub itself where the rule says so.

    Example:

        trackchild retention due
    """
    with opened_hub() as hub:
        found = [output.plain(one) for one in hub.erasing.due()]
    _table("Due", found, as_json, "No record's time is over.")


@retention.command()
def hold(record: Record, by: By, order: Reference, reason: Reason, as_json: output.Json = False) -> None:
    """A legal hold: nothing erases the record until it is released.

    Example:

        trackchild retention hold police-br/M1 --by "SHO Gaya" --order "HC Patna 3 of 2026" --reason "appeal pending"
    """
    said = _said(by, order, reason)
    with opened_hub() as hub:
        made = hub.erasing.hold(record, said)
    _one("Held", output.plain(made), as_json)


@retention.command()
def release(record: Record, by: By, order: Reference, reason: Reason, as_json: output.Json = False) -> None:
    """End every hold on a record.

    Example:

        trackchild retention release police-br/M1 --by "SHO Gaya" --order "HC Patna 9 of 2026" --reason "appeal decided"
    """
    said = _said(by, order, reason)
    with opened_hub() as hub:
        many = hub.erasing.release(record, said)
    _one("Released", {"record": record, "holds_ended": many}, as_json)


@retention.command()
def holds(as_json: output.Json = False) -> None:
    """Holds and seals that stand, oldest first.

    Example:

        trackchild retention holds
    """
    from hub.index.orders import OrderKind

    with opened_hub() as hub:
        found = [output.plain(one) for kind in OrderKind for one in hub.erasing.orders(kind)]
    shown = [{name: row[name] for name in ("hub_id", "what", "reference", "reason", "by", "at")} for row in found]
    _table("Orders that stand", shown, as_json, "No order stands.")


def seal(record: Record, by: By, order: Reference, reason: Reason, as_json: output.Json = False) -> None:
    """Hide a record from everybody but its owner, at once and whatever its owner says of it later.

    Example:

        trackchild seal police-br/M1 --by "Registrar" --order "CWC Gaya 4 of 2026" --reason "witness protection"
    """
    said = _said(by, order, reason)
    with opened_hub() as hub:
        made = hub.erasing.seal(record, said)
    _one("Sealed", output.plain(made), as_json)


def unseal(record: Record, by: By, order: Reference, reason: Reason, as_json: output.Json = False) -> None:
    """Lift the seal; one that the owner itself put on stays.

    Example:

        trackchild unseal police-br/M1 --by "Registrar" --order "CWC Gaya 7 of 2026" --reason "protection ended"
    """
    said = _said(by, order, reason)
    with opened_hub() as hub:
        hub.erasing.unseal(record, said)
    _one("Unsealed", {"record": record}, as_json)


@erase.command()
def records(
    which: Annotated[list[str], typer.Argument(help="Records: the hub's numbers, or PARTICIPANT/SOURCE_ID.")],
    by: By,
    order: Reference,
    reason: Reason,
    whole_child: Annotated[bool, typer.Option(help="Also every record confirmed to be the same child.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only counted.")] = False,
    as_json: output.Json = False,
) -> None:
    """Count what would go and who would be told; with `--yes` erase it for good and tell them.

    Examples:

        trackchild erase police-br/M1 --by "JJB clerk" --order "JJB Gaya 12 of 2026" --reason "JJ Act 2015 s.24(2)"

        trackchild erase records police-br/M1 --whole-child --by "JJB" --order "12 of 2026" --reason "s.24(2)" --yes
    """
    said = _said(by, order, reason)
    with opened_hub() as hub:
        plan = hub.erasing.plan(which, whole_child)
        done = hub.erasing.erase(which, said, whole_child=whole_child) if yes else []
        if yes:
            hub.erasing.scour()
    told: dict[str, Any] = _counted(plan) | {"erased": len(done), "erasures": [one.erasure_id for one in done]}
    title = "Erased" if yes else "Nothing was erased yet: add --yes"
    _one(title, told, as_json)


@erase.command()
def status(
    erasure: Annotated[
        str | None, typer.Argument(help="Id of an erasure: each receipt; else all, latest first.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Erasures, and who has confirmed that what it was told is destroyed.

    Examples:

        trackchild erase status

        trackchild erase status 0b6f9e5e-8a0e-4a83-9a5e-1f8f5b1f7c11
    """
    with opened_hub() as hub:
        hub.erasing.settle()
        found = hub.erasing.standing()
    if erasure is None:
        _table("Erasures", [_line(one) for one in found], as_json, "Nothing was erased.")
        return
    chosen = next((one for one in found if one.erasure.erasure_id == erasure), None)
    if chosen is None:
        raise Refused("unknown_erasure", "There is no such erasure. Take the id from `trackchild erase status`.")
    _table("Receipts", [asdict(one) for one in chosen.receipts], as_json, "Nobody had been told of it.")


def _counted(plan: "Plan") -> dict[str, Any]:
    return {
        "records": len(plan.hub_ids),
        "rows": sum(plan.rows.values()),
        "by_table": plan.rows,
        "told": plan.told,
        "held": plan.held,
    }


def _line(one: "Standing") -> dict[str, object]:
    said = one.erasure
    return {
        "erasure_id": said.erasure_id,
        "at": said.at,
        "participant": said.participant,
        "order": said.reference,
        "by": said.by,
        "told": said.told,
        "confirmed": one.taken,
    }


def _table(title: str, rows: list[dict[str, Any]], as_json: bool, nothing: str = "Nothing.") -> None:
    columns = list(rows[0]) if rows else []
    output.show(
        rows, as_json, lambda: output.table(title, columns, [list(row.values()) for row in rows]) if rows else nothing
    )


def _one(title: str, said: dict[str, Any], as_json: bool) -> None:
    rows = [(name, ", ".join(map(str, value)) if isinstance(value, list) else value) for name, value in said.items()]
    output.show(said, as_json, lambda: output.table(title, ("what", "value"), rows))
