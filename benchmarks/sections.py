"""Sections of docs/benchmarks.md: each written by its program in place of the one before."""

import datetime as dt
import os
import platform
from pathlib import Path


def put(path: Path, name: str, lines: list[str]) -> None:
    """Put the section that the program ``name`` writes into the file, between two comments that name it."""
    begin, end = f"<!-- {name}: written by python -m benchmarks.{name} -->", f"<!-- {name}: end -->"
    text = "\n".join([begin, *lines, end])
    whole = path.read_text(encoding="utf-8") if path.exists() else "# What was measured\n"
    if begin in whole:
        before, _, rest = whole.partition(begin)
        whole = before + text + rest.partition(end)[2]
    else:
        whole = f"{whole.rstrip()}\n\n{text}\n"
    path.write_text(whole, encoding="utf-8")


def machine() -> str:
    """What it was run on, in one line."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}. Run on {dt.date.today()}."
