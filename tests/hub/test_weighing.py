"""Pairs are scored to the same bits by numpy and by compiled loops, which come by themselves when enough was scored."""

import threading

import numpy as np
import pytest

from benchmarks.matching.generator import Generator
from hub.matching import Model, prepare, rows
from hub.matching.columns import Ints, Rows
from hub.matching.native import compiled, pairing
from hub.weighing import Weighing

pytestmark = pytest.mark.skipif(not compiled.available(), reason="numba is not installed: numpy scores alone")
MODEL = Model.load()


@pytest.fixture(scope="module")
def pairs() -> tuple[Rows, Rows, Ints, Ints]:
    made = Generator(5).set(20, 60)
    left, right = (rows([prepare(one).pack() for one in some]) for some in (made.missing, made.found))
    return left, right, np.repeat(np.arange(20), 60), np.tile(np.arange(60), 20)


def _said(weighing: Weighing, pairs: tuple[Rows, Rows, Ints, Ints]) -> tuple[bytes, list[object], list[object]]:
    weighed = weighing(*pairs)
    return weighed.bits.tobytes(), [one.tolist() for one in weighed.shares], [one.tolist() for one in weighed.levels]


def test_the_loops_say_what_numpy_says(pairs: tuple[Rows, Rows, Ints, Ints]) -> None:
    plain, loops = Weighing(MODEL), Weighing(MODEL)
    assert loops.hurry()
    left, right, *at = pairs
    for _ in range(2):
        assert _said(plain, pairs) == _said(loops, pairs)
        left, right = left[::-1], right[::-1]
        assert _said(plain, (left, right, *at)) == _said(loops, (left, right, *at))


def test_values_that_are_numbered_anew_change_nothing(
    pairs: tuple[Rows, Rows, Ints, Ints], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "_MOST_VALUES", 0)
    loops = Weighing(MODEL)
    loops.hurry()
    assert _said(loops, pairs) == _said(loops, pairs) == _said(Weighing(MODEL), pairs)


def test_the_loops_come_by_themselves_once_and_nobody_waits(
    pairs: tuple[Rows, Rows, Ints, Ints], monkeypatch: pytest.MonkeyPatch
) -> None:
    came, called = threading.Event(), []
    monkeypatch.setattr(compiled, "WORTH", 2_000)
    monkeypatch.setattr(Weighing, "hurry", lambda self: (called.append(self), came.set()))
    weighing = Weighing(MODEL)
    weighing(*pairs)
    assert not called
    weighing(*pairs)
    weighing(*pairs)
    assert came.wait(30)
    assert called == [weighing]
