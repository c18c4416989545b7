"""Sections of the table of benchmarks: each written by its program in place of the one before."""

import os
from pathlib import Path

END = "<!-- matching: end -->"


def put(path: Path, begin: str, text: str) -> None:
    """Put the section that opens with ``begin`` and closes with ``END`` into the file."""
    whole = path.read_text(encoding="utf-8") if path.exists() else "# What was measured\n"
    if begin in whole:
        before, _, rest = whole.partition(begin)
        whole = before + text + rest.partition(END)[2]
    else:
        whole = f"{whole.rstrip()}\n\n{text}\n"
    path.write_text(whole, encoding="utf-8")


def load() -> str:
    """Load of the machine over one, five and fifteen minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())
