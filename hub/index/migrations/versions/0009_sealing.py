"""Keys of children and of the hub itself, wrapped. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "child_keys",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("kek", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_child_keys")),
        sa.UniqueConstraint("participant", "source_id", name=op.f("uq_child_keys_participant_source_id")),
    )
    op.create_index("ix_child_keys_kek", "child_keys", ["kek"], unique=False)
    op.create_table(
        "hub_keys",
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("kek", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_hub_keys")),
    )
