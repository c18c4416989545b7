"""Casework pages: what is due, what is wrong, and a case older than every law on file."""

import datetime
from typing import Any

from contracts import CaseEvent
from contracts.events import CaseEventKind
from tests.portal.web.conftest import WHY


def _told(desk: Any, source_id: str, participant: str, kind: CaseEventKind, at: datetime.datetime) -> None:
    ref = {"participant": participant, "source_id": source_id}
    event = CaseEvent.model_validate({"event_id": f"{kind}-{at.year}", "ref": ref, "kind": kind, "at": at})
    desk.hub.flow.receive_events(participant, f"message-{kind}-{at.year}", [event])


def test_a_case_older_than_every_law_says_so_and_is_listed(police: Any, desk: Any, missing: Any) -> None:
    desk.tell(missing(source_id="BR/1998/3"))
    old = datetime.datetime(1998, 5, 1, tzinfo=datetime.UTC)
    _told(desk, "BR/1998/3", "police-br", CaseEventKind.REPORTED, old)
    hub_id = desk.hub_id("BR/1998/3")
    shown = police.get(f"/case/{hub_id}{WHY}").text
    assert "before every law on file" in shown and "Nothing is owed now" not in shown
    listed = police.get("/casework/findings/no_law_then").text
    assert "BR/1998/3" in listed and f"/case/{hub_id}" in listed
    assert "Opened before every law on file" in police.get("/casework").text


def test_what_is_overdue_is_listed_with_its_section(police: Any, desk: Any) -> None:
    found = datetime.datetime(2024, 3, 19, 9, 0, tzinfo=datetime.UTC)
    _told(desk, "DL-CH-04/0071", "cci-dl", CaseEventKind.PRODUCED, found)
    shown = police.get("/casework").text
    for words in ("Social investigation report", "JJ Act 2015 s.36(2)", "Overdue since", "Central, Delhi"):
        assert words in shown
    assert "DL-CH-04/0071" in shown


def test_a_home_sees_what_is_due_and_no_findings(browser: Any) -> None:
    home = browser.sign_in("home")
    assert home.get("/casework").status_code == 200
    assert home.get("/casework/findings").status_code == 403


def test_an_administrator_sees_no_casework(browser: Any) -> None:
    admin = browser.sign_in("admin")
    assert admin.get("/casework").status_code == 403
    assert 'href="/casework"' not in admin.get("/").text
