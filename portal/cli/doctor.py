"""``trackchild doctor``: does everything the hub needs stand, and what to do where it does not."""

import platform
import sys
from collections.abc import Callable, Iterator

import typer

from adapters.base import Step
from contracts import TrackChildError, Unready
from portal.cli import output
from portal.cli.opened import opened_hub


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(doctor)


def doctor(as_json: output.Json = False) -> None:
    """Check Python, settings, database, adapters, contract and participants; say what to do about each fault.

    Example:

        trackchild doctor
    """
    steps = [step for look in (_python, _database, _adapters, _contract) for step in _safely(look)]
    rows = [("ok" if step.ok else "FAILED", step.name, step.detail, step.to_do) for step in steps]
    output.show(steps, as_json, lambda: output.table("Doctor", ("", "what", "detail", "what to do"), rows))
    if not all(step.ok for step in steps):
        raise Unready("doctor_found_faults", "Something does not stand; do what the lines say.")


def _safely(look: Callable[[], Iterator[Step]]) -> Iterator[Step]:
    try:
        yield from look()
    except TrackChildError as error:
        yield Step(look.__name__.strip("_"), ok=False, detail=error.code, to_do=error.message)


def _python() -> Iterator[Step]:
    fine = sys.version_info >= (3, 11)
    yield Step("Python", fine, platform.python_version(), "" if fine else "Install Python 3.11 or newer.")


def _database() -> Iterator[Step]:
    with opened_hub() as hub:
        status = hub.status()
        yield Step("database", True, f"{status.database}, {status.records} records")
        for one in status.participants:
            stuck = one.dead > 0
            to_do = "Look at the dead notices on the operator's page." if stuck else ""
            yield Step(f"participant {one.participant}", not stuck, f"{one.records} records, {one.owed} owed", to_do)


def _adapters() -> Iterator[Step]:
    from adapters import catalog
    from hub.settings import from_environment

    outside = from_environment().adapters
    faults = catalog.problems(outside)
    yield from (Step("adapter", False, fault.field, fault.message) for fault in faults)
    if not faults:
        yield Step("adapters", True, ", ".join(catalog.kinds(outside)))


def _contract() -> Iterator[Step]:
    from portal.cli.contract import stale

    old = stale()
    yield Step("published contract", not old, ", ".join(old), "Run: trackchild contracts publish" if old else "")
