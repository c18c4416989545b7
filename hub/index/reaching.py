"""Whether the hub's database can be spoken to at all, told in one sentence before anything is done with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from contracts import Refused, Unready
from hub.index import dialect

_URL = "Give sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME as TRACKCHILD_DATABASE or --database."


def reached(url: str, pool_size: int = 10) -> Engine:
    """An engine whose database answered once.

    ``Refused`` (``bad_database_url``, ``not_a_database``) or ``Unready`` (``database_not_reached``); none repeats the
    address, which may hold a password.
    """
    try:
        engine = dialect.engine_for(url, pool_size)
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise Refused("bad_database_url", f"The database's address cannot be used. {_URL}") from None
    if dialect.backend(engine) not in ("sqlite", "postgresql"):
        raise Refused("bad_database_url", f"The hub runs on SQLite and PostgreSQL only. {_URL}")
    with _told(dialect.backend(engine)), engine.connect():
        return engine


@contextmanager
def of_this_version() -> Iterator[None]:
    """While migrations run: a database that a newer hub made is refused (``database_newer``)."""
    try:
        yield
    except CommandError:
        raise Refused(
            "database_newer", "A newer hub made this database. Install that version, or name another."
        ) from None


#: What to do where the database does not open.
_TO_DO = {
    "sqlite": "See that the file's folder is there and may be written.",
    "postgresql": "See that PostgreSQL runs, and that host, user, password and name in its address are right.",
}


@contextmanager
def _told(backend: str) -> Iterator[None]:
    try:
        yield
    except OperationalError:
        raise Unready("database_not_reached", f"The hub's database cannot be opened. {_TO_DO[backend]}") from None
    except DatabaseError:
        raise Refused("not_a_database", "The file is no SQLite database. Name another by --database.") from None
