"""A database as a described system of transport ``database``: its views and tables, and some values of each."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from adapters.base import Connection
from adapters.database import LIMIT, OFFSET, SINCE, engine, plain_value
from adapters.outgoing import ANYWHERE
from adapters.proposing.described import Described, Rows, Seen
from adapters.proposing.samples import fields_of, listed_as
from contracts import Refused, Unready

_SAMPLE, _MOST_TABLES = 300, 200


def described(url: str, secret: str | None = None) -> Described:
    """What the database shows its reader; user and password stand in ``secret``, never in the address.

    Raises ``Refused`` (``bad_url``, ``no_driver``, ``secret_in_url``, ``empty_description``), ``Unready``.
    """
    if sa.make_url(url).password:
        raise Refused("secret_in_url", "leave user and password out of the address; give them as a secret")
    opened = engine(Connection("new", url, secret, outgoing=ANYWHERE))
    try:
        with opened.connect() as reading:
            found = tuple(_tables(reading))
    except (SQLAlchemyError, OSError):
        raise Unready("unreachable", "the database does not answer; check address, user and password") from None
    finally:
        opened.dispose()
    if not found:
        raise Refused("empty_description", "the database shows this user no table or view; ask for a right to read")
    return Described("database", found, {"auth": "basic"} if secret else {})


def _tables(reading: sa.Connection) -> Iterator[Rows]:
    there = sa.inspect(reading)
    for name in sorted([*there.get_view_names(), *there.get_table_names()])[:_MOST_TABLES]:
        columns = {column["name"]: column["type"] for column in there.get_columns(name)}
        rows = reading.execute(sa.select(sa.Table(name, sa.MetaData(), autoload_with=reading)).limit(_SAMPLE))
        values = {seen.path: seen.values for seen in fields_of(map(_row, rows.mappings()))}
        fields = tuple(
            Seen(column, type=_type(kind), values=values.get(column, ())) for column, kind in columns.items()
        )
        yield Rows(listed_as(name), fields, {"path": name}, parameters=(Seen(SINCE), Seen(OFFSET), Seen(LIMIT)))


def _row(row: sa.RowMapping) -> dict[str, object]:
    return {str(name): plain_value(value) for name, value in row.items()}


def _type(kind: object) -> str:
    if isinstance(kind, sa.DateTime):
        return "date-time"
    return "date" if isinstance(kind, sa.Date) else ""
