"""Compiled loops and numpy come to the same levels, shares and bits, to the last bit, whatever the records."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import ChildRecord
from hub.matching import Model, prepare, rows
from hub.matching.batch import link
from hub.matching.columns import Ints, Rows
from hub.matching.comparisons import COMPARISONS
from hub.matching.native import compiled
from hub.matching.native.scorer import Scorer
from hub.matching.native.weighing import FIELDS
from hub.matching.scoring import score_pairs
from tests.hub.matching.people import records

pytestmark = pytest.mark.skipif(not compiled.available(), reason="numba is not installed: numpy scores alone")
MODEL = Model.load().with_centroids({1: (25.6, 85.1), 2: (25.2, 85.5), 3: (28.6, 77.2)})
left_tables = st.lists(records("missing", "at_risk"), min_size=1, max_size=6)
right_tables = st.lists(records("found", "resident", "sighting"), min_size=1, max_size=8)


def _table(many: list[ChildRecord]) -> Rows:
    return rows([prepare(one).pack() for one in many])


def _every_pair(left: Rows, right: Rows) -> tuple[Ints, Ints]:
    return np.repeat(np.arange(len(left)), len(right)), np.tile(np.arange(len(right)), len(left))


def test_the_loops_know_as_many_fields_as_the_model() -> None:
    assert len(COMPARISONS) == FIELDS


@given(left_tables, right_tables)
@settings(deadline=None, max_examples=300)
def test_loops_and_numpy_reach_the_same_levels_shares_and_bits(
    missing: list[ChildRecord], found: list[ChildRecord]
) -> None:
    left, right = _table(missing), _table(found)
    at = _every_pair(left, right)
    plain, native = score_pairs(MODEL, left, right, *at), Scorer(MODEL, left, right).weigh(*at)
    for name, one, other in zip(COMPARISONS, plain.levels, native.levels, strict=True):
        assert one.tolist() == other.tolist(), name
    for name, mine, theirs in zip(COMPARISONS, plain.shares, native.shares, strict=True):
        assert mine.tobytes() == np.ascontiguousarray(theirs).tobytes(), name
    assert plain.bits.tobytes() == native.bits.tobytes()


@given(left_tables, right_tables, st.integers(1, 4), st.sampled_from([-1e6, 0.0, 5.0]), st.booleans())
@settings(deadline=None, max_examples=150)
def test_loops_and_numpy_keep_the_same_links(
    missing: list[ChildRecord], found: list[ChildRecord], at_most: int, least: float, every: bool
) -> None:
    left, right = _table(missing), _table(found)
    asked = {"at_most": at_most, "least_bits": least, "exhaustive": every}
    with pytest.MonkeyPatch.context() as patch:
        plain = link(MODEL, left, right, **asked)
        patch.setattr(compiled, "WORTH", 0)
        loops = link(MODEL, left, right, **asked)
    for part in ("left", "right", "bits", "rank"):
        assert getattr(plain, part).tolist() == getattr(loops, part).tolist(), part
    assert plain.candidates == loops.candidates


@given(st.lists(records("missing"), min_size=1, max_size=6), st.lists(records("found"), min_size=4, max_size=12),
       st.integers(1, 5), st.integers(1, 60))  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_of_very_many_candidates_loops_look_at_the_same_as_numpy(
    missing: list[ChildRecord], found: list[ChildRecord], most: int, met: int
) -> None:
    left, right = _table(missing), _table(found)
    asked = {"most_candidates": most, "most_met": met, "at_most": 20, "least_bits": -1e6}
    with pytest.MonkeyPatch.context() as patch:
        plain = link(MODEL, left, right, **asked)
        patch.setattr(compiled, "WORTH", 0)
        loops = link(MODEL, left, right, **asked)
    for part in ("left", "right", "bits", "rank"):
        assert getattr(plain, part).tolist() == getattr(loops, part).tolist(), part
    for count in ("candidates", "capped", "keys_left_out", "pairs_left_out"):
        assert getattr(plain, count) == getattr(loops, count), count


def test_where_no_code_may_be_made_numpy_scores_alone() -> None:
    forbidden = (
        "import ctypes; kept = ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)"  # PR_SET_MDWE, as hardened units have it
    )
    asked = "from hub.matching.native import compiled; print(kept, compiled.available())"
    ran = subprocess.run([sys.executable, "-c", f"{forbidden}; {asked}"], capture_output=True, text=True, check=True)
    kept, can = ran.stdout.split()
    if kept != "0":
        pytest.skip("this kernel cannot forbid it")
    assert can == "False"


def test_where_nothing_can_be_kept_loops_are_compiled_all_the_same() -> None:
    asked = "from hub.matching.native import distinct; print(distinct.Distinct('S4').values().tolist())"
    nowhere = {**os.environ, "XDG_CACHE_HOME": "/proc/nowhere", "HOME": "/proc/nowhere"}
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, env=nowhere)
    assert ran.stdout.strip() == "[b'']", ran.stderr
