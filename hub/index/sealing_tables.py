"""Tables of sealing: a wrapped key per child, and the hub's own keys."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, UniqueConstraint

from hub.index.schema import metadata

#: The key of one child's words (of one record of one participant), wrapped by the key-encryption key ``kek``. Numbers
#: are drawn, never counted: that of an erased child never comes again. Kept out of backups; see ``hub.backup``.
child_keys = Table(
    "child_keys",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("participant", String(40), nullable=False),
    Column("source_id", String(200), nullable=False),
    Column("kek", String(16), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    UniqueConstraint("participant", "source_id"),
)
Index("ix_child_keys_kek", child_keys.c.kek)

#: Keys of the hub itself, by what they are for, wrapped alike.
hub_keys = Table(
    "hub_keys",
    metadata,
    Column("purpose", String(24), primary_key=True),
    Column("kek", String(16), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
