"""What matching compares moves out of the records, into a narrow table with the order of its changes."""

import sqlalchemy as sa
from alembic import op

from hub.index.compared import put
from hub.index.thin import thinned

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
step = "contract"

_AT_ONCE = 5_000
_NEXT = sa.text(
    "SELECT row, side, features FROM records WHERE row > :row AND pending = 0 ORDER BY row LIMIT :most"
).bindparams(most=_AT_ONCE)


def upgrade() -> None:
    op.create_table(
        "compared",
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_compared")),
    )
    op.create_index("ix_compared_changed", "compared", ["changed"], unique=False)
    _move(op.get_bind())
    op.drop_column("records", "features")


def _move(connection: sa.Connection) -> None:
    last, part = 0, True
    while part:
        rows = connection.execute(_NEXT, {"row": last}).all()
        put(connection, [(row, side, thinned(bytes(features))) for row, side, features in rows])
        part, last = bool(rows), rows[-1][0] if rows else last
