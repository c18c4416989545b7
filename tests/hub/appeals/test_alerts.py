"""CAP alerts of missing children that the public is shown: told, told anew, taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from contracts import ChildRecord
from contracts.atom import ATOM, written
from contracts.codes import RecordKind, Restriction, Status
from hub.appeals import Appeals
from hub.appeals.cap import CAP

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("cap-1.2.xsd")))
BASE = "http://hub.test"
Make = Callable[..., ChildRecord]


def links(appeals: Appeals) -> list[str]:
    """The messages that the feed leads to."""
    feed = appeals.cap_feed(1, BASE)
    found = [entry.find(f"{{{ATOM}}}link") for entry in feed.iter(f"{{{ATOM}}}entry")]
    return [link.get("href", "").removeprefix(f"{BASE}/public/alerts/") for link in found if link is not None]


def message(appeals: Appeals, identifier: str) -> etree._Element:
    """One message, checked against the schema of CAP 1.2."""
    root = appeals.cap_message(identifier, BASE)
    assert root is not None
    read = etree.fromstring(written(root))
    SCHEMA.assertValid(read)
    return read


def newest(appeals: Appeals) -> etree._Element:
    appeals.issuing.run()
    (identifier,) = links(appeals)
    return message(appeals, identifier)


def said(root: etree._Element, path: str) -> list[str]:
    return [one.text or "" for one in root.iterfind("/".join(f"{{{CAP}}}{name}" for name in path.split("/")))]


def test_a_child_that_is_shown_becomes_an_alert_in_two_languages_with_its_district(
    appeals: Appeals, tell: Any, shown: Make
) -> None:
    tell(shown())
    root = newest(appeals)
    assert said(root, "msgType") == ["Alert"]
    assert said(root, "sender") == ["hub.example.in"]
    assert said(root, "sent") == ["2026-02-01T14:30:30+05:30"]
    assert said(root, "info/language") == ["en-IN", "hi-IN"]
    assert said(root, "info/headline") == ["Missing child: Asha Devi", "लापता बच्चा: Asha Devi"]
    assert said(root, "info/senderName") == ["Bihar Police"] * 2
    assert said(root, "info/web")[0].startswith(f"{BASE}/public/missing/")
    assert said(root, "info/area/geocode/value")[:3] == ["IN-BR", "10", "188"]
    assert said(root, "references") == []


def test_a_trial_alerts_nobody_in_earnest(appeals: Appeals, tell: Any, shown: Make) -> None:
    tell(shown())
    assert said(newest(appeals), "status") == ["Test"]


@pytest.mark.parametrize(
    "unshown",
    [
        {"kind": RecordKind.FOUND, "status": Status.IN_CARE, "publication": None},
        {"publication": None},
        {"status": Status.REPORTED},
        {"restrictions": [Restriction.NOT_PUBLIC]},
        {"restrictions": [Restriction.IN_CONFLICT_WITH_LAW]},
    ],
)
def test_what_the_public_may_not_see_is_never_told(appeals: Appeals, tell: Any, shown: Make, unshown: Any) -> None:
    tell(shown(**unshown))
    assert appeals.issuing.run() == 0
    assert links(appeals) == []


def test_a_change_that_the_public_sees_is_an_update_of_the_same_alert(
    appeals: Appeals, day: Any, tell: Any, shown: Make
) -> None:
    tell(shown())
    first = newest(appeals)
    day.later(hours=2)
    tell(shown(name="Asha Kumari", version=2))
    second = newest(appeals)
    assert said(second, "msgType") == ["Update"]
    assert said(second, "references") == [f"hub.example.in,{said(first, 'identifier')[0]},2026-02-01T14:30:30+05:30"]
    assert appeals.cap_message(said(first, "identifier")[0], BASE) is None


def test_a_change_that_the_public_does_not_see_is_no_message(appeals: Appeals, tell: Any, shown: Make) -> None:
    tell(shown())
    first = newest(appeals)
    tell(shown(version=2, languages=["hi"]))
    assert appeals.issuing.run() == 0
    assert said(newest(appeals), "identifier") == said(first, "identifier")


def test_what_changed_is_not_told_under_the_old_message(appeals: Appeals, tell: Any, shown: Make) -> None:
    tell(shown())
    first = said(newest(appeals), "identifier")[0]
    tell(shown(name="Asha Kumari", version=2))
    assert links(appeals) == []
    assert appeals.cap_message(first, BASE) is None


def test_recovery_withdraws_at_once_and_cancels_what_went_out_before_without_a_word_of_the_child(
    appeals: Appeals, day: Any, tell: Any, shown: Make
) -> None:
    tell(shown())
    first = newest(appeals)
    day.later(hours=1)
    tell(shown(name="Asha Kumari", version=2))
    second = newest(appeals)
    tell(shown(status=Status.TRACED, version=3))
    assert links(appeals) == []
    assert appeals.cap_message(said(second, "identifier")[0], BASE) is None
    cancel = newest(appeals)
    assert said(cancel, "msgType") == ["Cancel"]
    assert [one.split(",")[1] for one in said(cancel, "references")[0].split()] == [
        said(one, "identifier")[0] for one in (first, second)
    ]
    assert said(cancel, "info/responseType") == ["AllClear", "AllClear"]
    assert said(cancel, "info/area/geocode/value")[:3] == ["IN-BR", "10", "188"]
    public_id = said(first, "info/web")[0].rpartition("/")[2]
    told = etree.tostring(cancel, encoding="unicode") + ET.tostring(appeals.cap_feed(1, BASE), encoding="unicode")
    assert not any(word in told for word in ("Asha", "Kumari", "bus stand", "police-br", "A-1", public_id))


@pytest.mark.parametrize(
    "ending", [{"restrictions": [Restriction.SEALED]}, {"publication": None}, {"status": "withdrawn"}]
)
def test_every_end_of_being_shown_is_told_by_the_same_cancel(
    appeals: Appeals, tell: Any, shown: Make, ending: Any
) -> None:
    tell(shown())
    appeals.issuing.run()
    tell(shown(version=2) if not ending else ChildRecord.model_validate(shown(version=2).model_dump() | ending))
    cancel = newest(appeals)
    assert (said(cancel, "msgType"), said(cancel, "info/headline")[0]) == (["Cancel"], "Missing child alert cancelled")


def test_a_child_lost_again_is_a_new_alert(appeals: Appeals, day: Any, tell: Any, shown: Make) -> None:
    for version, status in enumerate((Status.UNTRACED, Status.TRACED, Status.UNTRACED), 1):
        tell(shown(status=status, version=version))
        appeals.issuing.run()
        day.later(hours=1)
    again = newest(appeals)
    assert (said(again, "msgType"), said(again, "references")) == (["Alert"], [])


def test_an_alert_is_told_again_before_it_expires(appeals: Appeals, day: Any, tell: Any, shown: Make) -> None:
    tell(shown())
    expires = said(newest(appeals), "info/expires")[0]
    day.later(days=28)
    again = newest(appeals)
    assert said(again, "msgType") == ["Update"]
    assert said(again, "sent")[0] < expires < said(again, "info/expires")[0]
    assert appeals.issuing.run() == 0


def test_a_cancel_is_forgotten_after_thirty_days(appeals: Appeals, day: Any, tell: Any, shown: Make) -> None:
    tell(shown())
    appeals.issuing.run()
    tell(shown(status=Status.TRACED, version=2))
    appeals.issuing.run()
    day.later(days=29)
    appeals.issuing.run()
    assert len(links(appeals)) == 1
    day.later(days=2)
    appeals.issuing.run()
    assert links(appeals) == []


def test_the_feed_pages_and_lets_each_child_be_met_once(
    appeals: Appeals, tell: Any, shown: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.appeals.desk.PER_PAGE", 2)
    tell(*(shown(f"A-{number}") for number in range(5)))
    assert appeals.issuing.run() == 5
    pages = [ET.tostring(appeals.cap_feed(page, BASE), encoding="unicode") for page in (1, 2, 3)]
    assert ['rel="next"' in page for page in pages] == [True, True, False]
    assert [page.count("<atom:entry>") for page in pages] == [2, 2, 1]
