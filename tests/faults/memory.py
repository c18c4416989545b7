"""How much memory this process needed at most: resident pages, what C libraries hold included (Linux)."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SELF = Path("/proc/self")


@dataclass
class Grown:
    """By how many bytes the process grew at most while it was watched."""

    most: int = 0


@contextmanager
def watched() -> Iterator[Grown]:
    """Watch the block: the kernel's high-water mark, set back at its beginning."""
    gc.collect()
    grown, before = Grown(), _status("VmRSS")
    (_SELF / "clear_refs").write_text("5", encoding="ascii")
    try:
        yield grown
    finally:
        grown.most = _status("VmHWM") - before


def _status(what: str) -> int:
    lines = (_SELF / "status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{what}:"))
