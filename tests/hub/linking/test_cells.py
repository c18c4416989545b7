"""What a worker of Spark does, without Spark: keys by batches, cells scored, blocks enclosed and opened."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.matching.generator import Generator
from hub.linking import cells, local
from hub.linking.pairs import Limits
from hub.matching import Model, prepare, rows
from hub.matching.blocking import keyed
from hub.matching.columns import Rows

MODEL = Model.load()
ALL = Limits(most_candidates=10**9, best=4, least_bits=-90.0, everything=True)


@pytest.fixture(scope="module")
def people() -> tuple[Rows, Rows]:
    made = Generator(5).set(40, 50)
    left, right = (rows([prepare(one).pack() for one in some]) for some in (made.missing, made.found))
    return left, right


def batches(table: Rows, size: int) -> Any:
    for start in range(0, len(table), size):
        part = table[start : start + size]
        numbers = pa.array(np.arange(start, start + len(part)))
        yield pa.RecordBatch.from_arrays([numbers, cells.packed(part)], ["row", "features"])


def test_keys_by_batches_are_the_keys_of_the_whole_table_in_their_order(people: tuple[Rows, Rows]) -> None:
    whole = keyed(people[0])
    found = pa.Table.from_batches(cells.keys_of(batches(people[0], 7)))
    key, row = (found.column(name).to_numpy() for name in ("key", "row"))
    assert np.array_equal(row, whole.row)
    assert np.array_equal(np.argsort(key, kind="stable"), np.argsort(whole.key, kind="stable"))
    assert len(np.unique(key)) == len(np.unique(whole.key))


def test_packed_features_come_back_as_they_were(people: tuple[Rows, Rows]) -> None:
    assert cells.unpacked(cells.packed(people[0][3:9])).tobytes() == people[0][3:9].tobytes()
    assert len(cells.unpacked(pa.chunked_array([], type=pa.binary()))) == 0


def a_cell(left: Rows, right: Rows, pairs: tuple[Any, Any]) -> Any:
    """Pairs and people of one cell, in no order."""
    mine, theirs = np.unique(pairs[0]), np.unique(pairs[1])
    count = len(pairs[0])
    features = pa.concat_arrays([pa.nulls(count, pa.binary()), cells.packed(left[mine]), cells.packed(right[theirs])])
    lefts = pa.concat_arrays([pa.array(pairs[0]), pa.array(mine), pa.nulls(len(theirs), pa.int64())])
    rights = pa.concat_arrays([pa.array(pairs[1]), pa.nulls(len(mine), pa.int64()), pa.array(theirs)])
    whole = pa.table({"left": lefts, "right": rights, "features": features})
    return whole.take(np.random.default_rng(1).permutation(len(whole)))


@pytest.mark.parametrize("chunk", [7, 10_000])
def test_cells_together_hold_every_best_pair_bit_for_bit(
    people: tuple[Rows, Rows], monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(cells, "_CHUNK", chunk)
    left, right = people
    every = tuple(side.ravel() for side in np.meshgrid(np.arange(len(left)), np.arange(len(right))))
    scoring = cells.Scoring(MODEL, ALL.best, ALL.least_bits)
    parts = []
    for number in range(3):
        at = np.flatnonzero(every[1] % 3 == number)
        parts.append(scoring.of_cell(a_cell(left, right, (every[0][at], every[1][at]))))
    table = pa.concat_tables(parts)
    counted = table.filter(pa.compute.less(table.column("left"), 0))
    assert pa.compute.sum(counted.column("right")).as_py() == len(left) * len(right)
    scored = {(row["left"], row["right"]): (row["bits"], row["levels"], row["shares"]) for row in table.to_pylist()}
    found = local.link(MODEL, left, right, ALL, lambda done, total: None)
    for block in found.blocks:
        for at, pair in enumerate(zip(block.left.tolist(), block.right.tolist(), strict=True)):
            bits, levels, shares = scored[pair]
            assert bits == block.bits[at]
            assert (levels, shares) == (block.levels[at].tobytes(), block.shares[at].tobytes())
    assert found.kept == 4 * len(left)


def test_a_cell_without_pairs_says_so(people: tuple[Rows, Rows]) -> None:
    left, right = people
    cell = a_cell(left, right, (np.arange(2), np.arange(2))).filter(pa.array([False] * 6))
    told = cells.Scoring(MODEL, 3, 0.0).of_cell(cell)
    assert told.select(["left", "right"]).to_pylist() == [{"left": -1, "right": 0}]


def test_what_is_enclosed_is_opened_as_it_was() -> None:
    levels, shares = np.arange(6, dtype=np.uint8).reshape(2, 3), np.arange(6.0).reshape(2, 3)
    whole = pa.RecordBatch.from_arrays(
        [
            pa.array([1, 2]), pa.array([3, 4]), pa.array([0.5, 1.5]), pa.array([1, 2]),
            pa.array([row.tobytes() for row in levels]), pa.array([row.tobytes() for row in shares]),
        ],
        ["left", "right", "bits", "rank", "levels", "shares"],
    )  # fmt: skip
    (enclosed,) = cells.enclosed(iter([whole, whole.slice(0, 0)]))
    block = cells.opened(enclosed.column("pairs")[0].as_py())
    assert (block.left.tolist(), block.right.tolist(), block.bits.tolist()) == ([1, 2], [3, 4], [0.5, 1.5])
    assert np.array_equal(block.levels, levels) and np.array_equal(block.shares, shares)


def test_tables_are_parted_into_blocks_of_a_size() -> None:
    assert cells.blocks((1, 1)) == (1, 1)
    assert cells.blocks((3_000, 50_001)) == (3, 2)
    assert cells.blocks((10_001, 50_000)) == (4, 1)
    assert cells.blocks((200_000, 1_000_000)) == (20, 20)
