"""Fixtures of the adapters' tests: a look-alike system as a process of its own, loaded with its samples."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters import catalog
from adapters.base import Adapter, Connection

KEY = "hub:open sesame"
_SERVE = (
    "import sys, pathlib; from adapters import catalog;"
    "catalog.node(sys.argv[1])(port=0, database=sys.argv[2], load=pathlib.Path(sys.argv[3]), key=sys.argv[4])"
)


@dataclass(frozen=True)
class Node:
    """A running look-alike: where it listens, and the database it keeps."""

    kind: str
    url: str
    database: str
    process: subprocess.Popen[str]

    def adapter(self, secret: str = KEY) -> Adapter:
        return catalog.adapter(self.kind, Connection("tester", self.url, secret))


@pytest.fixture(scope="module")
def start_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Node]]:
    """``start_node("cci")``: a process of that kind, ended after the module's tests.

    It has every sample loaded, or ``rows`` (its own words) where they are given.
    """
    running: list[Node] = []

    def start(kind: str, rows: list[dict[str, Any]] | None = None) -> Node:
        place = tmp_path_factory.mktemp(kind)
        node = _started(kind, place, _samples(kind, place) if rows is None else _written(rows, place))
        running.append(node)
        return node

    yield start
    for node in running:
        node.process.terminate()
        node.process.communicate(timeout=20)


def _samples(kind: str, place: Path) -> Path:
    rows = "".join(
        path.read_text(encoding="utf-8") for path in sorted((catalog.folder(kind) / "samples").rglob("*.jsonl"))
    )
    (place / "rows.jsonl").write_text(rows, encoding="utf-8")
    return place / "rows.jsonl"


def _written(rows: list[dict[str, Any]], place: Path) -> Path:
    (place / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return place / "rows.jsonl"


def _started(kind: str, place: Path, load: Path) -> Node:
    database = f"sqlite:///{place / 'node.sqlite'}"
    command = [sys.executable, "-c", _SERVE, kind, database, str(load), KEY]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("ready http://127.0.0.1:"), said
    return Node(kind, said.split()[1], database, process)
