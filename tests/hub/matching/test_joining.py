"""Keys made and joined in parts are those of the whole tables."""

import pytest

from benchmarks.matching.generator import Generator
from hub.matching import joining, prepare, rows
from hub.matching.blocking import keys


def test_rows_that_share_a_key_are_the_same_in_small_parts_and_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = Generator(3).set(40, 60)
    left, right = ([prepare(one) for one in some] for some in (truth.missing, truth.found))
    told = [[keys(one) for one in some] for some in (left, right)]
    apart = sorted((i, j) for i, mine in enumerate(told[0]) for j, theirs in enumerate(told[1]) for _ in mine & theirs)
    for many in (7, 20_000):
        monkeypatch.setattr(joining, "_ROWS", many)
        found = joining.shared(*(rows([one.pack() for one in some]) for some in (left, right)))
        joined = [
            (int(row), int(other))
            for row, start, times in zip(found.asked, found.start, found.times, strict=True)
            for other in found.held[start : start + times]
        ]
        assert sorted(joined) == apart
        assert apart
