"""The live read of a section: asked with a purpose, shown once, kept nowhere, logged always."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.portal.web.conftest import WHY

ASKED = {"section": "profile", "purpose": "inquiry", "case": "FIR 118/2024"}


@pytest.fixture
def path(desk: Any) -> str:
    return f"/case/{desk.hub_id('BR/2024/118')}/file{WHY}"


def test_a_section_is_shown_with_what_was_withheld_and_that_it_is_not_kept(
    police: Any, path: str, said_by_owner: str
) -> None:
    answer = police.send(path, ASKED)
    assert answer.status_code == 200
    assert said_by_owner in answer.text
    assert "Bihar Police answered on" in answer.text
    assert "Complainant’s telephone number" in answer.text
    assert "The hub keeps nothing of the answer" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_owner_is_told_who_asks_and_why(police: Any, path: str, desk: Any) -> None:
    police.send(path, ASKED)
    request = desk.owner.asked[0]
    assert (request.officer.id, request.purpose, request.case) == ("police", "inquiry", "FIR 118/2024")


def test_nothing_of_the_answer_is_in_the_database(
    police: Any, path: str, desk: Any, said_by_owner: str, tmp_path: Path
) -> None:
    police.send(path, ASKED)
    with sqlite3.connect(tmp_path / "hub.sqlite") as database:
        kept = "\n".join(database.iterdump())
    assert "FIR 118/2024" in kept
    assert said_by_owner not in kept
    assert said_by_owner.encode().hex() not in kept.lower()


def test_the_reading_is_in_the_log_of_the_child(
    police: Any, path: str, desk: Any, address: str, new_browser: Any
) -> None:
    police.send(path, ASKED)
    shown = new_browser(address).sign_in("auditor").get(path.replace(f"/file{WHY}", "/accesses")).text
    assert "officer:police" in shown
    assert "For an inquiry" in shown
    assert "FIR 118/2024" in shown


def test_an_owner_that_is_down_is_named_with_what_to_do(police: Any, path: str, desk: Any) -> None:
    desk.owner.down = True
    answer = police.send(path, ASKED)
    assert answer.status_code == 503
    assert "Bihar Police does not answer now" in answer.text
    assert "telephone the owner" in answer.text
    assert '<option value="profile" selected>' in answer.text


def test_an_owner_that_refuses_is_named_and_another_section_can_be_asked(police: Any, path: str, desk: Any) -> None:
    desk.owner.silent = True
    answer = police.send(path, ASKED)
    assert answer.status_code == 422
    assert "Bihar Police did not give this section" in answer.text
    assert "Nothing is written in this section yet." in answer.text
    assert "Ask the owner</button>" in answer.text


def test_a_request_without_purpose_or_case_asks_nobody(police: Any, path: str, desk: Any) -> None:
    answer = police.send(path, {"section": "profile", "purpose": "", "case": ""})
    assert answer.status_code == 422
    assert "Choose why you need it" in answer.text
    assert desk.owner.asked == []


def test_an_officer_is_not_offered_the_counselling_and_is_refused_it(police: Any, path: str, desk: Any) -> None:
    assert "counselling" not in police.get(path).text
    answer = police.send(path, ASKED | {"section": "counselling"})
    assert answer.status_code == 403
    assert desk.owner.asked == []


def test_purpose_and_case_stay_filled_in(police: Any, path: str) -> None:
    shown = police.get(path).text
    assert 'value="FIR 118/2024"' in shown
    assert '<option value="match_review" selected>' in shown


def test_who_states_no_purpose_is_asked_for_it_and_reads_nothing(police: Any, path: str, desk: Any) -> None:
    bare = path.removesuffix(f"/file{WHY}")
    for answer in (police.get(bare), police.get(bare + "/file", follow_redirects=True)):
        assert "Why do you look at this entry?" in answer.text
        assert "राशिद" not in answer.text
    assert police.get(bare + "?purpose=inquiry&case=").status_code == 422
    assert police.get(bare + "?purpose=care&case=FIR+1").status_code == 403
