"""The tables of the homes' software, in its own words: homes, residents, versioned eFiles, notices, accesses.

``migrations/versions`` makes them; a change here goes with one there.
"""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, String) for name in names]


def _counts(*names: str) -> list[Column[int]]:
    return [Column(name, Integer) for name in names]


home = Table(
    "home",
    metadata,
    Column("home_unit", String, primary_key=True),
    *_text("home_name", "home_type", "registration_no", "registered_until", "address", "district", "state", "pin"),
    *_text("superintendent", "phone", "admits", "sick_room", "playground", "cctv"),
    *_counts("capacity", "age_from", "age_to", "dormitories", "toilets", "class_rooms", "staff", "case_workers"),
    *_text("registered_on"),
    *_counts("counsellors", "medical_staff", "house_parents"),
)

resident = Table(
    "resident",
    metadata,
    Column("admission_no", String, primary_key=True),
    Column("home_unit", String, ForeignKey("home.home_unit"), nullable=False, index=True),
    *_text("inmate_name", "name_in_hindi", "alias", "sex", "date_of_birth", "apparent_age", "age_proof"),
    *_text("age_recorded_on", "father_name", "mother_name", "guardian_name", "mother_tongue", "other_languages"),
    *_text("height", "weight", "build", "complexion", "face", "hair", "eyes", "blood_group", "ident_marks"),
    *_text("disability", "wearing_upper", "wearing_lower", "belongings"),
    *_text("category", "admission_ground", "case_status", "cwc_case_no", "jjb_case_no", "produced_on", "produced_by"),
    *_text("admitted_on", "found_on", "found_at", "found_district", "found_state", "police_station", "gd_no", "fir_no"),
    *_text("native_place", "native_district", "native_state", "native_pin", "photo_sha256", "remarks"),
    Column("revision", Integer, nullable=False, default=1),
    Column("last_modified", String, nullable=False),
    *_text("modified_by"),
    Index("resident_modified", "last_modified", "admission_no"),
)

#: One row a version of a section: nothing is overwritten, so it stays known who wrote what.
efile = Table(
    "efile",
    metadata,
    Column("admission_no", String, ForeignKey("resident.admission_no"), primary_key=True),
    Column("section", String, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("written_by", String, nullable=False),
    Column("written_at", String, nullable=False),
    *_text("write_no", "purpose", "case_ref", "office"),
    Index("efile_write_no", "write_no", unique=True),
)

#: What the register said of a resident or of the home before each change, and who changed it.
change = Table(
    "change",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("home_unit", String, nullable=False),
    Column("admission_no", String, index=True),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("changed_by", String, nullable=False),
    Column("changed_at", String, nullable=False),
)

photograph = Table(
    "photograph",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("admission_no", String, ForeignKey("resident.admission_no"), nullable=False, index=True),
    Column("sha256", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("image", LargeBinary, nullable=False),
    *_text("taken_on", "shows", "kept_by", "kept_at"),
    Index("photograph_once", "admission_no", "sha256", unique=True),
)

#: Who may come in: a member of one home's staff. The pass itself is not kept, only what it hashes to.
staff_pass = Table(
    "staff_pass",
    metadata,
    Column("pass_hash", String, primary_key=True),
    Column("home_unit", String, ForeignKey("home.home_unit"), nullable=False),
    Column("holder", String, nullable=False),
    *_text("designation", "issued_at", "ended_at"),
)

notice = Table(
    "notice",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("notice_no", String, unique=True, nullable=False),
    Column("admission_no", String, ForeignKey("resident.admission_no"), nullable=False),
    *_text("home_unit", "subject", "message", "other_agency", "other_ref", "sent_at", "received_at", "read_by"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    *_text("at", "admission_no", "section", "purpose", "case_ref", "officer_id", "designation", "office", "outcome"),
    Column("revision", Integer),
)

#: The tables that a file of rows may be loaded into.
LOADED = {table.name: table for table in (home, resident, efile)}
