"""Tables of what citizens report, and of the letters by e-mail that are owed to them and to stations."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from hub.index.columns import Moment, number
from hub.index.schema import metadata

citizen_reports = Table(
    "citizen_reports",
    metadata,
    number("seq"),
    Column("report_id", String(36), nullable=False, unique=True),
    # SHA-256 of the number by which the sender follows it; the number itself is not kept.
    Column("number_hash", String(64), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("state", Integer, nullable=False),
    Column("district", Integer, nullable=False),
    Column("station", String(64)),
    Column("received_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("taken_by", String(64)),
    Column("closed_at", Moment),
    Column("closed_by", String(64)),
    Column("outcome", String(16)),
    # What was said, as JSON, and the picture, as JPEG: both to be sealed.
    Column("words", LargeBinary, nullable=False),
    Column("photo", LargeBinary),
)
Index(
    "ix_citizen_reports_district_closed_at_seq", *(citizen_reports.c[name] for name in ("district", "closed_at", "seq"))
)

mails = Table(
    "mails",
    metadata,
    number("seq"),
    Column("report_id", String(36), nullable=False),
    # To whom and what, as JSON, to be sealed; empty once it was sent.
    Column("words", LargeBinary, nullable=False),
    Column("due", Moment, nullable=False),
    Column("attempts", BigInteger, nullable=False, server_default="0"),
    Column("sent_at", Moment),
)
Index("ix_mails_sent_at_due", mails.c.sent_at, mails.c.due)
