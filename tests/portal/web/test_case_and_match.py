"""The page of an entry, the queue of matches, and a decision."""

from typing import Any

import pytest

from contracts import CaseEvent
from contracts.events import CaseEventKind
from portal.web.evidence import WIDE, waterfall
from tests.portal.web.conftest import NOW, WHY

HOSTILE = "<script>alert(1)</script>"


def test_an_entry_shows_codes_in_words_beside_the_words_of_its_source(police: Any, desk: Any) -> None:
    shown = police.get(f"/case/{desk.hub_id('BR/2024/118')}{WHY}").text
    for words in ("Wheatish", "गेहुँआ", "Scar, left eyebrow", "Gaya, Bihar", "118/2024", "Bhojpuri", "5:30 pm"):
        assert words in shown
    assert "FIR registered" in shown
    assert "DL-CH-04/0071" in shown


def test_a_hostile_name_is_shown_and_not_run(police: Any, desk: Any, missing: Any) -> None:
    desk.tell(missing(source_id="BR/2024/666", names=[{"text": HOSTILE}], event={"place": {"raw": HOSTILE}}))
    page = police.get(f"/case/{desk.hub_id('BR/2024/666')}{WHY}").text
    listed = police.search(kind="missing").text
    for shown in (page, listed, police.get("/public/missing").text):
        assert HOSTILE not in shown
        assert "&lt;script&gt;" in shown


def test_a_police_station_is_shown_by_its_name(police: Any, desk: Any, missing: Any) -> None:
    place = {"state": 10, "district": 196, "police_station": "br:ps:patna:agamkuan"}
    desk.tell(missing(source_id="BR/2024/7", event={"place": place}))
    shown = police.get(f"/case/{desk.hub_id('BR/2024/7')}{WHY}").text
    assert "Agamkuan" in shown
    assert "br:ps:patna" not in shown


@pytest.mark.parametrize(
    "path",
    [
        "/case/AAAAAAAAAAAAAAAAAAAAAA" + WHY,
        "/case/x" + WHY,
        "/case/%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00" + WHY,
        "/case/AAAAAAAAAAAAAAAAAAAAAA/file" + WHY,
        "/match/00000000-0000-0000-0000-000000000000",
        "/match/x",
        "/match/राशिदराशिद",
        "/case/x/accesses",
    ],
)
def test_an_unknown_id_is_not_found(browser: Any, path: str) -> None:
    assert browser.sign_in("cwc").get(path).status_code == 404


def test_the_queue_names_no_child(police: Any, desk: Any) -> None:
    shown = police.get("/matches").text
    assert f"/match/{desk.match.match_id}" in shown
    assert "Rash" not in shown
    assert "राशिद" not in shown


def test_an_empty_queue_is_explained(police: Any) -> None:
    assert "There is no match in this state" in police.get("/matches?state=reunited").text


def test_a_match_shows_both_sides_and_evidence_that_adds_up(police: Any, desk: Any) -> None:
    shown = police.get(f"/match/{desk.match.match_id}").text
    assert "मोहम्मद राशिद" in shown
    assert "Rasheed" in shown
    assert "father" in shown.lower()
    assert "Could not be compared" in shown
    bars = waterfall(desk.match, "prior")
    assert bars.total == pytest.approx(desk.match.bits)
    assert all(0 <= bar.left <= WIDE and bar.width > 0 for bar in bars.bars)
    assert f"+{desk.match.bits:.1f}" in shown


def test_a_bar_begins_where_the_one_above_ended(desk: Any) -> None:
    chart = waterfall(desk.match, "prior")
    ends = [bar.left + bar.width if bar.bits >= 0 else bar.left for bar in chart.bars]
    begins = [bar.left if bar.bits >= 0 else bar.left + bar.width for bar in chart.bars]
    assert begins[1:] == pytest.approx(ends[:-1], abs=2)


def test_a_match_is_confirmed_with_a_reason_and_both_owners_are_told(police: Any, desk: Any) -> None:
    path = f"/match/{desk.match.match_id}"
    answer = police.send(path, {"state": "confirmed", "reason": "The father was shown the photograph"})
    assert answer.headers["location"] == f"{path}?done=1"
    assert desk.match.state == "confirmed"
    shown = police.get(answer.headers["location"]).text
    assert "Both owners are told" in shown
    assert "The father was shown the photograph" in shown
    assert "The child is back with the family" in shown
    owed = {one.participant: one.owed for one in desk.hub.status().participants}
    assert owed["police-br"] and owed["cci-dl"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"state": "confirmed", "reason": ""}, "Write why you decided so"),
        ({"state": "", "reason": "because"}, "Choose what you decided"),
        ({"state": "reunited", "reason": "because"}, "Choose what you decided"),
        ({"state": "confirmed", "reason": "x" * 201}, "at most 200 letters"),
    ],
)
def test_an_incomplete_decision_changes_nothing(police: Any, desk: Any, fields: dict[str, str], message: str) -> None:
    answer = police.send(f"/match/{desk.match.match_id}", fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert desk.match.state == "proposed"


def test_a_home_sees_a_match_and_is_offered_no_decision(browser: Any, desk: Any) -> None:
    home = browser.sign_in("home")
    path = f"/match/{desk.match.match_id}"
    assert "Your decision" not in home.get(path).text
    answer = home.client.post(path, data={"form_token": home.token(path), "state": "confirmed", "reason": "x"})
    assert answer.status_code == 403
    assert desk.match.state == "proposed"


def test_a_confirmed_child_has_one_timeline_of_all_owners_and_one_holder(police: Any, desk: Any) -> None:
    seen = desk.match.other
    placed = CaseEvent(event_id="e2", ref=seen, kind=CaseEventKind.PLACED, at=NOW, institution="dl:cci:asha")
    desk.hub.flow.receive_events("cci-dl", "message-e2", [placed])
    address = f"/case/{desk.match.hub_id}{WHY}"
    assert "dl:cci:asha" not in police.get(address).text
    police.send(
        f"/match/{desk.match.match_id}", {"state": "confirmed", "reason": "The father was shown the photograph"}
    )
    shown = police.get(address).text
    for words in ("Who holds the child", "In care", "dl:cci:asha", "Placed in care", "FIR registered", seen.source_id):
        assert words in shown
    assert "this child’s 2 records" in shown.lower()
