"""Several sections at once: each owner for itself, audited before, in the time of the slowest."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts import ChildRecord, Officer, Purpose, Refused, SectionName
from contracts.live import SourceState as S
from hub.access import EVERYWHERE, Role, person
from hub.app import Hub
from hub.asking.reading import SectionRead, Wanted
from tests.hub.asking.conftest import COMMITTEE, Enrol
from tests.hub.asking.owners import SECTIONS, Owners

Make = Callable[..., ChildRecord]
OFFICER = person(Officer(id="sho.demo", role="officer"), Role.OFFICER, EVERYWHERE)


def known(hub: Hub, name: str, child: Make) -> str:
    hub.flow.receive(name, f"message-{name}", [child("A-1", participant=name)])
    with hub.store.read() as work:
        return str(work.records.find(participant=name, source_id="A-1").hub_id)


def read(hub: Hub, wanted: list[Wanted], **changed: Any) -> list[SectionRead]:
    asked: dict[str, Any] = {"caller": COMMITTEE, "purpose": Purpose.INQUIRY, "case": "FIR 12/2026"}
    return hub.read_sections(wanted=wanted, **asked | changed)


def outcomes(hub: Hub, hub_id: str) -> list[str]:
    hub.asking.finish()
    with hub.store.read() as work:
        return [line.outcome for line in work.audit.of(hub_id)]


def test_five_sections_are_under_way_at_once(hub: Hub, owners: Owners, enrol: Enrol, child: Make) -> None:
    enrol("one", milliseconds=150)
    hub_id = known(hub, "one", child)
    reads = read(hub, [Wanted(hub_id, SectionName(name)) for name in SECTIONS])
    assert [one.wanted.section for one in reads] == [SectionName(name) for name in SECTIONS]
    assert [one.section and one.section.fields[0].value for one in reads] == [f"A-1 {name}" for name in SECTIONS]
    assert owners.open_most == 5
    assert outcomes(hub, hub_id) == ["answered"] * 5


def test_owners_of_one_child_are_asked_side_by_side_and_fail_for_themselves(
    hub: Hub, owners: Owners, enrol: Enrol, child: Make
) -> None:
    enrol("one")
    enrol("two", "500")
    enrol("three", "half-open", timeout_seconds=0.5)
    enrol("four", url="file:///nowhere")
    ids = {name: known(hub, name, child) for name in ("one", "two", "three", "four", "five")}
    reads = read(hub, [Wanted(hub_id, SectionName.PROFILE) for hub_id in ids.values()])
    told = {one.owner: (one.state, one.error.code if one.error else None) for one in reads}
    assert told == {
        "one": (S.ANSWERED, None),
        "two": (S.DOWN, "source_unready"),
        "three": (S.SLOW, "timed_out"),
        "four": (S.NOT_ASKED, "bad_url"),
        "five": (S.NOT_ASKED, "owner_cannot_be_read"),
    }
    assert [outcomes(hub, hub_id) for hub_id in ids.values()] == [
        ["answered"], ["not answered: source_unready"], ["not answered: timed_out"], ["not answered: bad_url"],
        ["not answered: owner_cannot_be_read"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "section", "code"),
    [
        ({"caller": OFFICER}, SectionName.MEDICAL, "section_not_allowed"),
        ({"purpose": Purpose.AUDIT}, SectionName.PROFILE, "purpose_not_allowed"),
        ({"case": " "}, SectionName.PROFILE, "no_case_stated"),
    ],
)
def test_one_that_may_not_be_read_keeps_all_from_being_asked(
    hub: Hub, owners: Owners, enrol: Enrol, child: Make, changed: dict[str, Any], section: SectionName, code: str
) -> None:
    enrol("one")
    hub_id = known(hub, "one", child)
    with pytest.raises(Refused) as refused:
        read(hub, [Wanted(hub_id, SectionName.PROFILE), Wanted(hub_id, section)], **changed)
    assert refused.value.code == code
    assert owners.asked == []
    assert outcomes(hub, hub_id) == []
