"""Tables of people: accounts, sessions, and the looks that somebody forced open."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from hub.index.columns import Moment
from hub.index.schema import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("password", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(24), nullable=False),
    Column("institution", String(64)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", Moment),
    # The sealed secret of a one-time code (RFC 6238), and the last step whose code was used.
    Column("second_factor", LargeBinary),
    Column("second_step", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_sessions_expires_at", sessions.c.expires_at)

#: Looks that a person forced open, each to be reviewed by another.
glass = Table(
    "glass",
    metadata,
    Column("glass_id", String(36), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("institution", String(64)),
    Column("hub_id", String(40), nullable=False),
    Column("purpose", String(24), nullable=False),
    Column("matter", String(200), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("reviewed_at", Moment),
    Column("reviewed_by", String(64)),
    Column("justified", Boolean),
    Column("words", String(200)),
)
Index("ix_glass_login_hub_id", glass.c.login, glass.c.hub_id)
Index("ix_glass_at", glass.c.at)
