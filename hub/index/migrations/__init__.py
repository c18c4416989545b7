"""Alembic migrations of the hub's database, the registry's tables included; ``upgrade`` brings one up to date.

A step is ``expand`` (it only adds: code of before works on) unless its module says ``step = "contract"``. Hubs of
two versions work side by side on one database as long as no contract step lies between them (docs/operations.md).
"""

from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, select, text

from contracts import Refused
from hub.index.dialect import is_postgresql, upsert
from hub.index.reaching import of_this_version
from hub.index.schema import markers, metadata
from registry.tables import metadata as directory

HERE = Path(__file__).parent
_LOCK = 7_405
#: The marker that names the oldest step whose code works on this database.
_FITS = "fits_from"
log = structlog.get_logger()


def upgrade(engine: Engine) -> None:
    """Bring the database at ``engine`` to the newest version; processes that do so at once follow one another.

    One that a newer hub made is worked on as it is while it was only added to; else ``Refused`` (``database_newer``).
    """
    with engine.begin() as connection:
        if is_postgresql(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        try:
            upgrade_to(connection, "head")
        except Refused:
            if not _fits(connection):
                raise
            log.warning("database_newer", status="it was only added to; this older hub works on it")
            return
        upsert(connection, markers, {"name": _FITS, "value": last_contract()})


def _fits(connection: Connection) -> bool:
    """Whether a newer database still has all that this code knows of."""
    if not inspect(connection).has_table(markers.name):
        return False
    told = connection.execute(select(markers.c.value).where(markers.c.name == _FITS)).scalar_one_or_none()
    return told is not None and told in {one.revision for one in steps()}


def steps() -> list[Any]:
    """The migrations of this code, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return list(ScriptDirectory.from_config(config).walk_revisions())[::-1]


def is_contract(step: Any) -> bool:
    """Whether a migration takes something away that older code needs."""
    return getattr(step.module, "step", "expand") == "contract"


def last_contract() -> str:
    """The step from which on code works on today's tables."""
    every = steps()
    return str(next((one for one in reversed(every) if is_contract(one)), every[0]).revision)


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring an empty database to one version, in the caller's transaction; ``head`` is the newest."""
    with of_this_version():
        command.upgrade(_config(connection), revision)


def all_metadata() -> list[MetaData]:
    """What the migrations together must amount to."""
    return [metadata, directory]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config
