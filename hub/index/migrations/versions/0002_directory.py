"""The directory of the registry: areas, institutions, participants and keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_coverage",
        sa.Column("police", sa.String(length=64), nullable=False),
        sa.Column("civil", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("police", "civil", "valid_from", name=op.f("pk_area_coverage")),
    )
    op.create_index(op.f("ix_area_coverage_civil"), "area_coverage", ["civil"], unique=False)
    op.create_table(
        "area_successions",
        sa.Column("former", sa.String(length=64), nullable=False),
        sa.Column("successor", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("former", "successor", name=op.f("pk_area_successions")),
    )
    op.create_index(op.f("ix_area_successions_successor"), "area_successions", ["successor"], unique=False)
    op.create_table(
        "areas",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("lgd", sa.Integer(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", "valid_from", name=op.f("pk_areas")),
    )
    op.create_index(op.f("ix_areas_kind_lgd"), "areas", ["kind", "lgd"], unique=False)
    op.create_index(op.f("ix_areas_parent"), "areas", ["parent"], unique=False)
    op.create_index(op.f("ix_areas_state_kind"), "areas", ["state", "kind"], unique=False)
    op.create_table(
        "directory_state",
        sa.Column("one", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("seeded", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_directory_state")),
    )
    op.create_table(
        "institutions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=True),
        sa.Column("area", sa.String(length=64), nullable=True),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "valid_from", name=op.f("pk_institutions")),
    )
    op.create_index(op.f("ix_institutions_area_kind"), "institutions", ["area", "kind"], unique=False)
    op.create_index(op.f("ix_institutions_kind_state"), "institutions", ["kind", "state"], unique=False)
    op.create_index(op.f("ix_institutions_parent"), "institutions", ["parent"], unique=False)
    op.create_index(op.f("ix_institutions_state"), "institutions", ["state"], unique=False)
    op.create_table(
        "participant_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_participant_keys")),
    )
    op.create_index(op.f("ix_participant_keys_participant"), "participant_keys", ["participant"], unique=False)
    op.create_table(
        "participants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
    )
    op.create_table(
        "spellings",
        sa.Column("participant", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("district", sa.String(length=100), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("raw", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("participant", "what", "state", "district", "folded", name=op.f("pk_spellings")),
    )
    op.create_index(op.f("ix_spellings_target"), "spellings", ["target"], unique=False)
