"""Alembic migrations of the hub's database, the registry's tables included; ``upgrade`` brings one up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, text

from hub.index.dialect import is_postgresql
from hub.index.reaching import of_this_version
from hub.index.schema import metadata
from registry.tables import metadata as directory

HERE = Path(__file__).parent
_LOCK = 7_405


def upgrade(engine: Engine) -> None:
    """Bring the database at ``engine`` to the newest version; processes that do so at once follow one another."""
    with of_this_version(), engine.begin() as connection:
        if is_postgresql(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        command.upgrade(_config(connection), "head")


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
