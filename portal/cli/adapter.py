"""``trackchild adapter``: which kinds of system the hub can speak with, how one is added, and whether one answers."""

from typing import Annotated

import typer

from contracts import Unready
from portal.cli import adapter_backfill, adapter_new, adapter_preview, adapter_test, output
from portal.cli.opened import opened_hub

group = typer.Typer(
    name="adapter", help="List adapters, propose a new one, and try a participant's system.", no_args_is_help=True
)
group.command(name="new")(adapter_new.new)
group.command(name="preview")(adapter_preview.preview)
group.command(name="test")(adapter_test.test)
group.command(name="backfill")(adapter_backfill.backfill)


@group.command(name="list")
def list_(as_json: output.Json = False) -> None:
    """The adapters that were found, and what each kind of system can do.

    Example:

        trackchild adapter list
    """
    from adapters import catalog
    from adapters.by_manifest import offered
    from hub.settings import from_environment

    outside = from_environment().adapters
    found = []
    for kind in catalog.kinds(outside):
        manifest = catalog.manifest(kind, outside)
        found.append({"kind": kind, "title": manifest.adapter.title, "can": sorted(offered(manifest))})
    rows = [(each["kind"], each["title"], ", ".join(each["can"])) for each in found]
    output.show(found, as_json, lambda: output.table("Adapters", ("kind", "system", "can"), rows))


@group.command()
def check(
    participant: Annotated[str, typer.Argument(help="Id of the participant.")], as_json: output.Json = False
) -> None:
    """Try a participant's system step by step; each step that fails says what to do.

    Example:

        trackchild adapter check police-br
    """
    with opened_hub() as hub:
        steps = hub.systems.adapter(participant).check()
    rows = [("ok" if step.ok else "FAILED", step.name, step.detail, step.to_do) for step in steps]
    output.show(steps, as_json, lambda: output.table(participant, ("", "step", "detail", "what to do"), rows))
    if not all(step.ok for step in steps):
        raise Unready("check_failed", "A step failed; do what its line says, then check again.")
