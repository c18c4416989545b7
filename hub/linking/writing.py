"""The pairs of a link on disk: CSV, JSON-lines or Parquet by the name of the file, whole or not at all."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contracts import Refused
from contracts.cells import safe
from hub.linking.files import PARQUET, parquet
from hub.linking.pairs import Block
from hub.linking.table import Progress
from hub.matching import Model

COLUMNS = ("left_id", "right_id", "bits", "probability", "rank", "evidence")
_LINES = (".jsonl", ".ndjson")
_Line = tuple[str, str, float, float, int, dict[str, Any]]
WRITTEN = (".csv", *_LINES, *PARQUET)


def check(out: Path) -> None:
    """Refuse what could not be written, before anything is read."""
    if out.suffix.lower() not in WRITTEN:
        raise Refused("unknown_table", f"{out.name} is not written by its name; name it one of: {', '.join(WRITTEN)}.")
    if out.suffix.lower() in PARQUET:
        parquet()
    if not out.parent.is_dir():
        raise Refused("no_such_folder", f"The folder of {out.name} is not there; make it, or name another.")


class Told:
    """Turns blocks of pairs into lines: ids, score, probability, rank, and what each field said."""

    def __init__(self, model: Model, left: list[str], right: list[str]) -> None:
        self._model, self._left, self._right = model, left, right
        self._names = [field.name for field in model.fields]
        self._levels = [["", *(level.name for level in field.levels)] for field in model.fields]

    def lines(self, block: Block) -> Iterator[_Line]:
        """The evidence is ``{"prior": bits, field: [level, bits]}``: in this order they add up to the score.

        A field that could not be compared is left out.
        """
        rows = zip(*(part.tolist() for part in block), strict=True)
        for left, right, bits, rank, levels, shares in rows:
            evidence: dict[str, Any] = {"prior": self._model.prior_bits}
            for name, words, level, share in zip(self._names, self._levels, levels, shares, strict=True):
                if level:
                    evidence[name] = [words[level], share]
            yield self._left[left], self._right[right], bits, self._model.probability(bits), rank, evidence


def write(out: Path, told: Told, blocks: Iterator[Block], total: int, progress: Progress) -> None:
    """Write every block; the file stands under its name only once it is whole."""
    part = out.with_name(out.name + ".part")
    try:
        with _opened(part, out.suffix.lower()) as writer:
            done = 0
            for block in blocks:
                writer(list(told.lines(block)))
                done += len(block.left)
                progress(done, total)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, suffix: str) -> Iterator[Any]:
    if suffix in PARQUET:
        with _parquet(path) as writer:
            yield writer
    else:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield _json_lines(out) if suffix in _LINES else _csv(out)


def _csv(out: Any) -> Any:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    return lambda lines: writer.writerows(
        (safe(line[0]), safe(line[1]), *line[2:-1], _compact(line[-1])) for line in lines
    )


def _json_lines(out: Any) -> Any:
    return lambda lines: out.writelines(_compact(dict(zip(COLUMNS, line, strict=True))) + "\n" for line in lines)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    arrow = parquet()
    import pyarrow as pa

    schema = pa.schema(
        zip(COLUMNS, (pa.string(), pa.string(), pa.float64(), pa.float64(), pa.int32(), pa.string()), strict=True)
    )

    def write_lines(lines: list[_Line]) -> None:
        columns = zip(*((*line[:-1], _compact(line[-1])) for line in lines), strict=True)
        writer.write_table(pa.table([list(column) for column in columns], schema=schema))

    with arrow.ParquetWriter(path, schema) as writer:
        yield write_lines
