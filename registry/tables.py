"""The tables of the directory, for SQLite and PostgreSQL alike; the hub's migrations build them."""

import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
)

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


class Moment(TypeDecorator[datetime.datetime]):
    """An aware time kept as microseconds since 1970 in UTC: equal and ordered alike on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime.datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Nodes of both jurisdiction trees: one row per id and span of days in which name, parent and codes were as written.
areas = Table(
    "areas",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("kind", String(24), nullable=False),
    Column("name", String(200), nullable=False),
    Column("folded", String(200), nullable=False),
    Column("parent", String(64)),
    Column("lgd", Integer),
    # LGD code of the state that its parent belongs to today; as of another day, its lineage tells.
    Column("state", SmallInteger, nullable=False),
    Index(None, "parent"),
    Index(None, "kind", "lgd"),
    Index(None, "state", "kind"),
)

#: Which police area covers which civil area, wholly or in part, and when: the only bridge between the two trees.
area_coverage = Table(
    "area_coverage",
    metadata,
    Column("police", String(64), primary_key=True),
    Column("civil", String(64), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    # True: the police area covers all of the civil area; False: a part of it.
    Column("whole", Boolean, nullable=False),
    Index(None, "civil"),
)

#: What became of an area that ended: renamed codes, splits and mergers.
area_successions = Table(
    "area_successions",
    metadata,
    Column("former", String(64), primary_key=True),
    Column("successor", String(64), primary_key=True),
    Column("since", Date, nullable=False),
    Index(None, "successor"),
)

#: One row per institution and span of days in which it was as described; ``body`` is the whole contract model.
institutions = Table(
    "institutions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("kind", String(24), nullable=False),
    Column("state", SmallInteger),
    Column("area", String(64)),
    Column("parent", String(64)),
    Column("folded", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "kind", "state"),
    Index(None, "area", "kind"),
    Index(None, "parent"),
    Index(None, "state"),
)

#: How a participant spells what the directory calls otherwise. ``participant`` ``*`` stands for everybody.
spellings = Table(
    "spellings",
    metadata,
    Column("participant", String(40), primary_key=True),
    # station or district.
    Column("what", String(12), primary_key=True),
    Column("state", SmallInteger, primary_key=True),
    # For a station, the folded district it was told with; empty when it holds whatever the district.
    Column("district", String(100), primary_key=True),
    Column("folded", String(200), primary_key=True),
    Column("raw", String(200), nullable=False),
    Column("target", String(64), nullable=False),
    Index(None, "target"),
)

#: The organisations of the exchange; ``body`` is the whole contract model, endpoint and permissions included.
participants = Table(
    "participants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

#: Keys of participants' machines: only the public id and a SHA-256 of the whole key are kept.
participant_keys = Table(
    "participant_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("participant", String(40), nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_to", Moment),
    Column("revoked_at", Moment),
    Column("note", String(200)),
    Column("issued_at", Moment, nullable=False),
    Index(None, "participant"),
)

#: One row: a counter that every change of areas, coverage, institutions or spellings raises, and what was seeded.
directory_state = Table(
    "directory_state",
    metadata,
    Column("one", SmallInteger, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("seeded", String(64)),
)
