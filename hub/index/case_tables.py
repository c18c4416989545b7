"""Tables of casework: cases and what each owes, what is wrong in them, who was told, sittings, orders, transfers.

No word on a child stands in them: numbers of entries, codes, moments, institutions.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, Table, UniqueConstraint

from hub.index.columns import Moment, number
from hub.index.schema import metadata

_MOST_STEP = 40

#: One row per entry of which steps were told. ``statute``: the law it was opened under, for good; empty where it is
#: older than every law on file. ``committee``: the committee or board that has it. Place and veil follow the record.
cases = Table(
    "cases",
    metadata,
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    Column("hub_id", String(40), nullable=False, unique=True),
    Column("participant", String(40), nullable=False),
    Column("source_id", String(64), nullable=False),
    Column("machine", String(8), nullable=False),
    Column("statute", String(40)),
    Column("state", String(40), nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("known_since", Moment, nullable=False),
    Column("committee", String(64)),
    Column("lgd_state", Integer),
    Column("district", Integer),
    Column("veil", SmallInteger, nullable=False),
    Column("updated", Moment, nullable=False),
)
Index("ix_cases_place", cases.c.lgd_state, cases.c.district)
Index("ix_cases_committee", cases.c.committee)

#: What a case owes now. ``at``: when the sweep must look next (empty: there is nothing to say any more). ``stage``: 0
#: nothing was said, 1 warned, 2 missed.
case_duties = Table(
    "case_duties",
    metadata,
    number("seq"),
    Column("row", BigInteger, nullable=False),
    Column("code", String(_MOST_STEP), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("due", Moment, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("at", Moment),
)
Index("ix_case_duties_row", case_duties.c.row)
_awaited = case_duties.c.at.is_not(None)
Index("ix_case_duties_at", case_duties.c.at, sqlite_where=_awaited, postgresql_where=_awaited)
_missed = case_duties.c.stage == 2
Index("ix_case_duties_missed", case_duties.c.due, sqlite_where=_missed, postgresql_where=_missed)

#: Each warning (stage 1) and each escalation (stage 2), once. ``told``: how many participants were sent a notice; 0
#: for what was over before the hub knew of the case, which is listed and not sent.
case_calls = Table(
    "case_calls",
    metadata,
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(_MOST_STEP), primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("due", Moment, primary_key=True),
    Column("stage", SmallInteger, primary_key=True, autoincrement=False),
    Column("institution", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("told", SmallInteger, nullable=False),
)
Index("ix_case_calls_institution", case_calls.c.institution, case_calls.c.at)

#: What is wrong in an entry's case. ``place`` counts its steps from 0.
case_findings = Table(
    "case_findings",
    metadata,
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    Column("rule", String(32), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("step", String(_MOST_STEP)),
    Column("at", Moment),
    Column("other", BigInteger),
    Column("found_at", Moment, nullable=False),
)
Index("ix_case_findings_rule", case_findings.c.rule, case_findings.c.row)

#: A sitting of a committee or board. ``seats``: who sat, by seat (``chairperson,member_1``), no names.
sittings = Table(
    "sittings",
    metadata,
    Column("sitting_id", String(36), primary_key=True),
    Column("institution", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("seats", String(200)),
    Column("made_by", String(120), nullable=False),
)
Index("ix_sittings_institution", sittings.c.institution, sittings.c.at)

#: The cause list: which case is called when, for what, and what came of it.
listings = Table(
    "listings",
    metadata,
    Column("sitting_id", String(36), primary_key=True),
    Column("place", SmallInteger, primary_key=True, autoincrement=False),
    Column("row", BigInteger, nullable=False),
    Column("purpose", String(_MOST_STEP), nullable=False),
    Column("outcome", String(_MOST_STEP)),
    UniqueConstraint("sitting_id", "row"),
)
Index("ix_listings_row", listings.c.row)

#: Orders and reports made on a form: number, form, day and hash. The document itself is kept by the institution.
case_orders = Table(
    "case_orders",
    metadata,
    Column("order_no", String(120), primary_key=True),
    Column("institution", String(64), nullable=False),
    Column("form", String(4), nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("sitting_id", String(36)),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("institution", "form", "year", "serial"),
)
Index("ix_case_orders_row", case_orders.c.row)
Index("ix_case_orders_sha256", case_orders.c.sha256)

#: A case on its way from one committee or board to another, until that one acknowledges that it has it.
transfers = Table(
    "transfers",
    metadata,
    Column("transfer_id", String(36), primary_key=True),
    Column("row", BigInteger, nullable=False),
    Column("from_institution", String(64), nullable=False),
    Column("to_institution", String(64), nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("ordered_by", String(120), nullable=False),
    Column("received_at", Moment),
    Column("received_by", String(120)),
)
Index("ix_transfers_row", transfers.c.row)
Index("ix_transfers_to", transfers.c.to_institution, transfers.c.received_at)
