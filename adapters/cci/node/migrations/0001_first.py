"""The tables of the software's first release; a database of that release has them already."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("home"):
        return
    op.create_table(
        "home",
        sa.Column("home_unit", sa.String(), primary_key=True),
        *_text("home_name home_type registration_no registered_until address district state pin"),
        *_text("superintendent phone admits sick_room playground cctv"),
        *_counts("capacity age_from age_to dormitories toilets class_rooms staff case_workers"),
    )
    op.create_table(
        "resident",
        sa.Column("admission_no", sa.String(), primary_key=True),
        sa.Column("home_unit", sa.String(), sa.ForeignKey("home.home_unit"), nullable=False),
        *_text("inmate_name name_in_hindi alias sex date_of_birth apparent_age age_proof age_recorded_on father_name"),
        *_text("mother_name guardian_name mother_tongue other_languages height weight build complexion face hair eyes"),
        *_text("blood_group ident_marks disability wearing_upper wearing_lower belongings category admission_ground"),
        *_text("case_status cwc_case_no jjb_case_no produced_on produced_by admitted_on found_on found_at"),
        *_text("found_district found_state police_station gd_no fir_no native_place native_district native_state"),
        *_text("native_pin photo_sha256 remarks"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last_modified", sa.String(), nullable=False),
        *_text("modified_by"),
    )
    op.create_index("ix_resident_home_unit", "resident", ["home_unit"])
    op.create_index("resident_modified", "resident", ["last_modified", "admission_no"])
    op.create_table(
        "efile",
        sa.Column("admission_no", sa.String(), sa.ForeignKey("resident.admission_no"), primary_key=True),
        sa.Column("section", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.String(), nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("notice_no", sa.String(), unique=True, nullable=False),
        sa.Column("admission_no", sa.String(), sa.ForeignKey("resident.admission_no"), nullable=False),
        *_text("home_unit subject message other_agency other_ref sent_at received_at read_by"),
    )
    op.create_table(
        "access_log",
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=True),
        *_text("at admission_no section purpose case_ref officer_id designation office outcome"),
        sa.Column("revision", sa.Integer()),
    )


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String()) for name in names.split()]


def _counts(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer()) for name in names.split()]
