"""The hub's adapter and the running software of several homes, over real REST."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from adapters.base import Words
from adapters.cci.node.register import Register
from contracts import (
    Notice,
    NoticeKind,
    Officer,
    Purpose,
    Reference,
    Refused,
    Section,
    SectionChange,
    SectionName,
    SectionRequest,
    SectionWriting,
)
from contracts.codes import Gender, RecordKind
from contracts.exchange import Search
from contracts.live import SearchRequest

NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def node(start_node: Callable[[str], Any]) -> Any:
    return start_node("cci")


@pytest.fixture(scope="module")
def residents(node: Any) -> dict[str, dict[str, Any]]:
    """Residents by admission number who have an eFile."""
    register = Register(node.database)
    filed = {row["admission_no"] for row in register.all("efile")}
    found = {row["admission_no"]: row for row in register.all("resident") if row["admission_no"] in filed}
    register.close()
    return found


@pytest.fixture(scope="module")
def number(residents: dict[str, dict[str, Any]]) -> str:
    return next(number for number, row in residents.items() if row["category"] == "CNCP")


def read(node: Any, number: str, section: SectionName, purpose: Purpose) -> Section:
    request = SectionRequest(
        request_id="request-1", ref=Reference(participant="tester", source_id=number), section=section,
        purpose=purpose, case="CWC/7/2026", asked_at=NOW, officer=Officer(id="cwc.member", role="सदस्य, CWC"),
    )  # fmt: skip
    section_read: Section = node.adapter().fetch(request)
    return section_read


def test_residents_are_pulled_with_the_home_that_has_them(node: Any) -> None:
    pulled = [item for item in node.adapter().pull(None) if isinstance(item, Words)]
    assert len({item.source_id for item in pulled}) == 30
    assert all(item.body["home_name"] for item in pulled)
    again = [item for item in node.adapter().pull(pulled[-1].cursor) if isinstance(item, Words)]
    assert 1 <= len(again) < 10


def test_a_child_in_conflict_with_law_comes_flagged(node: Any) -> None:
    adapter = node.adapter()
    flagged = [
        adapter.translate(item)
        for item in adapter.pull(None)
        if isinstance(item, Words) and item.body["category"] == "CCL"
    ]
    assert [record.restrictions for record in flagged] == [["not_public", "in_conflict_with_law"]]


def test_a_notice_told_twice_is_taken_once(node: Any, number: str) -> None:
    notice = Notice(
        notice_id="notice-0001", kind=NoticeKind.MATCH_PROPOSED, to="tester", created_at=NOW,
        about=Reference(participant="tester", source_id=number), text="A family may be searching for this child.",
    )  # fmt: skip
    first, second = (node.adapter().push(notice) for _ in range(2))
    assert (first.already_known, second.already_known) == (False, True)
    assert first.foreign_id == second.foreign_id


@pytest.mark.parametrize("section", list(SectionName))
def test_every_section_of_the_efile_can_be_read_for_care(node: Any, number: str, section: SectionName) -> None:
    if section is SectionName.CONTACT:
        with pytest.raises(Refused) as caught:
            read(node, number, section, Purpose.CARE)
        assert caught.value.code == "no_such_section"
    else:
        shown = read(node, number, section, Purpose.CARE)
        assert {field.label for field in shown.fields} <= {entry.label for entry in shown.form}
        assert bool(shown.changed_by) == bool(shown.fields) == (shown.version != "0")
        assert shown.version.isdecimal()


@pytest.mark.parametrize("purpose", list(Purpose))
def test_counselling_is_withheld_unless_for_care_or_inquiry(node: Any, number: str, purpose: Purpose) -> None:
    shown = read(node, number, SectionName.COUNSELLING, purpose)
    if purpose in (Purpose.CARE, Purpose.INQUIRY):
        assert "Notes of the sessions" in {field.label for field in shown.fields} and shown.withheld == []
    else:
        assert shown.fields == [] and "Notes of the sessions" in shown.withheld


def test_an_admission_number_with_slashes_is_read_as_any_other(node: Any) -> None:
    number, register = "DL-CHB-ALP/2026/00042", Register(node.database)
    child = {"home_unit": "DL-CHB-ALP", "category": "CNCP", "last_modified": "2026-01-01T00:00:00+05:30"}
    register.take([{"table": "resident", "admission_no": number, **child}])
    register.write(number, "schooling", {"level": "UPTO_V"}, seen=0, by="Neha")
    register.close()
    assert [field.value for field in read(node, number, SectionName.EDUCATION, Purpose.CARE).fields] == ["UPTO_V"]


def writing(number: str, seen: str, write_id: str = "writing-0001", **changes: str | None) -> SectionWriting:
    return SectionWriting(
        write_id=write_id, ref=Reference(participant="tester", source_id=number), section=SectionName.EDUCATION,
        seen=seen, changes=[SectionChange(name=name, value=value) for name, value in changes.items()],
        purpose=Purpose.CARE, case="CWC/7/2026", asked_at=NOW, officer=Officer(id="cw.alipur", role="cci"),
    )  # fmt: skip


def test_a_section_is_written_once_and_read_back_with_who_wrote_it(node: Any, number: str) -> None:
    before = read(node, number, SectionName.EDUCATION, Purpose.CARE)
    first, second = (node.adapter().store(writing(number, before.version, progress="Reads")) for _ in range(2))
    assert (first.already_written, second.already_written) == (False, True)
    assert first.version == second.version == str(int(before.version) + 1)
    after = read(node, number, SectionName.EDUCATION, Purpose.CARE)
    assert {field.label: field.value for field in after.fields}["Progress"] == "Reads"
    assert (after.version, after.changed_by) == (first.version, "cw.alipur")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"seen": "0"}, "section_overtaken"),
        ({"purpose": Purpose.AUDIT}, "entry_not_allowed"),
        ({"changes": [SectionChange(name="shoe_size", value="4")]}, "entry_not_taken"),
        ({"section": SectionName.CONTACT}, "section_not_written"),
    ],
)
def test_a_writing_that_the_home_does_not_take_says_why(
    node: Any, number: str, changed: dict[str, Any], code: str
) -> None:
    sent = writing(number, "1", "writing-0002", progress="Reads")
    with pytest.raises(Refused) as caught:
        node.adapter().store(sent.model_copy(update=changed))
    assert caught.value.code == code


def test_sensitive_entries_are_named_and_not_shown(node: Any, number: str) -> None:
    shown = read(node, number, SectionName.MEDICAL, Purpose.RESTORATION)
    assert "Mental health" in shown.withheld
    assert "Mental health" not in {field.label for field in shown.fields}


def test_the_newest_version_is_read_and_says_who_wrote_it(node: Any, number: str) -> None:
    shown = read(node, number, SectionName.PROFILE, Purpose.CARE)
    assert (shown.version, shown.changed_by) == ("2", "Probation Officer")
    assert "Landmark near home" in {field.label for field in shown.fields}


def test_every_reading_is_in_the_homes_own_access_log(node: Any, number: str) -> None:
    register = Register(node.database)
    before = len(register.all("access_log"))
    read(node, number, SectionName.EDUCATION, Purpose.CARE)
    read(node, number, SectionName.COUNSELLING, Purpose.AUDIT)
    noted = register.all("access_log")[before:]
    register.close()
    assert [(row["officer_id"], row["purpose"], row["case_ref"], row["outcome"]) for row in noted] == [
        ("cwc.member", "CARE", "CWC/7/2026", "given"),
        ("cwc.member", "AUDIT", "CWC/7/2026", "withheld"),
    ]


def test_a_child_in_conflict_with_law_is_not_shown_for_comparing(node: Any, residents: dict[str, Any]) -> None:
    number = next(number for number, row in residents.items() if row["category"] == "CCL")
    compared = read(node, number, SectionName.PROFILE, Purpose.MATCH_REVIEW)
    assert compared.fields == [] and compared.withheld
    assert read(node, number, SectionName.PROFILE, Purpose.INQUIRY).fields


def search(adapter: Any, query: Search) -> list[Any]:
    officer = Officer(id="cwc.member", role="Member, CWC")
    asked = SearchRequest(
        request_id="question-0001", query=query, purpose=Purpose.INQUIRY, case="CWC/9/2026", officer=officer,
        asked_at=NOW,
    )  # fmt: skip
    found: list[Any] = adapter.search(asked).records
    return found


def test_who_searched_and_why_is_noted_by_the_homes(node: Any) -> None:
    search(node.adapter(), Search(name="guddi"))
    register = Register(node.database)
    line = register.all("access_log")[-1]
    register.close()
    assert (line["section"], line["officer_id"], line["purpose"], line["case_ref"]) == (
        "search", "cwc.member", "ENQUIRY", "CWC/9/2026",
    )  # fmt: skip


def test_residents_are_searched_live_by_name_and_the_rest(node: Any) -> None:
    adapter = node.adapter()
    named = search(adapter, Search(name="guddi", gender=Gender.FEMALE))
    assert named
    assert all(any("guddi" in name.text.lower() or "गुड्डी" in name.text for name in record.names) for record in named)
    assert all(record.kind is RecordKind.FOUND for record in search(adapter, Search(kind=RecordKind.FOUND)))
    assert search(adapter, Search(name="zzz")) == []
    assert not any(record.ended for record in search(adapter, Search()))
    assert any(record.ended for record in search(adapter, Search(include_ended=True, limit=100)))
    older = search(adapter, Search(age_years_from=14, limit=100))
    assert older and all(r.birth is None or r.birth.months_on(NOW.date())[1] >= 14 * 12 for r in older)


def test_a_wrong_token_is_refused(node: Any) -> None:
    with pytest.raises(Refused) as caught:
        list(node.adapter("guessed").pull(None))
    assert caught.value.code == "wrong_credentials"
