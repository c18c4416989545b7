"""A live writing: nobody without right, purpose and case; the audit line before the owner is asked; nothing kept."""

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
    SectionName,
    SectionWriting,
    SectionWritten,
    Unready,
)
from hub.access import EVERYWHERE, Role, Scope, person
from hub.flow import Flow
from hub.index import Store
from hub.index.schema import metadata
from hub.writing import Draft, Writing
from tests.hub.test_reading import audited

Make = Callable[..., ChildRecord]
SECRET = "slept at the station for three nights"
HOME = "in:cci:alipur"
WORKER = person(Officer(id="home.demo", role="cci"), Role.CCI, Scope(institution=HOME))
OTHER_HOME = person(Officer(id="other", role="cci"), Role.CCI, Scope(institution="in:cci:x"))
DRAFT = Draft("draft-0001", "3", {"progress": SECRET, "class_now": None})


class Home(Adapter):
    """An owner that takes writings, refuses or breaks, and sees what is in the audit when it is asked."""

    capabilities = frozenset({Capability.STORE})

    def __init__(self, store: Store) -> None:
        super().__init__(Connection("cci-dl", "http://127.0.0.1:9/"))
        self.index = store
        self.error: Exception | None = None
        self.asked: list[tuple[SectionWriting, list[str]]] = []

    def store(self, writing: SectionWriting) -> SectionWritten:
        self.asked.append((writing, audited(self.index)))
        if self.error is not None:
            raise self.error
        return SectionWritten(ref=writing.ref, section=writing.section, version="4", changed_at=writing.asked_at)


@pytest.fixture
def home(store: Store) -> Home:
    return Home(store)


@pytest.fixture
def writing(store: Store, home: Home) -> Writing:
    return Writing(store, lambda owner, what: home if owner == "cci-dl" else None)


@pytest.fixture
def hub_id(flow: Flow, store: Store, found: Make) -> str:
    flow.receive("cci-dl", "message-1", [found("F1", custodian={"institution": HOME})])
    with store.read() as work:
        return str(work.records.find(participant="cci-dl", source_id="F1").hub_id)


def write(writing: Writing, hub_id: str, **changed: Any) -> SectionWritten:
    asked = {
        "caller": WORKER,
        "hub_id": hub_id,
        "section": SectionName.EDUCATION,
        "draft": DRAFT,
        "purpose": Purpose.CARE,
        "case": "CWC/7/2026",
    }
    return writing.section(**asked | changed)


def test_what_was_written_travels_with_who_and_why_and_the_audit_is_written_before(
    writing: Writing, home: Home, store: Store, hub_id: str
) -> None:
    assert write(writing, hub_id).version == "4"
    ((sent, audit_when_asked),) = home.asked
    assert (sent.write_id, sent.seen, sent.officer.id) == ("draft-0001", "3", "home.demo")
    assert {change.name: change.value for change in sent.changes} == {"progress": SECRET, "class_now": None}
    assert audit_when_asked == ["asked"]
    with store.read() as work:
        (line,) = work.audit.of(hub_id)
    assert (line.act, line.purpose, line.case, line.detail, line.outcome) == (
        "write_section", "care", "CWC/7/2026", "education", "written",
    )  # fmt: skip


def test_nothing_of_what_was_written_is_kept(writing: Writing, store: Store, hub_id: str) -> None:
    write(writing, hub_id)
    with store.engine.begin() as connection:
        kept = [str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert not any(SECRET in row for row in kept)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"caller": person(Officer(id="sho", role="officer"), Role.OFFICER, EVERYWHERE)}, "not_allowed"),
        ({"caller": person(Officer(id="cwc", role="committee"), Role.COMMITTEE, EVERYWHERE)}, "not_allowed"),
        ({"caller": person(Officer(id="dcpu", role="dcpu"), Role.DCPU, EVERYWHERE)}, "section_not_allowed"),
        ({"caller": OTHER_HOME}, "section_not_allowed"),
        ({"purpose": Purpose.INQUIRY}, "purpose_not_allowed"),
        ({"case": " "}, "no_case_stated"),
        ({"hub_id": "A" * 22}, "unknown_case"),
        ({"draft": Draft("draft-0001", "3", {"progress": "x" * 4001})}, "bad_writing"),
        ({"draft": Draft("draft-0001", "3", {})}, "bad_writing"),
    ],
)  # fmt: skip
def test_without_right_purpose_or_case_nothing_is_written(
    writing: Writing, home: Home, hub_id: str, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        write(writing, **{"hub_id": hub_id} | changed)
    assert refused.value.code == code
    assert home.asked == []


def test_the_units_officers_write_the_report_on_the_family(writing: Writing, hub_id: str) -> None:
    unit = person(Officer(id="po.demo", role="dcpu"), Role.DCPU, EVERYWHERE)
    assert write(writing, hub_id, caller=unit, section=SectionName.SOCIAL_INVESTIGATION).version == "4"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("section_overtaken", "Somebody else wrote."), "section_overtaken"),
        (Unready("timed_out", "The home is offline."), "timed_out"),
        (KeyError(SECRET), "owner_failed"),
    ],
)
def test_an_owner_that_does_not_write_is_written_down_without_a_word_of_it(
    writing: Writing, home: Home, store: Store, hub_id: str, error: Exception, code: str
) -> None:
    home.error = error
    with pytest.raises((Refused, Unready)) as raised:
        write(writing, hub_id)
    assert (raised.value.code, raised.value.__cause__) == (code, None)
    assert SECRET not in str(raised.value)
    assert audited(store) == ["asked", f"not answered: {code}"]


def test_an_owner_that_takes_no_writing_is_said_so(writing: Writing, flow: Flow, store: Store, found: Make) -> None:
    flow.receive("police-br", "message-2", [found("F9", participant="police-br", custodian={"institution": HOME})])
    with store.read() as work:
        hub_id = work.records.find(participant="police-br", source_id="F9").hub_id
    with pytest.raises(Refused) as refused:
        write(writing, hub_id)
    assert refused.value.code == "owner_cannot_be_written"
