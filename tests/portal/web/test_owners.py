"""Asking the owners from the portal: with scripts as it comes, without them whole; each system is named."""

import re
import socket
from typing import Any
from urllib.parse import unquote

import pytest

from contracts import Participant
from contracts.participants import Endpoint

ASKED = {"name": "Rashid", "live": "true", "purpose": "inquiry", "case": "FIR 118/2024"}


@pytest.fixture
def away(desk: Any) -> None:
    """Two owners whose systems are there in the registry only."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    for name, allowed in (("homes-up", True), ("homes-jh", False)):
        endpoint = Endpoint(adapter="cci", url=url, secret="env:PATH", searched_live=allowed)
        one = Participant(id=name, name=f"Homes of {name[-2:].upper()}", kind="cci", endpoint=endpoint)
        desk.hub.registry.participants.put(one)


def asked(browser: Any, **changed: str) -> Any:
    return browser.search(**ASKED | changed)


def test_the_whole_answer_needs_no_script(police: Any, away: None) -> None:
    growing = asked(police)
    assert growing.status_code == 200
    (whole,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', growing.text)
    answer = police.get(whole)
    assert "Rasheed" in answer.text or "Rashid" in answer.text
    assert "from the index" in answer.text
    assert re.search(r"no answer</span> Homes of UP\s+<span[^>]*>it cannot be reached", answer.text)
    assert re.search(r"not asked</span> Homes of JH\s+<span[^>]*>its owner does not allow it", answer.text)
    assert "2 systems took the question" in answer.text


def test_events_bring_the_page_as_it_stands(police: Any, away: None) -> None:
    (events,) = re.findall(r'data-events="([^"]+)"', asked(police).text)
    told = police.get(events)
    assert told.headers["content-type"].startswith("text/event-stream")
    blocks = told.text.strip().split("\n\n")
    assert blocks[0].startswith("event: partial\ndata: ") and "being asked</span> Homes of UP" in blocks[0]
    assert blocks[-1].startswith("event: whole\ndata: ") and "no answer</span> Homes of UP" in blocks[-1]


def test_the_address_holds_no_name_and_is_worth_nothing_to_another(
    police: Any, away: None, address: str, new_browser: Any
) -> None:
    answer = asked(police)
    assert "rashid" not in unquote(str(answer.url)).lower()
    other = new_browser(address).sign_in("cwc")
    for more in ("", "/whole", "/events"):
        assert other.get(answer.url.path + more).status_code == 410


def test_without_purpose_or_case_nobody_is_asked(police: Any, away: None, desk: Any) -> None:
    answer = asked(police, purpose="", case="")
    assert answer.status_code == 422
    assert "Choose why you need it" in answer.text and "Write the number of the case" in answer.text
    assert "FIR" not in _audit(desk)


def test_the_question_is_in_the_audit_without_the_name(police: Any, away: None, desk: Any) -> None:
    police.get(asked(police).url.path + "/whole")
    desk.hub.asking.finish()
    said = _audit(desk)
    assert "search_live" in said and "FIR 118/2024" in said and "1 asked" in said
    assert "Rashid" not in said


def test_who_may_not_search_is_not_offered_it(address: str, new_browser: Any) -> None:
    assert new_browser(address).sign_in("admin").get("/search/live/anything").status_code == 403


def test_several_sections_are_read_at_once_and_each_failure_is_named(police: Any, desk: Any) -> None:
    path = f"/case/{desk.hub_id('BR/2024/118')}/file?purpose=inquiry&case=FIR+118%2F2024"
    assert 'name="more_photographs"' in police.get(path).text
    chosen = {"section": "profile", "more_photographs": "true", "more_contact": "true"}
    answer = police.send(path, chosen | {"purpose": "inquiry", "case": "FIR 118/2024"})
    assert answer.status_code == 200
    assert re.findall(r'id="read-\d">(\w+) ', answer.text) == ["Profile", "Photographs", "Contact"]
    assert answer.text.count("cannot be read live") == 3


def _audit(desk: Any) -> str:
    with desk.hub.store.engine.begin() as connection:
        return str(list(connection.exec_driver_sql("SELECT act, matter, detail FROM audit").all()))
