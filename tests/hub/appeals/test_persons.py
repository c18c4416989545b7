"""Missing children that the public is shown as PFIF records, in each version of the standard."""

import datetime
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from contracts import ChildRecord, Name, Participant, ParticipantKind, Place, Refused, pfif
from contracts.atom import ATOM
from contracts.codes import Status
from hub.access import machine
from hub.appeals import Appeals, Wanted

BASE = "http://hub.test"
Make = Callable[..., ChildRecord]


def persons(appeals: Appeals, caller: Any = None, **wanted: Any) -> list[ET.Element]:
    """The persons of one answer, in its order."""
    asked = Wanted(**wanted)
    feed = ET.fromstring(ET.tostring(appeals.pfif_feed(asked, BASE, caller)))
    return list(feed.iter(f"{{{pfif.namespace(asked.version)}}}person"))


def said(person: ET.Element) -> dict[str, str]:
    """Field -> text of a person, in the order it was written."""
    return {one.tag.partition("}")[2]: one.text or "" for one in person if not len(one)}


def participant(permissions: list[Any]) -> Any:
    kind = ParticipantKind.STATE_POLICE
    return machine(Participant(id="police-up", name="UP Police", kind=kind, permissions=permissions))


@pytest.mark.parametrize("version", pfif.VERSIONS)
def test_a_person_has_the_fields_of_its_version_in_their_order_and_a_note(
    appeals: Appeals, tell: Any, shown: Make, version: str
) -> None:
    tell(shown())
    appeals.issuing.run()
    (person,) = persons(appeals, version=version)
    told = said(person)
    ours = [pfif.name_in(version, field) for field in pfif.fields("person", version)]
    assert list(told) == [field for field in ours if field in told]
    assert told["person_record_id"].startswith("hub.example.in/")
    assert told["entry_date"] == "2026-02-01T09:00:30Z"
    (note,) = person.findall(f"{{{pfif.namespace(version)}}}note")
    assert said(note).get("status") == (None if version == "1.1" else "believed_missing")
    assert ("author_made_contact" in said(note)) is (version == "1.4")


def test_versions_rename_names_and_free_text(appeals: Appeals, tell: Any, shown: Make) -> None:
    tell(shown())
    appeals.issuing.run()
    old, new = (said(persons(appeals, version=version)[0]) for version in ("1.1", "1.4"))
    assert (old["first_name"], old["last_name"], new["full_name"]) == ("Asha", "Devi", "Asha Devi")
    assert pfif.unlabelled(old["other"]) == new["description"]
    assert old["other"].startswith("description:\n    Missing from: Near the bus stand")
    assert (new["sex"], "sex" in old) == ("female", False)


def test_a_child_shown_no_longer_is_a_placeholder_later_than_its_record(
    appeals: Appeals, day: Any, tell: Any, shown: Make
) -> None:
    tell(shown())
    appeals.issuing.run()
    (before,) = map(said, persons(appeals))
    day.later(hours=1)
    tell(shown(status=Status.TRACED, version=2))
    assert persons(appeals) == []
    appeals.issuing.run()
    (after,) = map(said, persons(appeals))
    assert set(after) == set(pfif.PLACEHOLDER)
    assert after["person_record_id"] == before["person_record_id"]
    assert after["entry_date"] > before["entry_date"]
    assert after["expiry_date"] <= after["entry_date"]


def test_the_day_on_which_the_owner_wants_it_forgotten_is_kept(
    appeals: Appeals, day: Any, tell: Any, shown: Make
) -> None:
    day.now = datetime.datetime.now(datetime.UTC)
    until = day.now + datetime.timedelta(days=9)
    tell(shown(expires_at=until))
    appeals.issuing.run()
    assert said(persons(appeals)[0])["expiry_date"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_reading_on_from_the_last_entry_date_misses_none_though_many_share_it(
    appeals: Appeals, day: Any, tell: Any, shown: Make
) -> None:
    for batch in range(3):
        tell(*(shown(f"A-{batch}-{number}", f"Child{batch}{number}") for number in range(4)))
        appeals.issuing.run()
        day.later(seconds=1)
    met: set[str] = set()
    since, skip = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), 0
    while page := [said(one) for one in persons(appeals, min_entry_date=since, skip=skip, max_results=3)]:
        met |= {one["full_name"] for one in page}
        last = datetime.datetime.fromisoformat(page[-1]["entry_date"])
        same = sum(datetime.datetime.fromisoformat(one["entry_date"]) == last for one in page)
        since, skip = last, same + (skip if last == since else 0)
    assert len(met) == 12


def test_notes_are_left_out_and_one_record_is_given_alone_where_asked(appeals: Appeals, tell: Any, shown: Make) -> None:
    tell(shown(), shown("A-2", "Ravi"))
    appeals.issuing.run()
    both = [said(one)["person_record_id"] for one in persons(appeals)]
    (alone,) = persons(appeals, person_record_id=both[0], notes=False)
    assert said(alone)["person_record_id"] == both[0]
    assert not alone.findall(f"{{{pfif.namespace('1.4')}}}note")
    assert persons(appeals, person_record_id=both[0].replace("hub.example.in", "other.example")) == []


def test_who_asks_by_its_key_sees_what_its_role_opens_and_everybody_else_the_card(
    appeals: Appeals, tell: Any, shown: Make
) -> None:
    names = [Name(text="Asha Devi"), Name(text="Guddi")]
    tell(shown(home=Place(raw="Lane 4", state=10, pin="800001")).model_copy(update={"names": names}))
    appeals.issuing.run()
    owner = machine(Participant(id="police-br", name="B", kind=ParticipantKind.STATE_POLICE, permissions=["search"]))
    everybody, other, own = (said(persons(appeals, caller)[0]) for caller in (None, participant(["search"]), owner))
    assert ("alternate_names" in everybody, other["alternate_names"]) == (False, "Guddi")
    assert ("home_street" in other, own["home_street"], own["home_state"]) == (False, "Lane 4", "IN-BR")


def test_a_key_without_the_permission_is_refused(appeals: Appeals) -> None:
    with pytest.raises(Refused) as refused:
        persons(appeals, participant([]))
    assert refused.value.code == "not_permitted"


def test_the_feed_is_atom_with_the_ids_of_the_standard(appeals: Appeals, tell: Any, shown: Make) -> None:
    tell(shown())
    appeals.issuing.run()
    feed = appeals.pfif_feed(Wanted(), BASE)
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in feed.iter(f"{{{ATOM}}}entry")]
    assert ids == [f"pfif:{said(persons(appeals)[0])['person_record_id']}"]
