"""Pages as the manifest describes them, over sources that grow, tie and change while they are read."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import paging
from adapters.mapping.manifest import PullList
from contracts import Unready

Row = dict[str, Any]


def listing(style: str = "page", size: int = 3, order: str = "oldest_first", **since: Any) -> PullList:
    page: Row = {"style": style, "param": "p", "size_param": "n", "size": size}
    if style == "cursor":
        page["next"] = "next"
    said: Row = {"param": "from", "field": "at", "as": "integer", **since}
    return PullList.model_validate(
        {"name": "a", "path": "/a", "id": "id", "records": "rows", "order": order, "since": said, "paging": page}
    )


class Source:
    """Answers rows at or after ``from``, ordered by change; ``meanwhile`` runs after each answer."""

    def __init__(self, rows: list[Row], exclusive: bool = False, first: int = 1) -> None:
        self.rows, self.exclusive, self.first, self.calls = rows, exclusive, first, 0
        self.meanwhile: Iterator[Any] | None = None

    def __call__(self, sent: Row) -> Row:
        self.calls += 1
        since = sent.get("from")
        fitting = [
            r for r in self.rows if since is None or r["at"] > since or (r["at"] == since and not self.exclusive)
        ]
        fitting.sort(key=lambda row: (row["at"], row["id"]))
        start = (sent["p"] - self.first) * sent["n"]
        page = [dict(row) for row in fitting[start : start + sent["n"]]]
        if self.meanwhile is not None:
            next(self.meanwhile, None)
        return {"rows": page}


def ids(found: Iterator[tuple[Row, str | None]]) -> list[int]:
    return [row["id"] for row, _ in found]


def test_every_row_comes_once_oldest_first() -> None:
    rows = [{"id": n, "at": n // 2} for n in range(20)]
    assert ids(paging.read(listing(), Source(rows), None)) == list(range(20))


def test_a_row_that_changes_meanwhile_pushes_no_other_over_a_pages_edge() -> None:
    rows = [{"id": n, "at": n} for n in range(12)]
    source = Source(rows)

    def touch() -> Iterator[None]:
        for n in range(3):
            rows[n]["at"] = 100 + n  # an early row moves to the end
            yield

    source.meanwhile = touch()
    assert set(ids(paging.read(listing(), source, None))) == set(range(12))


@settings(max_examples=200)
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=40),
    st.integers(1, 7),
    st.integers(0, 39),
    st.booleans(),
)
def test_resuming_from_any_row_misses_none(ats: list[int], size: int, cut: int, exclusive: bool) -> None:
    rows = [{"id": n, "at": at} for n, at in enumerate(sorted(ats))]
    # A source that answers only later rows cannot be asked for ties of one moment by pages of itself: one unit back.
    source = Source(rows, exclusive)
    found = list(paging.read(listing(size=size, exclusive=exclusive), source, None))
    assert [row["id"] for row, _ in found] == list(range(len(rows)))
    cut = min(cut, len(found) - 1)
    position = found[cut][1]
    again = paging.read(listing(size=size, exclusive=exclusive), Source(rows, exclusive), position)
    told = {row["id"] for row, _ in found[: cut + 1]} | {row["id"] for row, _ in again}
    assert told == set(range(len(rows)))


def test_a_row_that_changed_while_its_page_was_made_moves_no_position_beyond_its_neighbours() -> None:
    page = [{"id": 0, "at": 100}, {"id": 1, "at": 1}, {"id": 2, "at": 2}]
    pages = iter([page, [{"id": 2, "at": 2}, {"id": 3, "at": 3}]])
    found = list(paging.read(listing(), lambda sent: {"rows": next(pages)}, None))
    assert [(row["id"], position) for row, position in found] == [(0, "1"), (1, "1"), (2, "2"), (3, "3")]


def test_without_an_order_the_position_moves_with_the_last_row_only() -> None:
    rows = [{"id": n, "at": 9 - n} for n in range(6)]
    found = list(paging.read(listing(order="any", size=4), Source(rows), None))
    assert [position for _, position in found] == [None] * 5 + ["9"]


def test_a_look_back_reads_a_little_of_the_past_again() -> None:
    asked: list[Row] = []

    def ask(sent: Row) -> Row:
        asked.append(sent)
        return {"rows": []}

    source = listing(**{"as": "datetime", "look_back_minutes": 10})
    assert list(paging.read(source, ask, "2026-02-15T10:05:00+05:30")) == []
    assert asked[0]["from"] == "2026-02-15T09:55:00+05:30"
    dated = listing(**{"as": "date", "format": "%d/%m/%Y", "look_back_minutes": 2880})
    assert list(paging.read(dated, ask, "15/02/2026")) == []
    assert asked[1]["from"] == "13/02/2026"


def test_tokens_are_followed_until_there_is_none() -> None:
    pages = {None: ([1, 2], "x"), "x": ([3], "y"), "y": ([4], "")}

    def ask(sent: Row) -> Row:
        rows, token = pages[sent.get("p")]
        return {"rows": [{"id": n, "at": n} for n in rows], "next": token}

    assert ids(paging.read(listing("cursor"), ask, None)) == [1, 2, 3, 4]


def test_a_list_without_change_times_is_read_whole_and_shifted_rows_are_told_once() -> None:
    source = PullList.model_validate({"name": "a", "path": "/a", "id": "id", "paging": {
        "style": "offset", "param": "p", "size_param": "n", "size": 3}})  # fmt: skip
    rows = [{"id": n} for n in range(8)]

    def ask(sent: Row) -> list[Row]:
        page = rows[sent["p"] : sent["p"] + sent["n"]]
        if sent["p"] == 0:
            rows.insert(0, {"id": 99})
        return page

    assert ids(paging.read(source, ask, None)) == list(range(8))


def test_a_change_time_that_cannot_be_read_moves_no_position() -> None:
    rows = [{"id": 1, "at": 5}, {"id": 2, "at": "soon"}]
    found = list(paging.read(listing(), lambda sent: {"rows": rows}, None))
    assert [position for _, position in found] == ["5", "5"]


def test_an_answer_without_rows_where_they_should_be_is_no_answer() -> None:
    with pytest.raises(Unready, match="unexpected_answer"):
        list(paging.read(listing(), lambda sent: {"rows": ["text"]}, None))
    assert list(paging.read(listing(), lambda sent: {"other": []}, None)) == []
