"""Spark on this machine beside our own local engine: the same pairs to the byte, and what Spark costs on top.

    python -m benchmarks.spark --children 20000 --runs 3 --write docs/benchmarks.md

One machine says nothing of a cluster; what is measured is the overhead of starting, staging and shuffling.
"""

import argparse
import datetime as dt
import os
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import sections
from benchmarks.matching.generator import Generator
from hub.linking.asked import Asked, Engine, Linked
from hub.linking.running import linked

_SEED = 701


def main() -> None:
    """Run, print and, if asked, write."""
    asked = argparse.ArgumentParser(prog="benchmarks.spark", description=__doc__)
    asked.add_argument("--children", type=int, default=2_000, help="missing children, and as many found (default 2000)")
    asked.add_argument("--runs", type=int, default=1, help="times each engine runs (default 1)")
    asked.add_argument("--master", default="local[2]", help="where Spark runs (default local[2])")
    asked.add_argument("--write", type=Path, help="file whose section is replaced")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = list(_measured(Path(folder), said.children, said.runs, said.master))
    print("\n".join(lines))
    if said.write:
        sections.put(said.write, "spark", lines)


def _measured(folder: Path, children: int, runs: int, master: str) -> Iterator[str]:
    base = _files(folder, children)
    engines = {"local": base, f"Spark {master}": replace(base, engine=Engine.SPARK, master=master)}
    reports: dict[str, list[Linked]] = {name: [] for name in engines}
    for _ in range(runs):
        for name, one in engines.items():
            out = folder / f"{one.engine}.csv"
            reports[name].append(linked(replace(one, out=out)))
        if (folder / "local.csv").read_bytes() != (folder / "spark.csv").read_bytes():
            raise SystemExit("the engines differ")
    yield f"## Linking on Spark: {children:,} missing with {children:,} found children"
    yield ""
    yield f"Runs of each engine in turn: {runs}; {os.cpu_count()} cores shared with other work; {dt.date.today()}. The"
    yield "files they wrote were equal to the byte in every run. Medians, in seconds. Reading is the same code;"
    yield "it costs the first engine more, since the second finds the words of names folded already."
    yield ""
    yield "| | pairs scored | reading | linking | writing | whole |"
    yield "|---|---|---|---|---|---|"
    for name, told in reports.items():
        times = [statistics.median(one.seconds[part] for one in told) for part in ("read", "link", "write")]
        cells = " | ".join(f"{time:.1f}" for time in (*times, sum(times)))
        yield f"| {name} | {told[0].scored:,} | {cells} |"


def _files(folder: Path, children: int) -> Asked:
    made = Generator(_SEED).set(children, children)
    for name, some in (("left", made.missing), ("right", made.found)):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            for number, one in enumerate(some):
                ref = one.ref.model_copy(update={"source_id": str(number)})
                out.write(one.model_copy(update={"ref": ref}).model_dump_json(exclude_defaults=True) + "\n")
    return Asked(folder / "left.jsonl", folder / "right.jsonl", folder / "out.csv", least_bits=-10.0)


if __name__ == "__main__":
    main()
