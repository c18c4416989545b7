"""``trackchild contracts``: the published forms of the contract."""

from pathlib import Path
from typing import Annotated

import typer

import contracts
from contracts import Refused
from portal.cli import output

group = typer.Typer(
    name="contracts", help="Publish the contract as WSDL, XSD, JSON Schema and OpenAPI.", no_args_is_help=True
)
PUBLISHED = Path(contracts.__file__).parent / "published"


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
    from hub.doors.publish import forms
    from hub.doors.publish import publish as write

    old = stale(target)
    if check and old:
        raise Refused("contract_not_current", f"Not current: {_few(old)}. Run: {_command(target)}")
    if not check:
        write(target)
    rows = [(name, "written" if name in old else "current") for name in forms()]
    output.show(dict(rows), as_json, lambda: output.table(str(target), ("document", ""), rows))


def _few(names: list[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _command(target: Path) -> str:
    return "trackchild contracts publish" + ("" if target == PUBLISHED else f" {target}")


def stale(target: Path = PUBLISHED) -> list[str]:
    """Names of the published documents that are not what the models say."""
    from hub.doors.publish import forms

    return [
        name for name, form in forms().items() if not (target / name).exists() or (target / name).read_bytes() != form
    ]
