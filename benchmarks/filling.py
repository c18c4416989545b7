"""Fills an index with a million records in minutes: made and prepared once by several processes, then bulk-written.

The rows are those that ``flow.index`` and ``match_all`` would have written, but for the proposals; only the way is
shorter.
"""

import datetime
import hashlib
import pickle
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine

from benchmarks.matching.generator import Generator
from contracts import ChildRecord
from hub.core import ModelCore
from hub.index import compared, dialect
from hub.index.entry import TO_FIND, Entry, columns_of, opaque_id
from hub.index.payload import dump_record
from hub.index.schema import match_keys, records
from hub.index.thin import thinned
from hub.matching import blocking
from hub.matching.features import VERSION

SECRET = b"benchmark"
PART = 5_000
_NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
_KEY = np.dtype([("key", "<i8"), ("side", "<i2"), ("row", "<i8")])
#: One row of ``match_keys`` as PostgreSQL copies it in: the number of columns, then each with its length before it.
_COPIED = np.dtype(
    [("n", ">i2"), ("l1", ">i4"), ("key", ">i8"), ("l2", ">i4"), ("side", ">i2"), ("l3", ">i4"), ("row", ">i8")]
)


def children(seed: int, many: int, first: int = 1_000_000_000) -> Iterator[ChildRecord]:
    """Half of them missing, half found, numbered from ``first``."""
    truth = Generator(seed).set((many + 1) // 2, many // 2)
    for number, record in enumerate([*truth.missing, *truth.found][:many]):
        owner = "police-br" if record.kind == "missing" else "cci-dl"
        ref = record.ref.model_copy(update={"participant": owner, "source_id": f"B{first + number}"})
        yield record.model_copy(update={"ref": ref})


def true_pairs(seed: int, many: int, first: int = 1_000_000_000) -> set[tuple[str, str]]:
    """Which of these ``children`` are one child: the source ids of the missing and of the found record."""
    searched = (many + 1) // 2
    pair = Generator(seed).set(searched, many // 2).pair.tolist()
    return {(f"B{first + one}", f"B{first + searched + other}") for one, other in enumerate(pair) if other >= 0}


def make(folder: Path, many: int, workers: int = 2) -> list[Path]:
    """Files of ``PART`` records each, ready to be loaded; those made with these features already are kept."""
    folder /= f"features-{VERSION}-{_keys_said()}"
    folder.mkdir(parents=True, exist_ok=True)
    parts = [folder / f"{start:08d}.pickle" for start in range(0, many, PART)]
    missing = [part for part in parts if not part.exists()]
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_make_part, missing))
    return parts


def _keys_said() -> str:
    """Tells apart what was made with other blocking keys."""
    return hashlib.sha256(Path(blocking.__file__).read_bytes()).hexdigest()[:8]


def _make_part(path: Path) -> None:
    start = int(path.stem)
    core = ModelCore(SECRET)
    entries = core.prepared([core.entry(one) for one in children(1_000 + start, PART, first=start)])
    made = [_row(start + number + 1, entry) for number, entry in enumerate(entries)], _keys(start, entries)
    path.with_suffix(".part").write_bytes(pickle.dumps(made, protocol=5))
    path.with_suffix(".part").rename(path)


def _row(number: int, entry: Entry) -> dict[str, Any]:
    ref = entry.record.ref
    identity = {"row": number, "participant": ref.participant, "source_id": ref.source_id, "hub_id": opaque_id()}
    columns = columns_of(entry, dump_record(entry.record), _NOW) | {"features": entry.features}
    return identity | {"first_seen": _NOW} | columns


def _keys(start: int, entries: list[Entry]) -> npt.NDArray[Any]:
    held = [
        (key, side, start + number + 1)
        for number, entry in enumerate(entries)
        for side, keys in ((int(entry.side), entry.keys), (TO_FIND, entry.find_keys))
        for key in keys
    ]
    return np.array(held, dtype=_KEY)


def load(engine: Engine, parts: Iterable[Path]) -> None:
    """Write the parts into empty tables, the keys in their order; then let the database look at what it has."""
    held = []
    for part in parts:
        rows, keys = pickle.loads(part.read_bytes())  # its own files
        held.append(keys)
        features = [(row["row"], row["side"], thinned(row.pop("features"))) for row in rows]
        with engine.begin() as connection:
            dialect.insert_many(connection, records, rows)
            compared.put(connection, features)
    keys = np.concatenate(held)
    keys = keys[np.lexsort((keys["row"], keys["side"], keys["key"]))]
    (_copy_keys if engine.dialect.name == "postgresql" else _insert_keys)(engine, keys)


def _insert_keys(engine: Engine, keys: npt.NDArray[Any]) -> None:
    sql = f"INSERT INTO {match_keys.name} VALUES (?, ?, ?)"
    with engine.begin() as connection:
        for start in range(0, len(keys), 1_000_000):
            connection.exec_driver_sql(sql, keys[start : start + 1_000_000].tolist())
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _copy_keys(engine: Engine, keys: npt.NDArray[Any]) -> None:
    raw = engine.raw_connection()
    try:
        with raw.cursor() as cursor:
            cursor.execute("ALTER TABLE match_keys DROP CONSTRAINT pk_match_keys")
            with cursor.copy("COPY match_keys (key, side, row) FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(b"PGCOPY\n\xff\r\n\x00" + bytes(8))
                for start in range(0, len(keys), 100_000):
                    copy.write(_copied(keys[start : start + 100_000]))
                copy.write(b"\xff\xff")
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute("ALTER TABLE match_keys ADD CONSTRAINT pk_match_keys PRIMARY KEY (key, side, row)")
        raw.commit()
        raw.driver_connection.autocommit = True
        raw.driver_connection.execute("VACUUM ANALYZE")
        raw.driver_connection.execute("SELECT setval(pg_get_serial_sequence('records', 'row'), max(row)) FROM records")
        raw.driver_connection.execute("CHECKPOINT")
        raw.driver_connection.autocommit = False
    finally:
        raw.close()


def _copied(keys: npt.NDArray[Any]) -> bytes:
    rows = np.zeros(len(keys), dtype=_COPIED)
    rows["n"], rows["l1"], rows["l2"], rows["l3"] = 3, 8, 2, 8
    for name in ("key", "side", "row"):
        rows[name] = keys[name]
    return rows.tobytes()
