"""The engine on Apache Spark: Spark joins, shuffles and ranks; our own arithmetic runs over Arrow batches.

The same pairs and bits as on one machine: keys are made by the same function, the cap is the same sum over the same
order (rarest key first, then the key itself), what two rows share is the same sum of whole numbers (``shortlist``), a
score is the same sum of the same levels, ties go by right row.

=========  =====================================================================================================
stage      rows
=========  =====================================================================================================
people     row, features                                   of each side, from Parquet in the stage folder
keys       key, row                                        ``blocking.keyed`` over each Arrow batch
plan       row, key, times, followed                       a window over each left row
met        left, right, place                              followed keys joined with right keys, each pair once; a
                                                           window over each left row: who shares most of what is rare
cells      cell, what, left, right, features               pairs and people of a block of left and right rows
scored     left, right, bits, levels, shares               each cell's best, by ``scoring``
ranked     left, right, bits, rank, levels, shares         a window over each left row
=========  =====================================================================================================
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contracts import Refused
from hub.linking import cells, java
from hub.linking.pairs import Block, Found, Limits
from hub.linking.table import Progress
from hub.matching import Model
from hub.matching.columns import Rows
from hub.matching.shortlist import ONE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_STAGED_AT_ONCE = 20_000
_STEPS = 4


def link(
    model: Model, left: Rows, right: Rows, limits: Limits, progress: Progress, *, folder: Path, master: str
) -> Found:
    """The best pairs of each left row. Workers must be able to read ``folder``; the session ends with the blocks."""
    session = _session(master, folder)
    with contextlib.ExitStack() as until_told:
        until_told.callback(session.stop)
        _stage(left, folder / "left.parquet")
        _stage(right, folder / "right.parquet")
        progress(1, _STEPS)
        run = _Run(session, model, limits, folder, (len(left), len(right)))
        counts = run.counts()
        progress(2, _STEPS)
        ranked, scored, kept = run.ranked()
        progress(_STEPS, _STEPS)
        return Found(_told(ranked, until_told.pop_all()), kept, scored, *counts)


def _session(master: str, folder: Path) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Refused(
            "extra_missing", "Spark needs the extra: pip install 'trackchild-hub[spark]', or make spark."
        ) from error
    os.environ["JAVA_HOME"] = str(java.home(folder))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("trackchild match link")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.sql.shuffle.partitions", "8")
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.log.level": "ERROR",
    # A partition is work for a core and not only bytes: few pairs are no reason to leave all of it to one.
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
}


def _stage(rows: Rows, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as arrow

    schema = pa.schema([("row", pa.int64()), ("features", pa.binary())])
    with arrow.ParquetWriter(path, schema, compression="zstd") as out:
        for start in range(0, len(rows), _STAGED_AT_ONCE):
            part = rows[start : start + _STAGED_AT_ONCE]
            numbers = np.arange(start, start + len(part), dtype=np.int64)
            out.write_table(pa.table([pa.array(numbers), cells.packed(part)], schema=schema))


class _Run:
    """The stages of one link."""

    def __init__(
        self, session: "SparkSession", model: Model, limits: Limits, folder: Path, sizes: tuple[int, int]
    ) -> None:
        from pyspark.sql import functions

        self._f, self._limits, self._sizes = functions, limits, sizes
        self._scoring = cells.Scoring(model, limits.best, limits.least_bits)
        self._left, self._right = (session.read.parquet(str(folder / f"{side}.parquet")) for side in ("left", "right"))
        self._partitions = max(int(session.conf.get("spark.sql.shuffle.partitions") or 8), 2)
        self._right_keys = self._keys(self._right).persist()
        self._plan = None if limits.everything else self._planned().persist()
        self._met = None if self._plan is None else self._shortlisted(self._plan).persist()

    def _keys(self, people: "DataFrame") -> "DataFrame":
        return people.repartition(self._partitions).mapInArrow(cells.keys_of, "key long, row long")

    def _planned(self) -> "DataFrame":
        """For each left row its keys that somebody on the right has, and which of them are followed under the cap."""
        from pyspark.sql import Window

        f = self._f
        held = self._right_keys.groupBy("key").agg(f.count("*").alias("times"))
        by_rarity = Window.partitionBy("row").orderBy("times", "key")
        together = f.sum("times").over(by_rarity.rowsBetween(Window.unboundedPreceding, 0))
        follows = (together <= self._limits.most_met) | (f.row_number().over(by_rarity) == 1)
        return self._keys(self._left).join(held, "key").withColumn("followed", follows)

    def _shortlisted(self, plan: "DataFrame") -> "DataFrame":
        """Whom each left row meets, in the order of what they share: those at the first places are looked at."""
        from pyspark.sql import Window

        f = self._f
        worth = f.floor(f.lit(float(ONE)) / f.sqrt("times")).alias("worth")
        mine = plan.where("followed").select("key", f.col("row").alias("left"), worth)
        theirs = self._right_keys.withColumnRenamed("row", "right")
        met = mine.join(theirs, "key").groupBy("left", "right").agg(f.sum("worth").alias("shared"))
        by_shared = Window.partitionBy("left").orderBy(f.desc("shared"), "right")
        return met.select("left", "right", f.row_number().over(by_shared).alias("place"))

    def counts(self) -> tuple[int, int, int]:
        """(left rows that met the cap, keys left out, pairs that those would have brought or that are passed over)."""
        if self._plan is None or self._met is None:
            return 0, 0, 0
        f = self._f
        out = self._plan.where(~f.col("followed")).select("row", "times", f.lit(1).alias("key"))
        over = self._met.where(f.col("place") > self._limits.most_candidates)
        whole = out.unionByName(over.select(f.col("left").alias("row"), f.lit(1).alias("times"), f.lit(0).alias("key")))
        told = whole.agg(f.count_distinct("row"), f.sum("key"), f.sum("times")).collect()[0]
        return int(told[0]), int(told[1] or 0), int(told[2] or 0)

    def _pairs(self) -> "DataFrame":
        f = self._f
        if self._met is not None:
            return self._met.where(f.col("place") <= self._limits.most_candidates).select("left", "right")
        left = self._left.select(f.col("row").alias("left"))
        return left.crossJoin(self._right.select(f.col("row").alias("right")))

    def _cells(self) -> "DataFrame":
        """Pairs and the people they are of, by cell: each left row goes to each block of right rows, and vice versa."""
        f = self._f
        lefts, rights = cells.blocks(self._sizes)
        block = {"left": f.col("left") % lefts, "right": f.col("right") % rights}
        cell = (block["left"] * rights + block["right"]).alias("cell")
        pairs = self._pairs().select(cell, "left", "right", f.lit(None).cast("binary").alias("features"))
        # A row that goes to several cells is told apart from a pair by having no other side.
        every_left, every_right = (f.explode(f.sequence(f.lit(0), f.lit(many - 1))) for many in (lefts, rights))
        nobody = f.lit(None).cast("long")
        left = self._left.withColumnRenamed("row", "left").withColumn("at", every_right)
        left = left.select(
            (block["left"] * rights + f.col("at")).alias("cell"), "left", nobody.alias("right"), "features"
        )
        right = self._right.withColumnRenamed("row", "right").withColumn("at", every_left)
        right = right.select(
            (f.col("at") * rights + block["right"]).alias("cell"), nobody.alias("left"), "right", "features"
        )
        return pairs.unionByName(left).unionByName(right)

    def ranked(self) -> tuple["DataFrame", int, int]:
        """(the best pairs, by left row and rank; how many pairs were scored; how many are kept)."""
        from pyspark.sql import Window

        f = self._f
        scoring = self._scoring  # what a worker is sent must not hold the session
        scored = self._cells().groupBy("cell").applyInArrow(lambda cell: scoring.of_cell(cell), cells.SCORED).persist()
        looked_at = scored.where("left < 0").agg(f.sum("right")).collect()[0][0] or 0
        by_bits = Window.partitionBy("left").orderBy(f.desc("bits"), "right")
        ranked = scored.where("left >= 0").withColumn("rank", f.row_number().over(by_bits))
        ranked = ranked.where(f.col("rank") <= self._limits.best).orderBy("left", "rank").persist()
        return ranked, int(looked_at), ranked.count()


def _told(ranked: "DataFrame", until_told: contextlib.ExitStack) -> Iterator[Block]:
    """The pairs, a partition at a time; the session ends when they are told, or given up."""
    with until_told:
        whole = ranked.mapInArrow(cells.enclosed, "pairs binary")
        for row in whole.toLocalIterator(prefetchPartitions=True):
            yield cells.opened(_bytes(row))


def _bytes(row: Any) -> bytes:
    return bytes(row["pairs"])
