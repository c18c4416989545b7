"""Converters of births and ages: a date, a year, or an age with the day on which it was true."""

from collections.abc import Callable

from adapters.mapping import body, dates
from adapters.mapping.reading import Row
from adapters.mapping.shop import Convert, Notes, Shop, first_day, of_text


def birth_date(shop: Shop) -> Convert:
    basis, form = shop.line.basis or "stated", shop.line.format
    earliest = dates.EARLIEST_BIRTH if shop.any_age else dates.EARLIEST
    turn = of_text(shop, lambda said: dates.date_in(said, form, earliest), "no_date")
    return lambda row, notes: {"date": day, "basis": basis} if (day := turn(row, notes)) is not None else None


def birth_year(shop: Shop) -> Convert:
    basis = shop.line.basis or "stated"

    def turn(said: str) -> Row | None:
        year = int(float(said))
        if year == 0:
            return None
        if not 1900 < year <= 2100:
            raise dates.Placeholder("a placeholder year")
        return {"year": year, "basis": basis}

    return of_text(shop, turn, "no_year")


def _aged(shop: Shop, months: Callable[[Row, Notes], tuple[int, int] | None]) -> Convert:
    """An age with the first usable day of ``as_of``: an age that was true on no known day says nothing."""
    days, basis, undated = shop.texts(shop.line.as_of), shop.line.basis or "stated", shop.note("age_without_date")

    def convert(row: Row, notes: Notes) -> Row | None:
        range_ = months(row, notes)
        if range_ is None:
            return None
        day = first_day(days, row)
        if day is None:
            notes.append(undated)
            return None
        return {"age_from_months": range_[0], "age_to_months": range_[1], "basis": basis, "as_of": day}

    return convert


def age(shop: Shop) -> Convert:
    """One text: ``7``, ``7 yrs 3 months``, ``5-7``; ``as_of`` names the day (or days, first usable) it was true."""
    return _aged(shop, of_text(shop, body.age_months_in, "no_age"))


def age_range(shop: Shop) -> Convert:
    """Two sources, completed years. 0/0 says nothing (unknown and newborn look alike), reversed ends are turned."""
    low_text, high_text = shop.texts()
    zero, reversed_, bad = shop.note("zero_age"), shop.note("reversed_age"), shop.note("no_age")

    def convert(row: Row, notes: Notes) -> tuple[int, int] | None:
        low_said, high_said = low_text(row), high_text(row)
        if low_said is None and high_said is None:
            return None
        try:
            low, high = _years(low_said or high_said), _years(high_said or low_said)
        except (ValueError, OverflowError):
            notes.append(bad)
            return None
        if high == 0:
            if low == 0:
                notes.append(zero)
                return None
            high = low  # 7 to 0: the second was left empty
        if low > high:
            notes.append(reversed_)
            low, high = high, low
        return body.years_to_months(low, high)

    return _aged(shop, convert)


def _years(said: str | None) -> int:
    years = int(float(said or ""))
    if not 0 <= years <= 99:
        raise ValueError("no possible age")
    return years
