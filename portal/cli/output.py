"""How commands speak: one result as a table for people or as JSON for programs, errors in one line with what to do."""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen at; 0 takes any free one.")]
screen = Console()
errors = Console(stderr=True)
Advance = Callable[[int, int | None], None]


def plain(value: Any) -> Any:
    """A result as JSON values."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def announced(as_json: bool) -> Callable[[str], None]:
    """How a server tells its address: the line ``ready ADDRESS``, or a JSON object on a line of its own."""

    def announce(address: str) -> None:
        sys.stdout.write((json.dumps({"ready": address}) if as_json else f"ready {address}") + "\n")
        sys.stdout.flush()

    return announce


def show(result: Any, as_json: bool, people: Callable[[], Any]) -> None:
    """Print ``result`` as JSON, or what ``people()`` makes of it (a table or text)."""
    if as_json:
        sys.stdout.write(json.dumps(plain(result), ensure_ascii=False, indent=2) + "\n")
    else:
        screen.print(people())


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterator[Sequence[object]] | Sequence[Sequence[object]],
    *,
    ruled: bool = False,
) -> Table:
    """A table of plain text cells (nothing in a cell is read as markup); ``ruled`` parts the rows by lines."""
    made = Table(title=title, title_justify="left", header_style="bold", show_lines=ruled)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(_cell(cell) for cell in row))
    return made


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("[", r"\[")


@contextmanager
def progress(title: str, quiet: bool = False) -> Iterator[Advance]:
    """A progress bar on stderr; yields ``advance(done, total)`` (total None while it is not known)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=quiet) as bars:
        task = bars.add_task(f"{title:<34}", total=None)

        def advance(done: int, total: int | None = None) -> None:
            bars.update(task, completed=done, total=total)

        yield advance
        finished = bars.tasks[0].completed
        bars.update(task, total=finished or 1, completed=finished or 1)
