"""Codes, ages, dates and weights in plain words."""

import datetime

import pytest

from contracts import Birth, codes
from contracts.events import CaseEventKind
from portal.web import words


def test_equal_codes_of_two_lists_have_words_of_their_own() -> None:
    assert words.of(codes.RecordKind.FOUND) == "Found child"
    assert words.of(codes.Status.FOUND) == "Found"
    assert words.of(CaseEventKind.FOUND) == "Found"


def test_a_moment_is_told_in_indian_time() -> None:
    assert words.moment(datetime.datetime(2024, 3, 4, 19, 5, tzinfo=datetime.UTC)) == "5 March 2024, 12:35 am"


@pytest.mark.parametrize(
    ("low", "high", "said"), [(5, 5, "5 months"), (96, 107, "8 years"), (96, 119, "8 to 9 years"), (12, 12, "1 year")]
)
def test_an_age_is_told_as_people_say_it(low: int, high: int, said: str) -> None:
    assert words.age_span(low, high) == said


def test_how_an_age_is_known_names_the_day_on_which_it_was_true() -> None:
    told = Birth.model_validate(
        {"age_from_months": 84, "age_to_months": 95, "basis": "appearance", "as_of": "2019-03-01"}
    )
    assert words.birth(told) == "7 years on 1 March 2019, by appearance"


@pytest.mark.parametrize(
    ("p", "said"), [(0.972, "97 in 100"), (0.9999, "more than 99 in 100"), (0.001, "less than 1 in 100")]
)
def test_a_chance_is_never_told_as_certain(p: float, said: str) -> None:
    assert words.chance(p) == said


def test_weights_have_a_real_minus_sign_and_nothing_is_minus_nought() -> None:
    assert (words.bits(4.26), words.bits(-1.3), words.bits(-0.01)) == ("+4.3", "−1.3", "0.0")
