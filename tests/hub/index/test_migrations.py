"""The migrations build exactly the tables that the code speaks of, on both databases."""

import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from hub.index import Store
from hub.index.audit import Line
from hub.index.migrations import all_metadata, upgrade


def _joined() -> MetaData:
    together = MetaData()
    for part in all_metadata():
        for table in part.tables.values():
            table.to_metadata(together)
    return together


def test_migrations_and_tables_agree(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, _joined()) == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    before = set(inspect(store.engine).get_table_names())
    upgrade(store.engine)
    assert set(inspect(store.engine).get_table_names()) == before


@pytest.mark.parametrize("change", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"])
def test_the_audit_can_only_be_added_to(store: Store, start: datetime.datetime, change: str) -> None:
    with store.write() as work:
        work.audit.add(Line(who="officer:a", role="officer", act="case", outcome="begun"), start)
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(change))
