"""The walk from the oldest row to the newest, over a list that grows, shrinks, ties, shuffles and crashes."""

import datetime
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.zipnet.listing import Crash, Window
from adapters.zipnet.walk import Bad, Walk
from adapters.zipnet.words import Row
from contracts import Unready

DAY = datetime.date(2026, 1, 1)
INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


class Listing:
    """Newest first, as ZIPNET's; ``meanwhile`` runs before each answer, ``poison`` ids crash, ties may shuffle."""

    name = "missing"

    def __init__(self, days: list[int], poison: set[int] = frozenset(), shuffle: bool = False) -> None:  # type: ignore[assignment]
        self.rows = [row(number, day) for number, day in enumerate(sorted(days), start=1)]
        self.poison, self.shuffle, self.calls = poison, shuffle, 0
        self.crashed_details: set[int] = set()
        self.meanwhile: Callable[[Listing], None] | None = None
        self.random = random.Random(7)

    def window(self, start: int, length: int) -> Window:
        self.calls += 1
        if self.meanwhile is not None:
            self.meanwhile(self)
        order = sorted(self.rows, key=lambda r: (r["CreatedOn"], self._tie(r)), reverse=True)
        page = order[start : start + length]
        if any(r["MissingPersonId"] in self.poison for r in page):
            raise Crash
        return Window(len(order), [dict(r) for r in page])

    def whole(self, rows: list[Row]) -> list[Row | None]:
        return [None if r["MissingPersonId"] in self.crashed_details else r for r in rows]

    def _tie(self, said: Row) -> Any:
        return self.random.random() if self.shuffle else said["MissingPersonId"]

    def grow(self, day: int, count: int = 1) -> None:
        first = max((r["MissingPersonId"] for r in self.rows), default=0) + 1
        self.rows += [row(number, day) for number in range(first, first + count)]


def row(number: int, day: int) -> Row:
    return {"MissingPersonId": number, "CreatedOn": (DAY + datetime.timedelta(days=day)).isoformat(),
            "SerialNumber": f"MP-202601{number:06d}"}  # fmt: skip


def walked(listing: Listing, size: int = 10, since: datetime.datetime | None = None) -> list[Row | Bad]:
    return list(Walk(listing, size).rows(since))


def ids(found: list[Row | Bad]) -> list[int]:
    return [item["MissingPersonId"] for item in found if not isinstance(item, Bad)]


def bad(found: list[Row | Bad]) -> list[int]:
    return [item.number for item in found if isinstance(item, Bad)]


def test_the_newest_first_list_is_told_oldest_first() -> None:
    listing = Listing(list(range(95)))
    assert ids(walked(listing)) == list(range(1, 96))
    assert listing.calls < 25


def test_an_empty_list_is_no_fault() -> None:
    assert walked(Listing([])) == []


def test_rows_that_arrive_meanwhile_are_neither_lost_nor_told_twice() -> None:
    listing = Listing(list(range(60)))
    listing.meanwhile = lambda it: it.grow(100 + it.calls, 2) if it.calls % 3 == 0 and it.calls < 30 else None
    told = ids(walked(listing))
    assert told == sorted(set(told))
    assert told == [r["MissingPersonId"] for r in listing.rows]


def test_rows_that_vanish_meanwhile_take_no_neighbour_with_them() -> None:
    listing = Listing(list(range(80)))

    def remove(it: Listing) -> None:
        if it.calls == 9:
            del it.rows[:25]  # all of them told before, and more than a window

    listing.meanwhile = remove
    told = ids(walked(listing))
    assert told == list(range(1, 81))


def test_a_row_that_crashes_the_source_is_named_and_passed() -> None:
    listing = Listing(list(range(50)), poison={1, 2, 17, 18, 40, 50})
    found = walked(listing)
    assert ids(found) == [n for n in range(1, 51) if n not in listing.poison]
    assert bad(found) == [n - 1 for n in sorted(listing.poison)]


def test_a_row_whose_detail_crashes_is_named_and_passed() -> None:
    listing = Listing(list(range(30)))
    listing.crashed_details = {4, 21}
    found = walked(listing)
    assert (ids(found), bad(found)) == ([n for n in range(1, 31) if n not in (4, 21)], [3, 20])


def test_a_source_that_goes_down_is_unready_and_no_row_is_passed() -> None:
    listing = Listing(list(range(60)))
    walk = Walk(listing, 10).rows()
    told = [next(walk) for _ in range(20)]
    listing.poison = set(range(1, 61))
    with pytest.raises(Unready):
        for item in walk:
            told.append(item)
    assert bad(told) == []
    with pytest.raises(Unready):
        walked(listing)


def test_details_that_all_crash_mean_that_the_source_is_down() -> None:
    listing = Listing(list(range(60)))
    listing.crashed_details = set(range(21, 61))
    walk = Walk(listing, 10).rows()
    with pytest.raises(Unready):
        list(walk)


def test_a_row_that_is_counted_and_never_shown_is_named() -> None:
    class Short(Listing):
        def window(self, start: int, length: int) -> Window:
            answer = super().window(start, length)
            return Window(answer.total, [r for r in answer.rows if r["MissingPersonId"] != 12])

    found = walked(Short(list(range(30))))
    assert (ids(found), bad(found)) == ([n for n in range(1, 31) if n != 12], [11])


def test_rows_of_one_moment_that_change_places_are_all_told() -> None:
    for seed in range(20):
        listing = Listing([0] * 7 + [1] * 60 + [2] * 5, shuffle=True)
        listing.random = random.Random(seed)
        found = walked(listing)
        told = ids(found)
        assert len(told) == len(set(told))
        lost = 72 - len(told)
        # What five readings did not show is not hidden: a gap says how many.
        assert lost == sum(int(item.reason.split()[0]) for item in found if isinstance(item, Bad))
        assert lost <= 2


def test_a_walk_from_a_moment_begins_there_by_few_questions() -> None:
    listing = Listing(list(range(2000)))
    since = datetime.datetime.combine(DAY + datetime.timedelta(days=1990), datetime.time(), INDIA)
    told = ids(walked(listing, 100, since))
    assert set(told) >= set(range(1991, 2001))
    assert len(told) < 30
    assert listing.calls < 20


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 12), max_size=70),
    st.integers(6, 20),
    st.sets(st.integers(1, 70), max_size=5),
    st.integers(0, 13),
    st.integers(0, 6),
)
def test_whatever_the_list_every_row_is_told_once_or_named(
    days: list[int], size: int, poison: set[int], since: int, arrivals: int
) -> None:
    listing = Listing(days, poison if len(poison) < len(days) // 2 else set())
    left = [arrivals]

    def arrive(it: Listing) -> None:
        if left[0] and it.calls % 2:
            left[0] -= 1
            it.grow(20)

    listing.meanwhile = arrive
    moment = datetime.datetime.combine(DAY + datetime.timedelta(days=since), datetime.time(), INDIA)
    found = walked(listing, size, moment if since else None)
    told = ids(found)
    wanted = {r["MissingPersonId"] for r in listing.rows if r["CreatedOn"] >= moment.date().isoformat() or not since}
    arrived_last = {r["MissingPersonId"] for r in listing.rows[len(days) :]}
    assert len(told) == len(set(told))
    assert wanted - listing.poison - arrived_last <= set(told)
    named = {listing.rows[number]["MissingPersonId"] for number in bad(found)}
    assert listing.poison & wanted - arrived_last <= named
    assert named <= listing.poison
