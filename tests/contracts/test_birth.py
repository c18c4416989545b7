"""An age carried to another day: the youngest is never above the oldest, and the true age lies between them."""

import datetime

from hypothesis import assume, given
from hypothesis import strategies as st

from contracts import Birth
from contracts.codes import AgeBasis
from tests.contracts.strategies import births

DAYS = st.dates(datetime.date(1960, 1, 1), datetime.date(2030, 12, 31))


def completed_months(born: datetime.date, day: datetime.date) -> int:
    """Completed months by counting birthdays of the month, one by one."""
    months = (day.year - born.year) * 12 + day.month - born.month
    return months if day.day >= born.day else months - 1


@given(births(), DAYS)
def test_the_youngest_possible_age_is_never_above_the_oldest(values: dict[str, object], day: datetime.date) -> None:
    youngest, oldest = Birth.model_validate(values).months_on(day)
    assert youngest <= oldest


@given(DAYS, DAYS)
def test_a_birth_date_gives_the_age_itself(born: datetime.date, day: datetime.date) -> None:
    age = completed_months(born, day)
    assert Birth(basis=AgeBasis.DOCUMENTED, date=born).months_on(day) == (age, age)


@given(DAYS, DAYS)
def test_the_true_age_lies_within_what_a_birth_year_allows(born: datetime.date, day: datetime.date) -> None:
    youngest, oldest = Birth(basis=AgeBasis.STATED, year=born.year).months_on(day)
    assert youngest <= completed_months(born, day) <= oldest
    assert oldest - youngest <= 12


@given(DAYS, DAYS, DAYS)
def test_the_true_age_lies_within_a_true_range_carried_to_any_day(
    born: datetime.date, told: datetime.date, day: datetime.date
) -> None:
    assume(0 <= completed_months(born, told) <= 1200)
    years = completed_months(born, told) // 12
    stated = Birth(basis=AgeBasis.STATED, age_from_months=years * 12, age_to_months=years * 12 + 11, as_of=told)
    youngest, oldest = stated.months_on(day)
    assert youngest <= completed_months(born, day) <= oldest


@given(births(), DAYS, st.integers(1, 400))
def test_nobody_grows_younger(values: dict[str, object], day: datetime.date, later: int) -> None:
    birth = Birth.model_validate(values)
    then = day + datetime.timedelta(days=later)
    assert all(a <= b for a, b in zip(birth.months_on(day), birth.months_on(then), strict=True))
