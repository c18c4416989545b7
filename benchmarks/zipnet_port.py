"""A whole ZIPNET ported: saved pages through translation and index, beside the floor of the same rows in one run.

    python -m benchmarks.zipnet_port --rows 636000
    python -m benchmarks.zipnet_port --rows 20000 --database sqlite --json

The pages are seeded and synthetic, half CSV, half JSON answers. The floor is the same files parsed by ``csv`` and
``orjson`` and inserted, untranslated, by the database's bulk path (``executemany``, ``COPY``) into one table without an
index, part by part. Memory is the most that the process ever held, after a tenth of the rows and at the end.
"""

import argparse
import csv
import json
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import psycopg

from benchmarks.databases import KINDS, database, server
from benchmarks.zipnet_rows import COLUMNS, save
from contracts import Participant
from contracts.participants import Endpoint, ParticipantKind
from hub.app import Hub
from hub.porting import Seen
from hub.settings import Settings

_PART = 2_000


def main() -> None:
    """Save the pages, then port and floor on each database."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        save(folder / "pages", asked.rows, children=asked.children)
        told = {kind: _measured(kind, folder, asked.rows) for kind in asked.database}
    if asked.json:
        print(json.dumps({"rows": asked.rows, "children": asked.children} | told, indent=2))
    else:
        for kind, one in told.items():
            print(kind, ", ".join(f"{name} {value:,.4g}" for name, value in one.items()))


def _measured(kind: str, folder: Path, rows: int) -> dict[str, float]:
    with server(kind, folder / kind) as where:
        seconds, early, late = _ported(database(where, "port"), folder / "pages", rows)
        floor = _floor(database(where, "floor"), folder / "pages")
    return {
        "rows_per_s": rows / seconds,
        "floor_rows_per_s": rows / floor,
        "times_floor": seconds / floor,
        "mb_at_a_tenth": early,
        "mb_at_the_end": late,
    }


def _ported(url: str, pages: Path, rows: int) -> tuple[float, float, float]:
    """(seconds, MB held at most after a tenth of the rows, MB held at most)."""
    early: list[float] = []
    hub = Hub.open(Settings(database=url))
    try:
        endpoint = Endpoint(adapter="zipnet", url="http://zipnet.invalid")
        zipnet = Participant(id="zipnet", name="ZIPNET", kind=ParticipantKind.ZIPNET, endpoint=endpoint)
        hub.registry.participants.put(zipnet)
        begun = time.perf_counter()
        report = hub.port_saved(
            "zipnet", pages, Seen("zipnet"), lambda done, total: early.append(_held()) if done >= rows / 10 else None
        )
        seconds = time.perf_counter() - begun
    finally:
        hub.close()
    assert report.read == rows and report.adds_up and report.error is None
    return seconds, early[0], _held()


def _held() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _floor(url: str, pages: Path) -> float:
    """Seconds for the same rows, parsed and inserted as they are."""
    begun = time.perf_counter()
    (_by_copy if url.startswith("postgresql") else _by_executemany)(url, _parsed(pages))
    return time.perf_counter() - begun


def _parsed(pages: Path) -> Iterator[tuple[Any, ...]]:
    for path in sorted(pages.iterdir()):
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                reading = csv.reader(lines)
                next(reading)
                yield from map(tuple, reading)
        else:
            yield from (tuple(row.values()) for row in orjson.loads(path.read_bytes())["data"])


def _by_executemany(url: str, rows: Iterator[tuple[Any, ...]]) -> None:
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"CREATE TABLE floor ({', '.join(COLUMNS)})")
    sql = f"INSERT INTO floor VALUES ({', '.join('?' * len(COLUMNS))})"
    while part := list(islice(rows, _PART)):
        with database:
            database.executemany(sql, part)
    database.close()


def _by_copy(url: str, rows: Iterator[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{name}" text' for name in COLUMNS)
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as database:
        database.execute(f"CREATE TABLE floor ({columns})")
        while part := list(islice(rows, _PART)):
            with database.cursor() as cursor, cursor.copy("COPY floor FROM STDIN") as copy:
                for row in part:
                    copy.write_row(row)
            database.commit()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--children", type=float, default=1.0, help="share of rows about persons below 18")
    parser.add_argument("--database", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
