"""The tables that come with the directory, as rows of text; their sources are told in ``data/README.md``."""

import csv
import hashlib
import io
from collections.abc import Iterable
from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``data/NAME.csv``."""
    return tuple(csv.DictReader(io.StringIO(_content(name).decode("utf-8"), newline="")))


def fingerprint(names: Iterable[str]) -> str:
    """Changes when any of the tables does."""
    return hashlib.sha256(b"\0".join(_content(name) for name in names)).hexdigest()


def _content(name: str) -> bytes:
    return (resources.files("registry") / "data" / f"{name}.csv").read_bytes()
