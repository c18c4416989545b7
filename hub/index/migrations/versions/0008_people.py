"""A second factor of accounts, and the looks that were forced open by break-glass. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("second_factor", sa.LargeBinary(), nullable=True))
    op.add_column("accounts", sa.Column("second_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "glass",
        sa.Column("glass_id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=True),
        sa.Column("hub_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("matter", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("glass_id", name=op.f("pk_glass")),
    )
    op.create_index("ix_glass_login_hub_id", "glass", ["login", "hub_id"], unique=False)
    op.create_index("ix_glass_at", "glass", ["at"], unique=False)
