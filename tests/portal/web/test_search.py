"""Searching: names in any script, addresses that tell nothing, forms that say what to mend."""

from typing import Any
from urllib.parse import unquote

import pytest

from contracts.exchange import Search
from portal.web.forms import search_of
from portal.web.sealed import LASTS_SECONDS, seal, unseal

KEY = b"k" * 32


def test_a_name_in_devanagari_finds_an_entry_told_in_latin(police: Any) -> None:
    answer = police.search(name="राशिद")
    assert "Rasheed" in answer.text
    assert "2 entries fit" in answer.text
    assert "100 %" in answer.text


def test_the_address_of_an_answer_holds_no_name(police: Any) -> None:
    answer = police.search(name="Rashid")
    assert answer.status_code == 200
    assert "rashid" not in unquote(str(answer.url)).lower()
    assert 'value="Rashid"' in answer.text


def test_the_address_works_again_in_the_same_session_and_in_no_other(
    police: Any, address: str, new_browser: Any
) -> None:
    path = police.search(name="Rashid").url.path
    assert "entries fit" in police.get(path).text
    other = new_browser(address).sign_in("cwc").get(path)
    assert other.status_code == 410
    assert "Rashid" not in other.text
    assert "search again" in other.text


def test_a_sealed_search_ends_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    query = Search(name="राशिद", state=10)
    word = seal(KEY, query)
    assert unseal(KEY, word) == query
    assert unseal(b"j" * 32, word) is None
    assert unseal(KEY, word[:-4] + "AAAA") is None
    monkeypatch.setattr("time.time", lambda clock=__import__("time").time: clock() + LASTS_SECONDS + 60)
    assert unseal(KEY, word) is None


def test_nothing_found_is_explained(police: Any) -> None:
    answer = police.search(name="Zzyzx Qwerty")
    assert "0 entries fit" in answer.text
    assert "What may help" in answer.text


def test_the_form_keeps_what_was_written_when_something_is_wrong(police: Any) -> None:
    answer = police.search(name="राशिद", age_years_from="99", event_from="2024-13-45")
    assert answer.status_code == 422
    assert 'value="राशिद"' in answer.text
    assert "The lowest age must be a whole number" in answer.text
    assert "The first day must be a real date" in answer.text
    assert 'href="#age_years_from"' in answer.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "name"),
        ({"include_ended": "true"}, "name"),
        ({"age_years_from": "9", "age_years_to": "7"}, "age_years_to"),
        ({"event_from": "2024-02-01", "event_to": "2024-01-01"}, "event_to"),
        ({"kind": "pirate"}, "kind"),
        ({"state": "Bihar"}, "state"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(fields: dict[str, str], field: str) -> None:
    query, wrong = search_of(fields)
    assert query is None
    assert [one.field for one in wrong] == [field]


def test_districts_are_offered_for_the_state_that_was_searched(police: Any) -> None:
    answer = police.search(name="Rashid", state="10")
    assert "Gaya" in answer.text
    assert '<option value="10" selected>' in answer.text
    assert "Patna" in police.get("/search/districts?state=10").text
    assert "Choose a State first" in police.get("/search/districts?state=x").text


def test_htmx_gets_the_part_and_the_address_and_the_whole_when_it_goes_back(police: Any) -> None:
    path = police.search(name="Rashid").url.path
    part = police.get(path, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "entries fit" in part.text
    assert part.headers["hx-push-url"] == path
    whole = police.get(path, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.text


def test_long_answers_come_in_pages(police: Any, desk: Any, missing: Any) -> None:
    desk.tell(*(missing(source_id=f"BR/2024/{n}") for n in range(1000, 1021)))
    answer = police.search(kind="missing")
    assert "22 entries fit" in answer.text
    assert "Page 1 of 2" in answer.text
    second = police.get(f"{answer.url.path}?page=2").text
    assert "Page 2 of 2" in second
    assert second.count('href="/case/') == 2


@pytest.mark.parametrize("login", ["admin", "auditor"])
def test_who_may_not_search_is_told_so(browser: Any, login: str) -> None:
    answer = browser.sign_in(login).get("/search")
    assert answer.status_code == 403
    assert "You may not see this page" in answer.text
    assert 'href="/search"' not in answer.text
