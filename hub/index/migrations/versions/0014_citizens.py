"""What citizens report, and letters by e-mail. Only adds."""

import sqlalchemy as sa
from alembic import op

from hub.index.columns import Moment, Serial

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen_reports",
        sa.Column("seq", Serial, autoincrement=True, nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_citizen_reports")),
        sa.UniqueConstraint("report_id", name=op.f("uq_citizen_reports_report_id")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_citizen_reports_number_hash")),
    )
    op.create_index(
        "ix_citizen_reports_district_closed_at_seq", "citizen_reports", ["district", "closed_at", "seq"], unique=False
    )
    op.create_table(
        "mails",
        sa.Column("seq", Serial, autoincrement=True, nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("due", Moment(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_sent_at_due", "mails", ["sent_at", "due"], unique=False)
