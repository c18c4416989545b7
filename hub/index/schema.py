"""The tables of the hub, for SQLite and PostgreSQL alike; ``migrations/`` builds the same ones step by step."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from hub.index.columns import Moment, Serial, number
from hub.index.columns import metadata as metadata

#: One row per record of one participant: its newest word. Only the columns needed to filter are in clear.
records = Table(
    "records",
    metadata,
    number("row"),
    Column("hub_id", String(40), nullable=False, unique=True),
    Column("public_id", String(40)),
    Column("participant", String(40), nullable=False),
    Column("source_id", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(20), nullable=False),
    # 0 searched for, 1 candidate, 2 closed: see hub.index.entry.Side.
    Column("side", SmallInteger, nullable=False),
    # The owner's record is open, but its confirmed twin was closed.
    Column("twin_closed", Boolean, nullable=False, server_default=false()),
    # An order of a Board, Committee or court seals it: see hub.index.orders.
    Column("sealed", Boolean, nullable=False, server_default=false()),
    # 0 open to those with a right to search, 1 committees and owner only, 2 owner only.
    Column("veil", SmallInteger, nullable=False),
    Column("public", Boolean, nullable=False),
    # 1: ported and not yet prepared for matching; features and keys are still empty.
    Column("pending", SmallInteger, nullable=False),
    Column("gender", String(1)),
    Column("state", Integer),
    Column("district", Integer),
    # Months since year 0: year * 12 + month - 1.
    Column("event_month", Integer),
    Column("born_from", Integer),
    Column("born_to", Integer),
    Column("first_seen", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    # When the owner wants it forgotten; empty once it is.
    Column("expires_at", Moment),
    # The payload, to be sealed: the record (JSON).
    Column("record", LargeBinary, nullable=False),
    # Its own rows of match_keys, 8 bytes each: for matching, and for finding it by name or diary number.
    Column("keys", LargeBinary, nullable=False),
    Column("find_keys", LargeBinary, nullable=False),
    UniqueConstraint("participant", "source_id"),
)
Index("ix_records_updated", records.c.updated)
Index("ix_records_place", records.c.state, records.c.district)
_pending = records.c.pending == 1
Index("ix_records_pending", records.c.row, sqlite_where=_pending, postgresql_where=_pending)
_expiring = records.c.expires_at.is_not(None)
Index("ix_records_expires_at", records.c.expires_at, sqlite_where=_expiring, postgresql_where=_expiring)
_published = records.c.public_id.is_not(None)
Index("uq_records_public_id", records.c.public_id, unique=True, sqlite_where=_published, postgresql_where=_published)

#: Keys hashed with the hub's secret; ``side`` is that of the entry for blocking keys, 3 for keys by which people
#: find it, so that a look-up meets only what it looks for.
match_keys = Table(
    "match_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("side", SmallInteger, primary_key=True, autoincrement=False),
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

#: What matching compares of each entry that was prepared for it, apart from all that it does not read: hundreds are
#: looked up for one new record. ``changed`` grows with the transaction that wrote the row (see ``hub.index.compared``).
compared = Table(
    "compared",
    metadata,
    Column("row", Serial, primary_key=True, autoincrement=False),
    Column("side", SmallInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    # A payload, to be sealed; see ``hub.index.thin``.
    Column("features", LargeBinary, nullable=False),
)
Index("ix_compared_changed", compared.c.changed)

#: A pair that may be one child. ``facts`` is the hash of both sides' features when a person rejected it; ``flag`` says
#: why a person must look at it.
matches = Table(
    "matches",
    metadata,
    Column("match_id", String(36), primary_key=True),
    Column("searched", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("bits", Float, nullable=False),
    Column("probability", Float, nullable=False),
    Column("prior_bits", Float, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("model", String(80), nullable=False),
    Column("facts", String(64)),
    Column("told", Boolean, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(120)),
    Column("reason", String(200)),
    Column("flag", String(24)),
    UniqueConstraint("searched", "found"),
)
_flagged = matches.c.flag.is_not(None)
Index("ix_matches_flag", matches.c.flag, sqlite_where=_flagged, postgresql_where=_flagged)
Index("ix_matches_found", matches.c.found)
Index("ix_matches_state_bits", matches.c.state, matches.c.bits)

#: How each match came to its state; appended to, never changed.
match_steps = Table(
    "match_steps",
    metadata,
    number("seq"),
    Column("match_id", String(36), nullable=False),
    Column("state", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(120), nullable=False),
    Column("reason", String(200)),
    Column("bits", Float, nullable=False),
)
Index("ix_match_steps_match_id", match_steps.c.match_id)

#: Steps of cases, as told by participants.
events = Table(
    "events",
    metadata,
    Column("sender", String(40), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("participant", String(40), nullable=False),
    Column("source_id", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("ix_events_record", events.c.participant, events.c.source_id, events.c.at)

inbox = Table(
    "inbox",
    metadata,
    Column("sender", String(40), primary_key=True),
    Column("message_id", String(64), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("reply", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

#: Notices owed. ``lane`` is the participant; ``about`` its own record, within which the order is kept. ``unsure``: an
#: attempt may have reached a system that cannot tell a notice it knows. ``trace`` is a W3C ``traceparent``.
outbox = Table(
    "outbox",
    metadata,
    number("seq"),
    Column("notice_id", String(64), nullable=False, unique=True),
    Column("lane", String(40), nullable=False),
    Column("about", String(64), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Moment, nullable=False),
    Column("holder", String(80)),
    Column("held_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("how", String(12)),
    Column("foreign_id", String(200)),
    Column("last_error", String(80)),
    Column("last_field", String(200)),
    Column("last_rule", String(200)),
    Column("unsure", Boolean, nullable=False, server_default=false()),
    Column("sent_at", Moment),
    Column("trace", String(55)),
    Column("match_id", String(64)),
)
_owed = outbox.c.state == "owed"
Index("ix_outbox_owed", outbox.c.lane, outbox.c.due, sqlite_where=_owed, postgresql_where=_owed)
Index("ix_outbox_lane", outbox.c.lane, outbox.c.about, outbox.c.seq)
_undone = outbox.c.state.in_(("dead", "doubt"))
Index("ix_outbox_undone", outbox.c.lane, outbox.c.settled_at, sqlite_where=_undone, postgresql_where=_undone)

#: How each participant's system answers, shared by every courier. ``failures`` are those in a row; the lane is left
#: alone until ``resume_at``; the incident that lasts began at ``opened_at``; nothing is sent before ``next_at``.
lanes = Table(
    "lanes",
    metadata,
    Column("lane", String(40), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("resume_at", Moment, nullable=False),
    Column("opened_at", Moment),
    Column("next_at", Moment),
    Column("hour_from", Moment),
    Column("hour_failures", Integer, nullable=False, server_default="0"),
    Column("tried_at", Moment),
    Column("answered_at", Moment),
    Column("failed_at", Moment),
    Column("last_code", String(80)),
    Column("seconds", Float),
)

#: Records and rows that could not be taken in, with reason and original, until a later good version resolves them.
set_aside = Table(
    "set_aside",
    metadata,
    number("seq"),
    Column("participant", String(40), nullable=False),
    Column("source_id", String(200), nullable=False),
    Column("what", String(8), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("field", String(200), nullable=False),
    Column("rule", String(200), nullable=False),
    Column("message", String(200), nullable=False),
    Column("original", LargeBinary, nullable=False),
    Column("original_hash", String(64), nullable=False),
    Column("run_id", String(36)),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("resolved_at", Moment),
    UniqueConstraint("participant", "source_id", "original_hash"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("participant", String(40), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("updated", Moment, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(36), primary_key=True),
    Column("participant", String(40), nullable=False),
    Column("what", String(8), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("read", "indexed", "unchanged", "adults", "set_aside", "gaps")
    ),
    Column("error", String(80)),
)
Index("ix_runs_participant", runs.c.participant, runs.c.started_at)

#: Work that only one process may do at a time. ``fence`` grows with each holder; work of an older one is refused.
leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Moment, nullable=False),
)

#: Each slot of each job is claimed once, whatever number of processes schedule it.
slots = Table(
    "slots",
    metadata,
    Column("job", String(80), primary_key=True),
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    Column("holder", String(80), nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String(80)),
)

#: Append-only (a trigger refuses the rest). ``opening`` is the seq of the line whose outcome this one tells.
audit = Table(
    "audit",
    metadata,
    number("seq"),
    Column("at", Moment, nullable=False),
    Column("who", String(120), nullable=False),
    Column("role", String(200), nullable=False),
    Column("institution", String(64)),
    Column("act", String(24), nullable=False),
    Column("purpose", String(24)),
    Column("matter", String(200)),
    Column("detail", String(80)),
    Column("hub_id", String(40)),
    Column("outcome", String(80), nullable=False),
    Column("opening", BigInteger),
    # Of a notice that was taken: when it was sent; ``at`` is when that was acknowledged.
    Column("sent_at", Moment),
)
Index("ix_audit_hub_id", audit.c.hub_id, audit.c.seq)
Index("ix_audit_opening", audit.c.opening)
Index("ix_audit_matter", audit.c.matter)

#: Lists of those who were asked by live searches, each once: most questions go to the same.
audiences = Table(
    "audiences",
    metadata,
    Column("digest", String(16), primary_key=True),
    Column("participants", Text, nullable=False),
)

#: Which line of the audit is which leaf of its Merkle tree (append-only, as heads and cosignatures are).
audit_leaves = Table(
    "audit_leaves",
    metadata,
    Column("leaf", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, unique=True),
)

#: Up to 256 hashes of complete subtrees of 256**level leaves, 32 bytes each.
audit_tiles = Table(
    "audit_tiles",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

#: The tree at one size, signed by the hub (C2SP tlog-checkpoint).
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("checkpoint", Text, nullable=False),
)

#: What witnesses signed of a head.
audit_cosignatures = Table(
    "audit_cosignatures",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("witness", String(120), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("line", Text, nullable=False),
)

#: RFC 3161 time-stamps of heads; without a token, none could be had then.
audit_stamps = Table(
    "audit_stamps",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("token", LargeBinary),
)

#: What the index was built with: ``core`` -> fingerprint of features and secret.
markers = Table(
    "markers",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(120), nullable=False),
)
