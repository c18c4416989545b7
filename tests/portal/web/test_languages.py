"""Languages: every catalogue says all that its pages say, and a request is answered in the language it asks for."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Message

from portal.web import texts, words
from portal.web.catalogues import BY_CODE, LANGUAGES, Language, catalogue
from portal.web.choosing import language_of
from portal.web.language import current

TRANSLATED = [one for one in LANGUAGES if one.code != "en"]


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a text in English with its translation."""
    if isinstance(message.id, tuple):
        yield from zip(message.id, message.string, strict=True)
    else:
        yield message.id, message.string


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda one: one.code)
def test_a_catalogue_says_everything_that_its_pages_say_and_nothing_more(language: Language) -> None:
    wanted = set(texts.wanted(language))
    told = {message.id for message in catalogue(language.code) if message.id and all(t for _, t in forms(message))}
    assert wanted - told == set(), "run python -m portal.web.texts, then translate"
    assert told - wanted == set(), "run python -m portal.web.texts"


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda one: one.code)
def test_a_translation_fills_in_what_the_english_text_fills_in(language: Language) -> None:
    for message in catalogue(language.code):
        for english, translated in forms(message) if message.id else ():
            assert filled(english) == filled(translated), (english, translated)


def filled(text: str) -> Counter[str]:
    return Counter(re.findall(r"%\(\w+\)s|%\(?\w*\)?d", text))


def test_what_a_page_says_new_is_wanted_of_every_language_that_has_the_page() -> None:
    hindi = texts.wanted(BY_CODE["hi"])
    assert "Skip to main content" in hindi
    assert ("%(num)s record", "%(num)s records") in hindi
    assert "Sky blue" in hindi  # no page has it as a text: it is a code of the contract


@pytest.fixture
def speaking() -> Iterator[Any]:
    """Sets the language of this test."""
    token = current.set(current.get())
    yield lambda code: current.set(BY_CODE[code])
    current.reset(token)


@pytest.mark.parametrize(
    ("code", "day", "moment"),
    [
        ("en", "5 March 2024", "5 March 2024, 4:05 pm"),
        ("hi", "5 मार्च 2024", "5 मार्च 2024, 4:05 pm"),
        ("mr", "५ मार्च २०२४", "५ मार्च २०२४, ४:०५ PM"),
    ],
)
def test_days_and_hours_are_written_as_the_language_writes_them(
    speaking: Any, code: str, day: str, moment: str
) -> None:
    speaking(code)
    at = datetime.datetime(2024, 3, 5, 10, 35, tzinfo=datetime.UTC)
    assert words.day(at.date()) == day
    assert words.moment(at) == moment


def test_numbers_are_grouped_as_india_counts() -> None:
    assert words.number(1234567) == "12,34,567"


def scope(path: str = "/public/missing", query: str = "", **headers: str) -> dict[str, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "query_string": query.encode(), "headers": raw}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (scope(), "en"),
        (scope(accept_language="hi-IN,hi;q=0.9,en;q=0.8"), "hi"),
        (scope(accept_language="fr;q=0.9, hi;q=x, *"), "en"),
        (scope(cookie="tc_lang=hi"), "hi"),
        (scope(cookie="tc_lang=xx", accept_language="hi"), "hi"),
        (scope(cookie="tc_lang=hi", query="lang=en"), "en"),
        (scope(query="lang=../hi"), "en"),
        (scope(cookie="tc_lang=ur"), "ur"),
        (scope(path="/citizens/lost", accept_language="ta"), "ta"),
        (scope(path="/search", cookie="tc_lang=ur"), "en"),
        (scope(path="/", accept_language="ta"), "en"),
    ],
)
def test_the_address_speaks_before_the_cookie_and_the_cookie_before_the_browser(asked: Any, code: str) -> None:
    assert language_of(asked).code == code


def test_a_chosen_language_is_kept_and_the_reader_is_back_on_the_page(browser: Any) -> None:
    answer = browser.get("/language/hi?back=/public/missing%3Fpage%3D9")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/public/missing?page=9"
    page = browser.get("/public/missing")
    assert '<html lang="hi-IN" dir="ltr"' in page.text
    assert "लापता बच्चे" in page.text
    assert page.headers["content-language"] == "hi-IN"
    assert "accept-language" in page.headers["vary"].lower()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere"])
def test_choosing_a_language_leads_nowhere_else(browser: Any, back: str) -> None:
    assert browser.get("/language/hi", params={"back": back}).headers["location"] == "/"


def test_a_language_that_is_not_spoken_is_not_found(browser: Any) -> None:
    assert browser.get("/language/fr").status_code == 404


def test_a_translation_that_nobody_reviewed_says_so_and_offers_english(browser: Any) -> None:
    page = browser.get("/public/missing?lang=hi").text
    assert "प्रारूप" in page
    assert "Read it in English" in page
    assert "govuk-phase-banner" not in browser.get("/public/missing").text


def test_a_desk_speaks_hindi_with_the_words_of_the_codes(police: Any, desk: Any) -> None:
    match = desk.match
    page = police.get(f"/match/{match.match_id}?lang=hi").text
    assert "क्या ये एक ही बच्चा हैं?" in page
    assert "साँवला" in page or "गेहुँआ" in page


def test_urdu_is_written_from_right_to_left_and_says_that_it_is_a_draft(browser: Any) -> None:
    page = browser.get("/citizens?lang=ur").text
    assert '<html lang="ur-IN" dir="rtl"' in page
    assert "مسودہ" in page


def test_a_page_that_a_language_does_not_have_leads_to_the_citizens_pages_in_it(browser: Any) -> None:
    assert "/language/ta?back=/citizens" in browser.get("/").text
    assert "/language/ta?back=/public/missing" in browser.get("/public/missing").text


def test_a_desk_is_offered_the_languages_that_it_speaks(police: Any) -> None:
    page = police.get("/search").text
    assert "/language/hi?" in page
    assert "/language/ta?" not in page


def test_an_error_is_said_in_a_language_that_has_it(browser: Any) -> None:
    page = browser.get("/public/missing/0000?lang=ta")
    assert page.status_code == 404
    assert '<html lang="en-IN"' in page.text
    assert page.headers["content-language"] == "en-IN"
