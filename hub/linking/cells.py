"""What a worker of Spark does with Arrow batches: keys of people, scores of the pairs of a cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from hub.linking.pairs import Block
from hub.matching import Model
from hub.matching.blocking import keyed
from hub.matching.columns import Ints, Pairs, Rows, Tables
from hub.matching.features import ROW
from hub.matching.scoring import reach, weigh

#: Rows of a cell on each side: enough that words are compared once for many pairs, few enough for a worker's memory.
_LEFTS, _RIGHTS = 10_000, 50_000
#: Left blocks of smaller tables, so that several cores have something to do, of so many rows at least.
_BLOCKS, _FEWEST = 4, 1_000
#: Pairs of a cell that are scored at a time.
_CHUNK = 500_000
SCORED = "left long, right long, bits double, levels binary, shares binary"
_SCHEMA = pa.schema(
    [
        ("left", pa.int64()),
        ("right", pa.int64()),
        ("bits", pa.float64()),
        ("levels", pa.binary()),
        ("shares", pa.binary()),
    ]
)
_SIGN = np.uint64(1 << 63)


def blocks(sizes: tuple[int, int]) -> tuple[int, int]:
    """Into how many blocks the left and the right rows are parted."""
    left, right = sizes
    return max(1, -(-left // _LEFTS), min(_BLOCKS, left // _FEWEST)), max(1, -(-right // _RIGHTS))


def packed(rows: Rows) -> Any:
    """Rows of features as an Arrow array of bytes."""
    plain = np.ascontiguousarray(rows)
    ends = np.arange(len(rows) + 1, dtype=np.int32) * ROW.itemsize
    return pa.Array.from_buffers(pa.binary(), len(rows), [None, pa.py_buffer(ends), pa.py_buffer(plain.tobytes())])


def unpacked(features: Any) -> Rows:
    """The rows of features of an Arrow array of bytes, none of which is null."""
    if isinstance(features, pa.ChunkedArray):
        parts = [unpacked(chunk) for chunk in features.chunks]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=ROW)
    return np.frombuffer(b"".join(features.to_pylist()), dtype=ROW)


def keys_of(batches: Iterator[Any]) -> Iterator[Any]:
    """(row, features) in, (key, row) out. Keys are shifted so that Spark's signed order is the order of the keys."""
    for batch in batches:
        told = keyed(unpacked(batch.column("features")))
        rows = batch.column("row").to_numpy(zero_copy_only=False)
        yield pa.RecordBatch.from_arrays(
            [pa.array((told.key ^ _SIGN).view(np.int64)), pa.array(rows[told.row])], ["key", "row"]
        )


@dataclass(frozen=True)
class Scoring:
    """Scores a cell, and leaves what cannot be among a left row's best."""

    model: Model
    best: int
    least_bits: float

    def of_cell(self, cell: Any) -> Any:
        """Pairs and people of a cell in, its best pairs out, and a last row: left -1, right how many were scored."""
        left, right, features = (cell.column(name) for name in ("left", "right", "features"))
        is_left, is_right = right.is_null(), left.is_null()
        mine = _People(left.filter(is_left), features.filter(is_left))
        theirs = _People(right.filter(is_right), features.filter(is_right))
        paired = features.is_null()
        asked = _sorted(*(_numbers(side.filter(paired)) for side in (left, right)))
        tables = Tables(mine.rows, theirs.rows)
        found = [self._best(tables, mine, theirs, *part) for part in _chunks(*asked)]
        return pa.concat_tables([*found, _counted(len(asked[0]))])

    def _best(self, tables: Tables, mine: "_People", theirs: "_People", left: Ints, right: Ints) -> Any:
        pairs = Pairs(tables, mine.places(left), theirs.places(right))
        weighed = weigh(self.model, reach(self.model, pairs))
        at = _top(left, right, weighed.bits, self.best, self.least_bits)
        levels, shares = (np.stack([one[at] for one in some], axis=1) for some in (weighed.levels, weighed.shares))
        columns = [pa.array(one[at]) for one in (left, right, weighed.bits)]
        return pa.table([*columns, _rows_as_bytes(levels), _rows_as_bytes(shares)], schema=_SCHEMA)


class _People:
    """People of a cell by their row in the whole table."""

    def __init__(self, numbers: Any, features: Any) -> None:
        told = _numbers(numbers)
        order = np.argsort(told)
        self._numbers, self.rows = told[order], unpacked(features)[order]

    def places(self, numbers: Ints) -> Ints:
        return np.searchsorted(self._numbers, numbers)


def _numbers(column: Any) -> Ints:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _sorted(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((right, left))
    return left[order], right[order]


def _chunks(left: Ints, right: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Some hundred thousand pairs at a time, never parting those of one left row."""
    start = 0
    while start < len(left):
        end = min(start + _CHUNK, len(left))
        end = int(np.searchsorted(left, left[end - 1], "right"))
        yield left[start:end], right[start:end]
        start = end


def _top(left: Ints, right: Ints, bits: Any, best: int, least: float) -> Ints:
    """Places of each left row's best, ties by right row: more than these no left row keeps."""
    enough = np.flatnonzero(bits >= least)
    order = enough[np.lexsort((right[enough], -bits[enough], left[enough]))]
    ranked = left[order]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked, "left")
    return order[rank < best]


def _counted(pairs: int) -> Any:
    nothing = pa.array([b""], type=pa.binary())
    return pa.table([pa.array([-1]), pa.array([pairs]), pa.array([0.0]), nothing, nothing], schema=_SCHEMA)


def _rows_as_bytes(table: Any) -> Any:
    plain = np.ascontiguousarray(table)
    wide = plain.dtype.itemsize * plain.shape[1]
    ends = np.arange(len(plain) + 1, dtype=np.int32) * wide
    return pa.Array.from_buffers(pa.binary(), len(plain), [None, pa.py_buffer(ends), pa.py_buffer(plain.tobytes())])


def enclosed(batches: Iterator[Any]) -> Iterator[Any]:
    """Each batch as one value of bytes, so that thousands of pairs reach the driver as one row."""
    for batch in batches:
        if batch.num_rows:
            out = pa.BufferOutputStream()
            with pa.ipc.new_stream(out, batch.schema) as stream:
                stream.write_batch(batch)
            yield pa.RecordBatch.from_arrays([pa.array([out.getvalue().to_pybytes()], type=pa.binary())], ["pairs"])


def opened(told: bytes) -> Block:
    """A batch that ``enclosed`` made, as a block of pairs."""
    table = pa.ipc.open_stream(told).read_all()
    left, right, bits, rank = (table.column(name).to_numpy() for name in ("left", "right", "bits", "rank"))
    levels = np.frombuffer(b"".join(table.column("levels").to_pylist()), dtype=np.uint8).reshape(len(left), -1)
    shares = np.frombuffer(b"".join(table.column("shares").to_pylist()), dtype=np.float64).reshape(len(left), -1)
    return Block(left, right, bits, rank, levels, shares)
