"""The pages of break-glass: the offer where a part is shown, the form, the list for reviewers."""

from typing import Any

import pytest

from hub.access import Scope
from tests.portal.web.conftest import WHY

REASON = "The child is in hospital and nobody answers"


@pytest.fixture
def path(desk: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The entry of the home's child, for people whose jurisdiction is Patna."""
    hub_id = desk.match.other_hub_id
    monkeypatch.setattr(desk.hub.people, "_scope_of", lambda *_: Scope(districts=frozenset({212})))
    return f"/case/{hub_id}"


def test_an_entry_elsewhere_is_shown_in_part_and_can_be_forced_open(
    police: Any, path: str, address: str, new_browser: Any
) -> None:
    shown = police.get(path + WHY).text
    assert "only a part of the entry is shown" in shown
    assert "Rashid" not in shown
    assert "another person reviews it" in police.get(path + "/glass" + WHY).text
    answer = police.send(path + "/glass" + WHY, {"reason": "urgent"})
    assert (answer.status_code, "in a sentence" in answer.text) == (422, True)
    answer = police.send(path + "/glass" + WHY, {"reason": REASON})
    assert answer.headers["location"].startswith(path)
    assert "only a part" not in police.get(path + WHY).text
    listed = new_browser(address).sign_in("auditor")
    assert REASON in listed.get("/glass").text
    looked = listed.get("/glass").text.partition('action="/glass/')[2].partition('"')[0]
    assert listed.send("/glass", {"justified": "", "words": ""}, to=f"/glass/{looked}").status_code == 422
    assert listed.send("/glass", {"justified": "yes", "words": "So it was"}, to=f"/glass/{looked}").status_code == 303
    assert "Nothing waits for review" in listed.get("/glass").text


def test_who_may_not_review_is_not_shown_the_list(police: Any, path: str) -> None:
    assert police.get("/glass").status_code == 403


def test_without_a_stated_purpose_the_form_sends_back(police: Any, path: str) -> None:
    assert police.get(path + "/glass").headers["location"] == path
