"""The migrations build exactly the tables that the code speaks of, on both databases."""

import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from hub.index import Store
from hub.index.audit import Line
from hub.index.entry import Side
from hub.index.migrations import all_metadata, upgrade, upgrade_to


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


_BEFORE = {
    "participant": "cci-dl", "version": "1", "recorded_at": 0, "kind": "found", "status": "in_care", "veil": 0,
    "public": False, "first_seen": 0, "updated": 0, "record": b"{}", "keys": b"", "find_keys": b"",
}  # fmt: skip


def test_what_is_compared_moves_to_a_table_of_its_own(database_url: str) -> None:
    engine = Store.at(database_url).engine
    with engine.begin() as connection:
        upgrade_to(connection, "0004")
        older = MetaData()
        older.reflect(connection, only=["records"])
        rows = [(1, 0, 0, b"one\0two" * 30), (2, 1, 0, b"\0\0three"), (3, 1, 1, b"")]
        for row, side, pending, features in rows:
            own = {"row": row, "hub_id": f"h{row}", "source_id": f"s{row}", "side": side, "pending": pending}
            connection.execute(older.tables["records"].insert(), _BEFORE | own | {"features": features})
    upgrade(engine)
    store = Store(engine)
    with store.read() as work:
        held = work.records.compared([1, 2, 3])
        assert [held[row].features for row, *_ in rows] == [features for *_, features in rows]
        assert [one.row for one in work.records.open_after(Side.CANDIDATE, 0, 10)] == [2]
    store.close()
