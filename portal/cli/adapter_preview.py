"""``trackchild adapter preview``: ten records as the owner says them and as the hub would, before one is taken in."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType

from portal.cli import output
from portal.cli.adapter_named import Secret, System, Url, named, with_manifest

if TYPE_CHECKING:
    from adapters.previewing import Preview


def preview(
    system: System,
    url: Url = None,
    secret: Secret = None,
    rows: Annotated[int, typer.Option(min=1, max=200, help="Records shown whole.")] = 10,
    read: Annotated[int, typer.Option(min=1, max=100_000, help="Records read for coverage and code lists.")] = 1_000,
    as_json: output.Json = False,
) -> None:
    """Show what the manifest makes of a system's records: raw, mapped and problems. Nothing is written.

    Examples:

        trackchild adapter preview police-br

        trackchild adapter preview homes_xy --url file:///var/saved/residents.xlsx
    """
    from adapters.previewing import preview as previewed

    made = previewed(with_manifest(named(system, url, secret)), rows, max(rows, read))
    output.show(_plain(made), as_json, lambda: _told(made))


def _plain(made: "Preview") -> dict[str, Any]:
    return {
        "read": made.read,
        "taken": made.taken,
        "set_aside": dict(made.set_aside),
        "coverage": {path: round(share, 4) for path, share in made.coverage().items()},
        "unmapped_words": {path: dict(words.most_common()) for path, words in made.unmapped.items()},
        "unused": dict(made.unused.most_common()),
        "rows": made.rows,
    }


def _told(made: "Preview") -> Group:
    parts: list[RenderableType] = [
        output.table(
            f"{len(made.rows)} records", ("raw", "mapped", "problems"),
            [(_lines(row.raw), _lines(row.mapped or {}) or "set aside", "\n".join(row.problems)) for row in made.rows],
            ruled=True,
        ),
        f"{made.read} read, {made.taken} would be taken in, "
        f"set aside: {', '.join(f'{count} {rule}' for rule, count in made.set_aside.most_common()) or 'none'}",
        output.table("Filled", ("field of the contract", "%"), [(p, f"{s:.0%}") for p, s in made.coverage().items()]),
    ]  # fmt: skip
    words = [(path, word, count) for path, said in made.unmapped.items() for word, count in said.most_common(30)]
    if words:
        parts.append(output.table("Words without a code", ("field", "their word", "times"), words))
    if made.unused:
        parts.append(output.table("Said and not usable", ("field: rule", "times"), made.unused.most_common(30)))
    return Group(*parts)


def _lines(said: dict[str, Any]) -> str:
    return "\n".join(f"{key}: {_short(value)}" for key, value in said.items() if value not in (None, ""))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."
