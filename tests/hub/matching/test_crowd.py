"""A crowd answers as if every pair had been scored by numpy, however it was laid out and whatever came and went."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matching.generator import Generator
from contracts import ChildRecord
from hub.matching import Model, prepare, rows
from hub.matching.columns import Rows
from hub.matching.crowd import Crowd, Plain
from hub.matching.native import compiled, crowding
from hub.matching.scoring import score_pairs
from tests.hub.matching.people import records

MODEL = Model.load().with_centroids({1: (25.6, 85.1), 2: (25.2, 85.5), 3: (28.6, 77.2)})
missing = st.lists(records("missing", "at_risk"), min_size=1, max_size=8)
found = st.lists(records("found", "resident", "sighting"), min_size=1, max_size=8)
loops = pytest.mark.skipif(not compiled.available(), reason="numba is not installed: numpy scores alone")


def _table(many: list[ChildRecord]) -> Rows:
    return rows([prepare(one).pack() for one in many])


def _numbers(*many: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(many, dtype=np.int64)


def _plain() -> tuple[Crowd, Crowd]:
    return Crowd(Plain(MODEL, searched=True)), Crowd(Plain(MODEL, searched=False))


def _looped() -> tuple[Crowd, Crowd]:
    return crowding.laid_out(MODEL)


def _scored(left: Rows, right: Rows) -> list[list[float]]:
    pairs = np.repeat(np.arange(len(left)), len(right)), np.tile(np.arange(len(right)), len(left))
    return score_pairs(MODEL, left, right, *pairs).bits.reshape(len(left), len(right)).tolist()


def _expected(bits: dict[int, float], at_most: int, least: float) -> list[tuple[int, float]]:
    enough = [(number, said) for number, said in bits.items() if said >= least]
    return sorted(enough, key=lambda one: (-one[1], one[0]))[:at_most]


@pytest.mark.parametrize("make", [_plain, pytest.param(_looped, marks=loops)])
@given(left=missing, right=found, at_most=st.integers(1, 5), least=st.sampled_from([-1e6, -5.0, 5.0]))
@settings(deadline=None, max_examples=150)
def test_the_best_of_either_side_are_those_that_score_highest(
    make: "type[object]", left: list[ChildRecord], right: list[ChildRecord], at_most: int, least: float
) -> None:
    searched, others = make()  # type: ignore[misc]
    mine, theirs = _table(left), _table(right)
    searched.put(np.arange(len(mine)), mine)
    for number in range(len(theirs)):  # one by one: values come that no row had before
        others.put(_numbers(number), theirs[number : number + 1])
    bits = _scored(mine, theirs)
    for one, said in enumerate(bits):
        numbers, best = others.best(mine[one : one + 1], at_most, least)
        assert list(zip(numbers.tolist(), best.tolist(), strict=True)) == _expected(
            dict(enumerate(said)), at_most, least
        )
    for one in range(len(theirs)):
        numbers, best = searched.best(theirs[one : one + 1], at_most, least)
        told = {number: said[one] for number, said in enumerate(bits)}
        assert list(zip(numbers.tolist(), best.tolist(), strict=True)) == _expected(told, at_most, least)


_steps = st.lists(
    st.tuples(st.booleans(), st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True)), max_size=8
)


@loops
@given(right=st.lists(records("found"), min_size=8, max_size=8), one=records("missing"), steps=_steps)
@settings(deadline=None, max_examples=60)
def test_whatever_came_and_went_loops_and_numpy_hold_the_same(
    right: list[ChildRecord], one: ChildRecord, steps: list[tuple[bool, list[int]]]
) -> None:
    table, asked = _table(right), _table([one])
    crowds = _plain()[1], _looped()[1]
    for comes, which in steps:
        for crowd in crowds:
            if comes:
                crowd.put(_numbers(*which), np.roll(table, len(which))[which])
            else:
                crowd.drop(_numbers(*which))
    plain, looped = (crowd.best(asked, 8, -1e6) for crowd in crowds)
    assert plain[0].tolist() == looped[0].tolist()
    assert plain[1].tobytes() == looped[1].tobytes()


@pytest.fixture(scope="module")
def children() -> tuple[Rows, Rows]:
    """Missing and found children who say as much as children usually do."""
    made = Generator(7).set(150, 150)
    return _table(made.missing), _table(made.found)


@pytest.mark.parametrize("alone", [1, 1_000])
@loops
def test_of_usual_children_no_good_one_is_passed_over(
    children: tuple[Rows, Rows], alone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "_ALONE", alone)  # fewer rows than this are one thread's
    left, right = children
    searched, found = _looped()
    searched.put(np.arange(len(left)), left)
    found.put(np.arange(len(right)), right)
    bits = np.array(_scored(left, right))
    for number in range(len(left)):
        asked = ((found, left, bits[number]), (searched, right, bits[:, number]))
        for crowd, table, said in asked:
            numbers, best = crowd.best(table[number : number + 1], 3, -20.0)
            expected = _expected(dict(enumerate(said.tolist())), 3, -20.0)
            assert list(zip(numbers.tolist(), best.tolist(), strict=True)) == expected
