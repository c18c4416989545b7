"""Who was asked in live searches: each list once, under a digest that the audit's lines name. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audiences",
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_audiences")),
    )
