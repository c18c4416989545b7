"""How long each system's last live answer took, so that the slowest are asked first. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lanes", sa.Column("seconds", sa.Float(), nullable=True))
