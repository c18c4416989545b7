"""Migrations come in expand and contract steps, so that two versions of the hub can work on one database."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from contracts import Refused
from hub.index import Store, migrations
from hub.index.migrations import is_contract, last_contract, steps, upgrade, upgrade_to

Tables = dict[str, dict[str, Any]]


def tables(connection: Connection) -> Tables:
    looking = inspect(connection)
    return {
        name: {
            "columns": {column["name"]: column for column in looking.get_columns(name)},
            "unique": {tuple(one["column_names"]) for one in looking.get_unique_constraints(name)}
            | {tuple(one["column_names"]) for one in looking.get_indexes(name) if one["unique"]},
        }
        for name in looking.get_table_names()
    }


def taken_away(before: Tables, after: Tables) -> Iterator[str]:
    """What code of before would miss, or trip over."""
    for name, table in before.items():
        if name not in after:
            yield f"table {name} is gone"
            continue
        now = after[name]
        for column, was in table["columns"].items():
            if column not in now["columns"]:
                yield f"{name}.{column} is gone"
            elif str(now["columns"][column]["type"]) != str(was["type"]):
                yield f"{name}.{column} has another type"
            elif was["nullable"] and not now["columns"][column]["nullable"]:
                yield f"{name}.{column} may no longer be empty"
        for column in now["columns"].keys() - table["columns"].keys():
            if not now["columns"][column]["nullable"] and now["columns"][column]["default"] is None:
                yield f"{name}.{column} is new and must be told"
        for columns in now["unique"] - table["unique"]:
            if set(columns) <= table["columns"].keys():
                yield f"{name} {columns} must be unique now"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    store = Store.at(database_url, 2)
    yield store.engine
    store.close()


def test_every_step_that_does_not_say_contract_only_adds(engine: Engine) -> None:
    with engine.begin() as connection:
        before: Tables = {}
        for step in steps():
            upgrade_to(connection, step.revision)
            after = tables(connection)
            if not is_contract(step):
                assert list(taken_away(before, after)) == [], f"{step.revision}: say contract, or only add"
            before = after


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE outbox DROP COLUMN trace", "outbox.trace is gone"),
        ("ALTER TABLE outbox RENAME COLUMN trace TO traced", "outbox.trace is gone"),
        ("DROP TABLE inbox", "table inbox is gone"),
        ("CREATE UNIQUE INDEX one ON outbox (lane)", "outbox ('lane',) must be unique now"),
        ("CREATE TABLE more (n INTEGER)", None),
        ("ALTER TABLE outbox ADD COLUMN more TEXT", None),
    ],
)
def test_what_is_taken_away_is_seen(engine: Engine, change: str, said: str | None) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        before = tables(connection)
        connection.execute(text(change))
        assert list(taken_away(before, tables(connection))) == ([said] if said else [])


def test_an_older_hub_works_on_a_database_that_was_only_added_to(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE markers SET value = '9998' WHERE name = 'fits_from'"))
    with pytest.raises(Refused) as refused:
        upgrade(engine)
    assert refused.value.code == "database_newer"


def test_the_database_names_the_oldest_code_that_works_on_it(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        told = connection.execute(text("SELECT value FROM markers WHERE name = 'fits_from'")).scalar_one()
    assert told == last_contract() == max(one.revision for one in steps() if is_contract(one))


def test_every_step_follows_the_one_before_by_number() -> None:
    numbers = [step.revision for step in steps()]
    assert numbers == sorted(set(numbers))  # a number that was taken and never used leaves a gap
    assert {path.name[:4] for path in (migrations.HERE / "versions").glob("0*.py")} == set(numbers)
