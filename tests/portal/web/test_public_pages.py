"""What everybody may see: cards of missing children that are published, and nothing of any other child."""

import re
from typing import Any

import pytest


def test_a_published_missing_child_has_a_card_with_name_age_and_place(browser: Any) -> None:
    cards = browser.get("/public/missing").text
    link = re.search(r'href="(/public/missing/[^"?]+)"', cards)
    assert link
    card = browser.get(link.group(1)).text
    assert "मोहम्मद राशिद" in card
    assert 'lang="hi"' in card
    assert "Bihar Police" in card


@pytest.mark.parametrize("path", ["/", "/public/missing"])
def test_a_found_child_is_on_no_public_page(browser: Any, path: str) -> None:
    shown = browser.get(path).text
    assert "Rasheed" not in shown
    assert "رشید" not in shown
    assert "Lajpat" not in shown


def test_a_card_ends_with_its_restriction(browser: Any, desk: Any, missing: Any) -> None:
    path = re.search(r'href="(/public/missing/[^"?]+)"', browser.get("/public/missing").text)
    assert path
    restricted = missing(restrictions=["not_public"], recorded_at="2026-01-01T00:00:00Z", version="2")
    desk.tell(restricted)
    assert browser.get(path.group(1)).status_code == 410
    assert "मोहम्मद" not in browser.get("/public/missing").text


def test_a_card_ends_when_the_child_is_traced(browser: Any, desk: Any, missing: Any) -> None:
    desk.tell(missing(status="traced", recorded_at="2026-01-01T00:00:00Z", version="2"))
    shown = browser.get("/public/missing").text
    assert "मोहम्मद" not in shown
    assert "No card is published" in shown


@pytest.mark.parametrize("path", ["/nowhere", "/public/missing/0000", "/public/found", "/static/portal.css"])
def test_an_unknown_page_is_not_found(browser: Any, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_public_pages_set_no_cookie_and_ask_not_to_be_indexed(browser: Any) -> None:
    answer = browser.get("/public/missing")
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-robots-tag"] == "noindex, noarchive"


def test_a_later_page_without_cards_says_so(browser: Any) -> None:
    assert "There are no more cards" in browser.get("/public/missing?page=9").text


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/matches",
        "/match/981f592f-e77c-4360-9c93-391000e1eed6",
        "/case/O2R8eEvABCRpYgL2JSrOnw",
        "/case/O2R8eEvABCRpYgL2JSrOnw/file",
        "/case/O2R8eEvABCRpYgL2JSrOnw/accesses",
        "/accesses",
        "/operations",
        "/operations/set-aside",
        "/search/districts?state=10",
    ],
)
def test_every_page_of_a_desk_sends_the_public_to_sign_in(browser: Any, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")
