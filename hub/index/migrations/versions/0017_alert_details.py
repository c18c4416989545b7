"""What an incident concerns beyond its code, e.g. the flows that stop with a certificate. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("detail", sa.String(400), nullable=True))
