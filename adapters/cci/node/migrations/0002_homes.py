"""Each home for itself: passes of its staff, photographs, what was changed by whom, and writings that come once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("write_no", "purpose", "case_ref", "office"):
        op.add_column("efile", sa.Column(name, sa.String()))
    op.create_index("efile_write_no", "efile", ["write_no"], unique=True)
    op.add_column("home", sa.Column("registered_on", sa.String()))
    for name in ("counsellors", "medical_staff", "house_parents"):
        op.add_column("home", sa.Column(name, sa.Integer()))
    op.create_table(
        "change",
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("home_unit", sa.String(), nullable=False),
        sa.Column("admission_no", sa.String()),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(), nullable=False),
    )
    op.create_index("ix_change_admission_no", "change", ["admission_no"])
    op.create_table(
        "photograph",
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("admission_no", sa.String(), sa.ForeignKey("resident.admission_no"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        *[sa.Column(name, sa.String()) for name in ("taken_on", "shows", "kept_by", "kept_at")],
    )
    op.create_index("ix_photograph_admission_no", "photograph", ["admission_no"])
    op.create_index("photograph_once", "photograph", ["admission_no", "sha256"], unique=True)
    op.create_table(
        "staff_pass",
        sa.Column("pass_hash", sa.String(), primary_key=True),
        sa.Column("home_unit", sa.String(), sa.ForeignKey("home.home_unit"), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        *[sa.Column(name, sa.String()) for name in ("designation", "issued_at", "ended_at")],
    )
