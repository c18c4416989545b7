"""Break-glass: open for an hour with a reason, in the audit and before a reviewer at once, judged by another person."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts import ChildRecord, Officer, Purpose, Refused, SectionName
from contracts.codes import Restriction
from contracts.exchange import GetCase
from hub.access import Caller, Role, Scope, person
from hub.app import Hub
from hub.glass import Glass
from tests.hub.test_jurisdiction import GAYA, PATNA, WHY, at, hub, told

__all__ = ["hub"]
Make = Callable[..., ChildRecord]
REASON = "The child is in hospital and nobody answers"


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def _person(login: str, role: Role, district: int) -> Caller:
    officer = Officer(id=login, role=role.value, institution=f"br:cwc:{district}")
    return person(officer, role, Scope(districts=frozenset({district}), institution=f"br:cwc:{district}"))


def test_a_forced_entry_is_whole_for_an_hour_for_this_person_alone(hub: Hub, child: Make, found: Make) -> None:
    _, seen = told(hub, child, found)
    patna, other = _person("cwc.patna", Role.COMMITTEE, PATNA), _person("cwc.other", Role.COMMITTEE, PATNA)
    wanted = GetCase(hub_id=seen, **WHY)
    assert hub.case(patna, wanted).record.names[0].text == "Z. K. A."
    assert hub.shows_partly(patna, seen)
    hub.glass.force(patna, seen, Purpose.INQUIRY, "FIR 1/2026", REASON)
    assert hub.case(patna, wanted).record.names[0].text == "Zubeda Khatun Ansari"
    assert not hub.shows_partly(patna, seen)
    assert _code(lambda: hub.read_section(patna, seen, SectionName.PROFILE, *WHY.values())) == "owner_cannot_be_read"
    assert hub.case(other, wanted).record.names[0].text == "Z. K. A."


def test_after_the_hour_it_is_closed_again(hub: Hub, child: Make, found: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    _, seen = told(hub, child, found)
    patna = _person("cwc.patna", Role.COMMITTEE, PATNA)
    broken = hub.glass.force(patna, seen, Purpose.INQUIRY, "FIR 1/2026", REASON)
    monkeypatch.setattr("hub.jurisdiction._now", lambda: broken.until)
    assert hub.shows_partly(patna, seen)


def test_it_stands_before_the_reviewers_at_once_and_another_person_judges_it(
    hub: Hub, child: Make, found: Make
) -> None:
    _, seen = told(hub, child, found)
    patna, gaya = _person("cwc.patna", Role.COMMITTEE, PATNA), _person("cwc.gaya", Role.COMMITTEE, GAYA)
    hub.glass.force(patna, seen, Purpose.INQUIRY, "FIR 1/2026", REASON)
    (look,) = hub.glass.to_review(gaya)
    assert (look.login, look.reason, look.hub_id) == ("cwc.patna", REASON, seen)
    assert hub.glass.to_review(patna) == []
    assert _code(lambda: hub.glass.review(patna, look.glass_id, True, "I was right")) == "own_glass"
    assert _code(lambda: hub.glass.review(gaya, look.glass_id, True, " ")) == "no_reason"
    hub.glass.review(gaya, look.glass_id, False, "The station of Delhi answers day and night")
    assert hub.glass.to_review(gaya) == []
    assert _code(lambda: hub.glass.review(gaya, look.glass_id, True, "again")) == "unknown_glass"
    lines = hub.accesses(at(hub, Role.AUDITOR, None), seen)
    assert [(line.who, line.act, line.outcome) for line in lines] == [
        ("officer:cwc.gaya", "review_glass", "not justified"),
        ("officer:cwc.patna", "break_glass", "opened"),
    ]


@pytest.mark.parametrize(
    ("role", "asked", "code"),
    [
        (Role.CCI, {}, "not_allowed"),
        (Role.AUDITOR, {}, "not_allowed"),
        (Role.COMMITTEE, {"purpose": None}, "no_purpose_stated"),
        (Role.OFFICER, {"purpose": Purpose.CARE}, "purpose_not_allowed"),
        (Role.OFFICER, {"case": " "}, "no_case_stated"),
        (Role.OFFICER, {"reason": "urgent"}, "no_reason"),
        (Role.OFFICER, {"hub_id": "x" * 22}, "unknown_case"),
    ],
)
def test_it_needs_right_purpose_case_and_a_reason_in_a_sentence(
    hub: Hub, child: Make, found: Make, role: Role, asked: dict[str, Any], code: str
) -> None:
    _, seen = told(hub, child, found)
    told_ = {"hub_id": seen, "purpose": Purpose.INQUIRY, "case": "FIR 1/2026", "reason": REASON} | asked
    assert _code(lambda: hub.glass.force(_person("some.one", role, PATNA), **told_)) == code
    assert hub.glass.to_review(at(hub, Role.AUDITOR, None)) == []


def test_a_sealed_record_stays_closed(hub: Hub, child: Make) -> None:
    from contracts.exchange import SubmitRecords

    police = hub.participant_by_key(hub.registry.keys.issue("police-br").key)
    sealed = child("S1").model_copy(update={"restrictions": [Restriction.SEALED]})
    hub.submit_records(police, SubmitRecords(message_id="message-1", records=[sealed]))
    hub_id = hub.case(police, GetCase(participant="police-br", source_id="S1")).hub_id
    officer = _person("some.one", Role.OFFICER, PATNA)
    assert _code(lambda: hub.glass.force(officer, hub_id, Purpose.INQUIRY, "FIR 1", REASON)) == "unknown_case"


def test_without_the_line_in_the_audit_nothing_is_opened(
    hub: Hub, child: Make, found: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, seen = told(hub, child, found)

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("hub.index.audit.Audit.add", full)
    patna = _person("cwc.patna", Role.COMMITTEE, PATNA)
    with pytest.raises(OSError, match="no space"):
        Glass(hub.store).force(patna, seen, Purpose.INQUIRY, "FIR 1/2026", REASON)
    assert hub.shows_partly(patna, seen)
