"""What every table of the hub is made with: moments, numbered rows, names of indexes."""

import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Integer, MetaData, TypeDecorator

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def microseconds(value: datetime.datetime | None) -> int | None:
    """Since 1970 in UTC."""
    return None if value is None else (value - _EPOCH) // _MICROSECOND


class Moment(TypeDecorator[datetime.datetime]):
    """An aware time kept as microseconds since 1970 in UTC: equal and ordered alike on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> int | None:
        return microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime.datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Serial = BigInteger().with_variant(Integer(), "sqlite")


def number(name: str) -> Column[int]:
    """A primary key that the database counts up."""
    return Column(name, Serial, primary_key=True, autoincrement=True)


Values = dict[str, Any]
