"""Which entries a record is compared with: those of its rarest keys, however common the others are."""

import datetime
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.index import Store, Work, compared
from hub.index.entry import Side
from hub.index.schema import match_keys, records
from hub.index.thin import thinned

#: (key, how many entries hold it).
Held = list[tuple[int, int]]
_MOMENT = datetime.datetime(2026, 1, 10, tzinfo=datetime.UTC)


def _fill(work: Work, held: Held) -> None:
    """Entries 1, 2, 3 ... hold each key; half as many on the other side must never be met."""
    rows = [{"key": key, "side": 1, "row": row + 1} for key, many in held for row in range(many)]
    others = [{"key": key, "side": 0, "row": 5_000 + row} for key, many in held for row in range(many // 2)]
    work.connection.execute(match_keys.delete())
    if rows:
        work.connection.execute(match_keys.insert(), [*rows, *others])


def _expected(held: Held, most: int) -> tuple[list[int], int]:
    """As it is told: the rarest first until so many are counted, and always the rarest."""
    rarest = sorted((many, key) for key, many in held if many)
    totals = accumulate(many for many, _ in rarest)
    followed = sum(total <= most for total in totals) or min(len(rarest), 1)
    return list(range(1, max((many for many, _ in rarest[:followed]), default=0) + 1)), len(rarest) - followed


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with 2,500 entries, without keys."""
    with store.write() as work:
        work.connection.execute(records.insert(), [_entry(number) for number in range(1, 2_501)])
        compared.put(work.connection, [(number, 1, thinned(str(number).encode())) for number in range(1, 2_501)])
    return store


def _entry(number: int) -> dict[str, object]:
    words = {"participant": "cci-dl", "source_id": f"F{number}", "version": "1", "hub_id": f"h{number}"}
    codes = {"kind": "found", "status": "in_care", "side": 1, "veil": 0, "public": False, "pending": 0}
    moments = dict.fromkeys(("recorded_at", "first_seen", "updated"), _MOMENT)
    payloads = {"record": b"", "keys": b"", "find_keys": b""}
    return {"row": number} | words | codes | moments | payloads


@given(
    counts=st.lists(st.one_of(st.integers(0, 12), st.integers(120, 136), st.integers(900, 1_200)), max_size=5),
    most=st.sampled_from([10, 127, 128, 129, 300, 1_000]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rarest_keys_are_followed_as_far_as_the_cap(filled: Store, counts: list[int], most: int) -> None:
    held = [(key * 2**40 - 7, many) for key, many in enumerate(counts)]
    with filled.write() as work:
        _fill(work, held)
        met, left_out = work.records.candidates([key for key, _ in held], Side.CANDIDATE, most)
    assert ([one.row for one in met], left_out) == _expected(held, most)
    assert all(one.features == str(one.row).encode() for one in met)


def test_a_key_far_above_the_cap_is_followed_when_all_are(filled: Store) -> None:
    held = [(1, 2_400), (2, 2_450)]
    with filled.write() as work:
        _fill(work, held)
        met, left_out = work.records.candidates([1, 2], Side.CANDIDATE, 10)
    assert ([one.row for one in met], left_out) == (list(range(1, 2_401)), 1)
