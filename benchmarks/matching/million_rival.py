"""The rival among a million: Splink 5 on DuckDB, from prepared Parquet files to each missing child's best ten.

Runs in an environment with the extra ``benchmark``; ``python -m benchmarks.matching.million --help`` says how.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.matching.parts import opened
from benchmarks.matching.rival import _TRAIN_ON, _keys, _trained, frame, standard
from benchmarks.matching.sets import Set, megabytes

#: The fewest pairs that still are a blocking: three rules of which each asks for several things at once.
FASTEST = [block_on("key1", "fkey"), block_on("key1", "mkey"), block_on("gender", "birth_year", "district", "quarter")]
#: By blocking set; without a district and a quarter nobody meets who has no name.
RULES = {"fastest": FASTEST, "fewest": FASTEST[:2], "keys": [block_on("keys", arrays_to_explode=["keys"])]}


def keep(whole: Path, out: Path, sample: int) -> None:
    """Write both sides as the columns that Splink compares, and the first missing with our keys."""
    large = opened(whole)
    out.mkdir(parents=True, exist_ok=True)
    left, right = (frame(table, large.districts, side) for table, side in _sides(large))
    some = Set(large.left[:sample], large.right, large.pair[:sample], large.districts, 0.0)
    few = left[:sample].copy()
    few["keys"], right["keys"] = _keys(some)
    for name, table in (("left", left), ("sample", few), ("right", right)):
        duckdb.from_df(table).write_parquet(str(out / f"{name}.parquet"))


def _sides(large: Any) -> tuple[tuple[Any, str], tuple[Any, str]]:
    return (large.left, "left"), (large.right, "right")


def link(folder: Path, which: str, out: Path) -> None:
    """``fastest``, ``fewest``: all missing by few rules; ``keys``: the sample by our rarest keys."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    start = time.perf_counter()
    api = DuckDBAPI()
    names = ("sample" if which == "keys" else "left", "right")
    dropped = "" if which == "keys" else "exclude (keys)"
    for name in names:
        kept = dropped if name == "right" else ""
        api._con.execute(f"create table in_{name} as select * {kept} from '{folder / name}.parquet'")
    tables = [api.register(f"in_{name}", table_name=f"people_{name}") for name in names]
    found = int(api._con.execute("select count(*) from in_right").fetchall()[0][0])
    linker = Linker(tables, _settings(which, found))
    read = time.perf_counter()
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    passes = sum(_trained(linker, rule) for rule in _TRAIN_ON)
    trained = time.perf_counter()
    scored = linker.inference.predict()
    done = time.perf_counter()
    pairs = int(api._con.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0])
    top = api._con.execute(
        f"""select unique_id_l, unique_id_r, match_weight from {scored.physical_name} qualify row_number() over
        (partition by unique_id_l order by match_weight desc, unique_id_r) <= 10"""
    ).fetchnumpy()
    seconds = {"read": read - start, "train": trained - read, "score": done - trained}
    result = {
        "seconds": {**seconds, "whole": time.perf_counter() - start},
        "pairs": pairs,
        "passes": passes,
        "rules": len(RULES[which]),
    }
    np.savez(out.with_suffix(".npz"), left=top["unique_id_l"], right=top["unique_id_r"])
    out.write_text(json.dumps({**result, "megabytes": megabytes()}), encoding="utf-8")


def _settings(which: str, found: int) -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        comparisons=standard(),
        blocking_rules_to_generate_predictions=RULES[which],
        probability_two_random_records_match=0.3 / found,
        retain_matching_columns=False,
        max_iterations=10,
    )


if __name__ == "__main__":
    if sys.argv[1] == "keep":
        keep(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        link(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
