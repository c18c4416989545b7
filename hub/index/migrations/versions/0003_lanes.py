"""Lanes that several couriers share, notices in doubt, and the trace that a notice goes on with. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENTS = ("opened_at", "next_at", "hour_from", "tried_at", "answered_at", "failed_at")


def upgrade() -> None:
    for name in _MOMENTS:
        op.add_column("lanes", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("lanes", sa.Column("hour_failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("lanes", sa.Column("last_code", sa.String(length=80), nullable=True))
    op.add_column("outbox", sa.Column("last_field", sa.String(length=200), nullable=True))
    op.add_column("outbox", sa.Column("last_rule", sa.String(length=200), nullable=True))
    op.add_column("outbox", sa.Column("unsure", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("outbox", sa.Column("sent_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("trace", sa.String(length=55), nullable=True))
    undone = sa.text("state IN ('dead', 'doubt')")
    op.create_index("ix_outbox_undone", "outbox", ["lane", "settled_at"], sqlite_where=undone, postgresql_where=undone)
