"""The poster: name and address on paper in every language, and a page behind its code that ends with the search."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from portal.web import poster
from portal.web.catalogues import LANGUAGES
from tests.portal.web.conftest import WHY


def card_path(browser: Any) -> str:
    link = re.search(r'href="(/public/missing/[^"?]+)"', browser.get("/public/missing").text)
    assert link
    return link.group(1)


@pytest.mark.parametrize("code", [one.code for one in LANGUAGES])
def test_a_poster_in_every_language_holds_the_address_and_its_own_script(browser: Any, code: str) -> None:
    path = card_path(browser)
    answer = browser.get(f"{path}/poster.pdf?lang={code}")
    assert answer.headers["content-type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert path.rpartition("/")[2] in re.sub(r"\s", "", text)
    assert "1098" in text
    assert "\ufffd" not in text


def test_a_poster_holds_the_name(browser: Any, desk: Any, missing: Any) -> None:
    desk.tell(missing(names=[{"text": "Rashid Example"}], recorded_at="2026-01-01T00:00:00Z", version="2"))
    text = PdfReader(io.BytesIO(browser.get(f"{card_path(browser)}/poster.pdf").content)).pages[0].extract_text()
    assert "Rashid Example" in text


def test_the_page_behind_the_code_says_closed_at_once_when_the_child_is_traced(
    browser: Any, desk: Any, missing: Any
) -> None:
    path = card_path(browser)
    desk.tell(missing(status="traced", recorded_at="2026-01-01T00:00:00Z", version="2"))
    page = browser.get(path)
    assert page.status_code == 410
    assert "This search has ended" in page.text
    assert "मोहम्मद" not in page.text
    assert browser.get(f"{path}/poster.pdf").status_code == 410


def test_the_case_page_offers_the_poster_while_the_card_is_public(
    police: Any, browser: Any, desk: Any, missing: Any
) -> None:
    address = f"/case/{desk.hub_id('BR/2024/118')}{WHY}"
    form = f'action="{card_path(browser)}/poster.pdf"'
    assert form in police.get(address).text
    desk.tell(missing(status="traced", recorded_at="2026-01-01T00:00:00Z", version="2"))
    assert "poster.pdf" not in police.get(address).text


def test_the_code_on_a_poster_is_that_of_the_address_and_no_unknown_id_has_one(browser: Any) -> None:
    path = card_path(browser)
    drawn = poster.qr(f"http://hub.example{path}")
    assert drawn != poster.qr("http://hub.example/")
    assert drawn.startswith("<?xml")
    assert browser.get("/public/missing/0000/poster.pdf").status_code == 404
