"""The answer depends on what was told, never on the order in which it came."""

import datetime
import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import ChildRecord, Name
from contracts.codes import Gender, RecordKind
from contracts.exchange import Search
from hub.asking.merging import Merging
from hub.index import Work
from hub.index.searching import Found
from tests.hub.asking.conftest import COMMITTEE

Make = Callable[..., ChildRecord]
DAY = datetime.date(2026, 6, 1)
NAMES = ("Ravi Kumar", "Ravi", "Rabi Kumar", "Sita Devi")


class NoIndex:
    """An index that knows nobody; as much of it as merging asks."""

    class records:  # noqa: N801 - as a transaction names it
        @staticmethod
        def hub_ids(refs: object, veil: int) -> dict[tuple[str, str], str]:
            return {}

    class matches:  # noqa: N801
        @staticmethod
        def same_child(hub_ids: object) -> list[tuple[str, str]]:
            return []


def told(numbers: list[tuple[int, int, int]]) -> dict[str, list[ChildRecord]]:
    """(owner, number, name) -> records by owner, some with the same diary."""
    found: dict[str, dict[str, ChildRecord]] = {}
    for owner, number, name in numbers:
        record = ChildRecord.model_validate(
            {
                "ref": {"participant": f"owner-{owner}", "source_id": f"S{number}"},
                "kind": "missing",
                "status": "untraced",
                "recorded_at": datetime.datetime(2026, 1, 1 + number, tzinfo=datetime.UTC),
                "names": [Name(text=NAMES[name])],
                "gender": "M",
                "event": {"on": datetime.date(2025, 12, 1 + number)},
                "diaries": [{"kind": "FIR", "number": str(number), "year": 2025, "station_raw": "Gaya Town"}],
            }
        )
        found.setdefault(record.ref.participant, {})[record.ref.source_id] = record
    return {owner: list(records.values()) for owner, records in found.items()}


def likeness(record: ChildRecord) -> float | None:
    return {"Ravi Kumar": 1.0, "Ravi": 0.8, "Rabi Kumar": 0.8}.get(record.names[0].text)


def answer(by_owner: list[tuple[str, list[ChildRecord]]], peeking: bool, limit: int) -> tuple[int, list[str]]:
    merging = Merging(COMMITTEE, Search(name="Ravi Kumar", limit=limit), DAY, likeness, (0, []))
    for owner, records in by_owner:
        merging.take(owner, records)
        if peeking:
            merging.ranked(NoIndex())  # type: ignore[arg-type]
    ranked = merging.ranked(NoIndex())  # type: ignore[arg-type]
    return ranked.total, [hit.model_dump_json() for hit in ranked.hits]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8), st.integers(0, 3)), max_size=40),
    st.randoms(use_true_random=False),
    st.integers(1, 12),
)
def test_every_order_of_arrival_gives_the_same_answer(
    numbers: list[tuple[int, int, int]], chance: random.Random, limit: int
) -> None:
    by_owner = sorted(told(numbers).items())
    expected = answer(by_owner, False, limit)
    for peeking in (False, True):
        shuffled = [(owner, chance.sample(records, len(records))) for owner, records in by_owner]
        chance.shuffle(shuffled)
        assert answer(shuffled, peeking, limit) == expected


def test_the_same_diary_sex_and_name_at_two_owners_is_one_child() -> None:
    two = told([(0, 3, 0), (1, 3, 0), (2, 3, 1)])
    total, (first, second) = answer(sorted(two.items()), False, 10)
    assert total == 2
    assert '"also":[{"participant":"owner-' in first and '"also":[]' in second


def test_what_is_read_live_stands_before_the_index_at_the_same_likeness(store_work: Work, child: Make) -> None:
    indexed = child("I-1")
    merging = Merging(COMMITTEE, Search(), DAY, lambda _: 1.0, (1, [Found("hub-entry-of-i-1-00", None, indexed, 1.0)]))
    live = indexed.model_copy(update={"ref": indexed.ref.model_copy(update={"source_id": "L-1"})})
    merging.take(live.ref.participant, [live])
    hits = merging.ranked(store_work).hits
    assert [(hit.ref.source_id, hit.live, hit.hub_id) for hit in hits] == [
        ("L-1", True, None),
        ("I-1", False, "hub-entry-of-i-1-00"),
    ]


def test_more_of_the_index_than_was_looked_at_is_counted(store_work: Work, child: Make) -> None:
    indexed = [Found("hub-entry-of-i-1-00", None, child("I-1"), 1.0)]
    assert Merging(COMMITTEE, Search(), DAY, lambda _: 1.0, (250, indexed)).ranked(store_work).total == 250


def test_what_does_not_fit_is_left_out_whatever_its_owner_says() -> None:
    records = told([(0, 1, 0), (0, 2, 3)])["owner-0"]
    merging = Merging(COMMITTEE, Search(name="Ravi Kumar", kind=RecordKind.MISSING), DAY, likeness, (0, []))
    assert merging.take("owner-0", records) == 1
    girls = Merging(COMMITTEE, Search(gender=Gender.FEMALE), DAY, likeness, (0, []))
    assert girls.take("owner-0", records) == 0
