"""``trackchild adapter test``: a participant's system step by step, from its name to a record translated."""

from typing import TYPE_CHECKING, Annotated

import typer

from contracts import Unready
from portal.cli import output
from portal.cli.adapter_named import Secret, System, Url, named, require_participant

if TYPE_CHECKING:
    from adapters.reaching import Tried

_SHOWN = {"ok": "ok", "failed": "FAILED", "skipped": "skipped"}


def test(
    system: System,
    url: Url = None,
    secret: Secret = None,
    push: Annotated[bool, typer.Option("--push", help="Send one notice that says that it is a test.")] = False,
    as_json: output.Json = False,
) -> None:
    """Try a system step by step: DNS, TCP, TLS, clock, authentication, every operation, one record translated.

    Nothing is written at the owner, unless --push. Ends with 0 only if no step failed.

    Examples:

        trackchild adapter test police-br

        trackchild adapter test adapters/police_xy/manifest.toml --url https://police.example --secret env:POLICE_KEY
    """
    steps = _steps(system, url, secret, push)
    rows = [(_SHOWN[step.outcome], step.name, step.detail, step.to_do) for step in steps]
    output.show(steps, as_json, lambda: output.table(system, ("", "step", "what was seen", "what to do"), rows))
    wrong = [step.name for step in steps if step.outcome == "failed"]
    if wrong:
        raise Unready("test_failed", f"{', '.join(wrong)} failed; do what the line says, then test again.")


def _steps(system: str, url: str | None, secret: str | None, push: bool) -> "list[Tried]":
    from adapters.stepping import try_all
    from portal.cli.opened import CONSOLE, opened_hub

    if url is None:
        require_participant(system)
        with opened_hub() as hub:
            return hub.test_participant(system, CONSOLE, push)
    assert CONSOLE.officer is not None
    return try_all(named(system, url, secret), CONSOLE.officer, push=push)
