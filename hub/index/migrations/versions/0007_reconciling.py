"""Reconciliations and what they find, records that expire, alerts; the unread ``record_versions`` goes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
step = "contract"

_COUNTS = ("here", "there", "left_out", "gaps", "missing_here", "missing_there", "stale_here", "newer_here")


def upgrade() -> None:
    op.drop_table("record_versions")
    _columns()
    _reconciliations()
    _alerts()


def _columns() -> None:
    op.add_column("records", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    _partial("ix_records_expires_at", "records", ["expires_at"], "expires_at IS NOT NULL")
    op.add_column("matches", sa.Column("flag", sa.String(length=24), nullable=True))
    _partial("ix_matches_flag", "matches", ["flag"], "flag IS NOT NULL")
    op.add_column("outbox", sa.Column("match_id", sa.String(length=64), nullable=True))


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("mend", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in (*_COUNTS, "twice", "pulled_again", "withdrawn")
        ),
        sa.Column("why", sa.String(length=80), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_reconciliations")),
    )
    op.create_index("ix_reconciliations_participant", "reconciliations", ["participant", "started_at"])
    op.create_table(
        "inventory",
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("aside", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("participant", "source_id", "place", name=op.f("pk_inventory")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "differences",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("here_version", sa.String(length=64), nullable=True),
        sa.Column("here_at", sa.BigInteger(), nullable=True),
        sa.Column("there_version", sa.String(length=64), nullable=True),
        sa.Column("there_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("settled", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "source_id", "kind", name=op.f("pk_differences")),
        sqlite_with_rowid=False,
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("incident", sa.String(length=80), nullable=False),
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alerts")),
    )
    _partial("ix_alerts_untold", "alerts", ["due"], "told_at IS NULL")
    op.create_index("ix_alerts_incident", "alerts", ["incident", "seq"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
