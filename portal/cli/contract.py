"""``trackchild contracts``: the published forms of the contract."""

from pathlib import Path
from typing import Annotated

import typer

from contracts import Refused
from portal.cli import output

group = typer.Typer(
    name="contracts", help="Publish the contract as WSDL, XSD, JSON Schema and OpenAPI.", no_args_is_help=True
)
PUBLISHED = Path(__file__).parent.parent.parent / "contracts" / "published"


@group.command()
def publish(
    target: Annotated[Path, typer.Argument(help="Folder to write to.")] = PUBLISHED,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the folder is not current.")] = False,
    as_json: output.Json = False,
) -> None:
    """Write the contract's four forms, generated from the models.

    Examples:

        trackchild contracts publish

        trackchild contracts publish --check
    """
    from hub.doors.publish import documents

    made = documents()
    stale = [
        name
        for name, text in made.items()
        if not (target / name).exists() or (target / name).read_text("utf-8") != text
    ]
    if check and stale:
        raise Refused("contract_not_current", f"Not current: {', '.join(stale)}. Run: trackchild contracts publish")
    for name in stale:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(made[name], encoding="utf-8")
    rows = [(name, "written" if name in stale else "current") for name in made]
    output.show(dict(rows), as_json, lambda: output.table(str(target), ("document", ""), rows))
