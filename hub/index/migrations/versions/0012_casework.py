"""Casework: cases, what they owe, what is wrong in them, who was told; sittings, orders, transfers. Only adds."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cases()
    _told()
    _bench()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub_id", sa.String(length=40), nullable=False),
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("machine", sa.String(length=8), nullable=False),
        sa.Column("statute", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("known_since", sa.BigInteger(), nullable=False),
        sa.Column("committee", sa.String(length=64), nullable=True),
        sa.Column("lgd_state", sa.Integer(), nullable=True),
        sa.Column("district", sa.Integer(), nullable=True),
        sa.Column("veil", sa.SmallInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_cases")),
        sa.UniqueConstraint("hub_id", name=op.f("uq_cases_hub_id")),
    )
    op.create_index("ix_cases_committee", "cases", ["committee"], unique=False)
    op.create_index("ix_cases_place", "cases", ["lgd_state", "district"], unique=False)
    op.create_table(
        "case_duties",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_case_duties")),
    )
    op.create_index(
        "ix_case_duties_at",
        "case_duties",
        ["at"],
        unique=False,
        sqlite_where=sa.text("at IS NOT NULL"),
        postgresql_where=sa.text("at IS NOT NULL"),
    )
    op.create_index(
        "ix_case_duties_missed",
        "case_duties",
        ["due"],
        unique=False,
        sqlite_where=sa.text("stage = 2"),
        postgresql_where=sa.text("stage = 2"),
    )
    op.create_index("ix_case_duties_row", "case_duties", ["row"], unique=False)


def _told() -> None:
    op.create_table(
        "case_calls",
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("row", "code", "turn", "due", "stage", "institution", name=op.f("pk_case_calls")),
    )
    op.create_index("ix_case_calls_institution", "case_calls", ["institution", "at"], unique=False)
    op.create_table(
        "case_findings",
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("other", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("row", "rule", "place", name=op.f("pk_case_findings")),
    )
    op.create_index("ix_case_findings_rule", "case_findings", ["rule", "row"], unique=False)


def _bench() -> None:
    op.create_table(
        "sittings",
        sa.Column("sitting_id", sa.String(length=36), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seats", sa.String(length=200), nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sittings")),
    )
    op.create_index("ix_sittings_institution", "sittings", ["institution", "at"], unique=False)
    op.create_table(
        "listings",
        sa.Column("sitting_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("sitting_id", "place", name=op.f("pk_listings")),
        sa.UniqueConstraint("sitting_id", "row", name=op.f("uq_listings_sitting_id_row")),
    )
    op.create_index("ix_listings_row", "listings", ["row"], unique=False)
    op.create_table(
        "case_orders",
        sa.Column("order_no", sa.String(length=120), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("sitting_id", sa.String(length=36), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_case_orders")),
        sa.UniqueConstraint(
            "institution", "form", "year", "serial", name=op.f("uq_case_orders_institution_form_year_serial")
        ),
    )
    op.create_index("ix_case_orders_row", "case_orders", ["row"], unique=False)
    op.create_index("ix_case_orders_sha256", "case_orders", ["sha256"], unique=False)
    op.create_table(
        "transfers",
        sa.Column("transfer_id", sa.String(length=36), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("from_institution", sa.String(length=64), nullable=False),
        sa.Column("to_institution", sa.String(length=64), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("ordered_by", sa.String(length=120), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("received_by", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfers")),
    )
    op.create_index("ix_transfers_row", "transfers", ["row"], unique=False)
    op.create_index("ix_transfers_to", "transfers", ["to_institution", "received_at"], unique=False)
