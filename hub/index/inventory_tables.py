"""Tables of comparing with the sources: reconciliations, what they list and find; what came last; alerts."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, false

from hub.index.columns import Moment
from hub.index.schema import metadata

#: One comparison of a participant's records with its source. ``state``: see ``hub.reconciling.states``.
reconciliations = Table(
    "reconciliations",
    metadata,
    Column("run_id", String(36), primary_key=True),
    Column("participant", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("how", String(12), nullable=False),
    Column("mend", Boolean, nullable=False, server_default=false()),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("cursor", Text),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in (
            *("here", "there", "left_out", "gaps", "missing_here", "missing_there", "stale_here", "newer_here"),
            *("twice", "pulled_again", "withdrawn"),
        )
    ),
    Column("why", String(80)),
    Column("decided_by", String(120)),
    Column("decided_at", Moment),
    Column("reason", String(200)),
)
Index("ix_reconciliations_participant", reconciliations.c.participant, reconciliations.c.started_at)

#: What a source lists while it is compared; gone when that is over. ``place``: in which of its lists. ``aside``: why
#: the hub does not keep it (an adult, or set aside).
inventory = Table(
    "inventory",
    metadata,
    Column("participant", String(40), primary_key=True),
    Column("source_id", String(64), primary_key=True),
    Column("place", String(40), primary_key=True),
    Column("version", String(64)),
    Column("changed_at", Moment),
    Column("aside", String(80)),
    sqlite_with_rowid=False,
)

#: What a reconciliation found to differ. ``settled``: ``pulled``, ``withdrawn``, ``vanished`` (alike when looked at
#: again), ``left`` (it could not be mended).
differences = Table(
    "differences",
    metadata,
    Column("run_id", String(36), primary_key=True),
    Column("source_id", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("here_version", String(64)),
    Column("here_at", Moment),
    Column("there_version", String(64)),
    Column("there_at", Moment),
    Column("seen_again", Boolean, nullable=False, server_default=false()),
    Column("settled", String(12)),
    sqlite_with_rowid=False,
)

#: One row as an incident opens and one as it ends, until those who are to know were told.
alerts = Table(
    "alerts",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("incident", String(80), nullable=False),
    Column("participant", String(40), nullable=False),
    Column("what", String(24), nullable=False),
    Column("phase", String(8), nullable=False),
    Column("code", String(80)),
    Column("at", Moment, nullable=False),
    Column("told_at", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Moment, nullable=False),
    Column("detail", String(400)),
)
_untold = alerts.c.told_at.is_(None)
Index("ix_alerts_untold", alerts.c.due, sqlite_where=_untold, postgresql_where=_untold)
Index("ix_alerts_incident", alerts.c.incident, alerts.c.seq)
