"""Tables of erasing: orders that stand on an entry, what was erased, and who was told that it must go."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, false

from hub.index.columns import Moment, number
from hub.index.schema import metadata

#: Orders on an entry: ``hold`` (nothing erases it) and ``seal`` (nobody meets it); they stand until ``ended_at``.
#: ``owners_own``: the owner itself says that the record is sealed. They name the entry by the hub's own id only.
record_orders = Table(
    "record_orders",
    metadata,
    number("seq"),
    Column("hub_id", String(40), nullable=False),
    Column("what", String(8), nullable=False),
    Column("reference", String(200), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Moment, nullable=False),
    Column("owners_own", Boolean, nullable=False, server_default=false()),
    Column("ended_at", Moment),
    Column("ended_by", String(120)),
    Column("ended_reason", String(200)),
)
Index("ix_record_orders_hub_id", record_orders.c.hub_id)

#: What was erased, without a word or number of the child: ``known_by`` is a keyed hash of the owner's reference, by
#: which the same record is known when it is told again. A copy of each line stands in the ledger outside the database.
erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", String(36), primary_key=True),
    Column("hub_id", String(40), nullable=False, unique=True),
    Column("participant", String(40), nullable=False),
    Column("known_by", String(64), nullable=False),
    Column("reference", String(200), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("rule", String(80)),
    Column("by", String(120), nullable=False),
    Column("at", Moment, nullable=False),
    Column("told", Integer, nullable=False),
)
Index("ix_erasures_known_by", erasures.c.known_by)

#: The tombstones of an erasure: which notices of the outbox tell of it.
tombstones = Table(
    "tombstones",
    metadata,
    Column("notice_id", String(64), primary_key=True),
    Column("erasure_id", String(36), nullable=False),
)
Index("ix_tombstones_erasure_id", tombstones.c.erasure_id)
