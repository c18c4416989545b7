"""A live read: nobody without right, purpose and case; the audit line before the question; nothing kept."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from adapters.base import Adapter, Capability, Connection
from contracts import (
    ChildRecord,
    Officer,
    Purpose,
    Refused,
    Section,
    SectionField,
    SectionName,
    SectionRequest,
    Unready,
)
from contracts.codes import Restriction
from hub.access import EVERYWHERE, Role, person, public
from hub.flow import Flow
from hub.index import Store
from hub.index.schema import metadata
from hub.reading import Reading

Make = Callable[..., ChildRecord]
SECRET = "slept at the station for three nights"
COMMITTEE = person(Officer(id="cwc.demo", role="committee"), Role.COMMITTEE, EVERYWHERE)
OFFICER = person(Officer(id="sho.demo", role="officer"), Role.OFFICER, EVERYWHERE)


class Home(Adapter):
    """An owner that answers, refuses, is down or breaks, and sees what is in the audit when it is asked."""

    capabilities = frozenset({Capability.FETCH})

    def __init__(self, store: Store) -> None:
        super().__init__(Connection("cci-dl", "http://127.0.0.1:9/"))
        self.store, self.error, self.asked = store, None, []
        self.error: Exception | None
        self.asked: list[tuple[SectionRequest, list[str]]]

    def fetch(self, request: SectionRequest) -> Section:
        self.asked.append((request, audited(self.store)))
        if self.error is not None:
            raise self.error
        return Section(
            ref=request.ref,
            section=request.section,
            version="3",
            changed_at=request.asked_at,
            fields=[SectionField(label="Circumstances", value=SECRET)],
        )


def audited(store: Store) -> list[str]:
    with store.engine.begin() as connection:
        return list(connection.exec_driver_sql("SELECT outcome FROM audit ORDER BY seq").scalars())


@pytest.fixture
def home(store: Store) -> Home:
    return Home(store)


@pytest.fixture
def reading(store: Store, home: Home) -> Reading:
    return Reading(store, lambda owner, what: home if owner == "cci-dl" else None)


@pytest.fixture
def hub_id(flow: Flow, store: Store, found: Make) -> str:
    flow.receive("cci-dl", "message-1", [found("F1")])
    with store.read() as work:
        return str(work.records.find(participant="cci-dl", source_id="F1").hub_id)


def read(reading: Reading, hub_id: str, **changed: Any) -> Section:
    asked = {
        "caller": COMMITTEE,
        "hub_id": hub_id,
        "section": SectionName.CASE_HISTORY,
        "purpose": Purpose.INQUIRY,
        "case": "FIR 12/2026",
    }
    return reading.section(**asked | changed)


def test_the_officer_purpose_and_case_travel_and_the_audit_is_written_before(
    reading: Reading, home: Home, store: Store, hub_id: str
) -> None:
    assert read(reading, hub_id).fields[0].value == SECRET
    ((request, audit_when_asked),) = home.asked
    assert (request.officer.id, request.purpose, request.case) == ("cwc.demo", Purpose.INQUIRY, "FIR 12/2026")
    assert audit_when_asked == ["asked"]
    assert audited(store) == ["asked", "answered"]
    with store.read() as work:
        (line,) = work.audit.of(hub_id)
    assert (line.who, line.purpose, line.case, line.detail, line.outcome) == (
        "officer:cwc.demo",
        "inquiry",
        "FIR 12/2026",
        "case_history",
        "answered",
    )


def test_nothing_of_the_answer_is_kept(reading: Reading, store: Store, hub_id: str) -> None:
    read(reading, hub_id)
    with store.engine.begin() as connection:
        kept = [str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert not any(SECRET in row for row in kept)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"caller": public()}, "not_allowed"),
        (
            {"caller": person(Officer(id="admin.demo", role="administrator"), Role.ADMINISTRATOR, EVERYWHERE)},
            "not_allowed",
        ),
        ({"caller": OFFICER}, "section_not_allowed"),
        ({"caller": OFFICER, "section": SectionName.PROFILE, "purpose": Purpose.CARE}, "purpose_not_allowed"),
        ({"purpose": Purpose.AUDIT}, "purpose_not_allowed"),
        ({"case": "  "}, "no_case_stated"),
        ({"hub_id": "A" * 22}, "unknown_case"),
    ],
)
def test_without_right_purpose_or_case_nothing_is_asked(
    reading: Reading, home: Home, hub_id: str, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(reading, **{"hub_id": hub_id} | changed)
    assert refused.value.code == code
    assert home.asked == []


def test_without_an_audit_nothing_is_asked(
    reading: Reading, home: Home, hub_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise Unready("database_busy", "The disk is full.")

    monkeypatch.setattr("hub.index.audit.Audit.add", full)
    with pytest.raises(Unready):
        read(reading, hub_id)
    assert home.asked == []


@pytest.mark.parametrize(
    ("error", "code", "outcome"),
    [
        (Refused("not_for_you", "The owner does not show this."), "not_for_you", "not answered: not_for_you"),
        (Unready("home_down", "The home is offline."), "home_down", "not answered: home_down"),
        (KeyError(SECRET), "owner_failed", "not answered: owner_failed"),
    ],
)
def test_an_owner_that_does_not_answer_is_written_down(
    reading: Reading, home: Home, store: Store, hub_id: str, error: Exception, code: str, outcome: str
) -> None:
    home.error = error
    with pytest.raises((Refused, Unready)) as raised:
        read(reading, hub_id)
    assert raised.value.code == code
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
    assert audited(store) == ["asked", outcome]


def test_an_owner_without_live_reads_is_said_so(
    store: Store, flow: Flow, child: Make, reading: Reading, home: Home
) -> None:
    flow.receive("police-br", "message-2", [child("M1")])
    with store.read() as work:
        hub_id = work.records.find(participant="police-br", source_id="M1").hub_id
    with pytest.raises(Refused) as refused:
        read(reading, hub_id)
    assert refused.value.code == "owner_cannot_be_read"


def test_a_sealed_file_cannot_be_read(flow: Flow, reading: Reading, home: Home, hub_id: str, found: Make) -> None:
    flow.receive("cci-dl", "message-2", [found("F1", version=2, restrictions=[Restriction.SEALED])])
    with pytest.raises(Refused) as refused:
        read(reading, hub_id)
    assert refused.value.code == "unknown_case"


def test_the_time_of_asking_travels(reading: Reading, home: Home, hub_id: str) -> None:
    before = datetime.datetime.now(datetime.UTC)
    read(reading, hub_id)
    assert before <= home.asked[0][0].asked_at <= datetime.datetime.now(datetime.UTC)
