"""Compares the matching core with Splink 5 on DuckDB on the same synthetic children, and writes the table.

    python -m benchmarks.matching --rival-python VENV/bin/python --children 20000 --runs 3 --write docs/benchmarks.md

Each contender runs in a process of its own, one after the other, in every run. The rival's environment has this
project's extra ``benchmark`` installed; without ``--rival-python`` only our own engine runs.
"""

import argparse
import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.matching.measure import Quality, Share, interval, quality
from benchmarks.matching.report import END, load, put
from benchmarks.matching.sets import CAP, make, read, sample
from benchmarks.matching.sets import load as load_set
from hub.matching.batch import MET, MOST_CANDIDATES

#: Sets are tuned on and reported on with different seeds.
_TUNED_ON, _REPORTED_ON = (11, 12, 41, 42), (101, 102, 103, 104, 105)
_OURS = {
    "ours": "ours, learned by EM",
    "untrained": "ours, as shipped",
    "capped": "ours, learned by EM, the pairs that Splink gets",
    "exhaustive": "ours, every pair of some missing",
}
_RIVALS = {
    "standard-own": "Splink, standard comparisons, own blocking",
    "standard-keys": "Splink, standard comparisons, those pairs",
    "domain-keys": "Splink, our comparisons in SQL, those pairs",
    "domain-keys-told": "the same, m told from the true pairs (nobody else sees them)",
}


def main() -> None:
    """Run, print and, if asked, write."""
    asked = _arguments()
    contenders = [(sys.executable, "ours", which) for which in _OURS]
    if asked.rival_python:
        contenders += [(str(asked.rival_python), "rival", which) for which in _RIVALS if which not in asked.without]
    order = ["ours", "untrained", "sample", "exhaustive", "capped", *_RIVALS]
    results: dict[str, list[tuple[dict[str, Any], Quality]]] = {which: [] for which in order}
    some = sample(asked.children)
    with tempfile.TemporaryDirectory() as folder:
        for seed in _REPORTED_ON[: asked.runs]:
            children = (asked.sets or Path(folder)) / f"{seed}-{asked.children}x{asked.children}.npz"
            made = load_set(children) if children.exists() else make(children, seed, asked.children, asked.children)
            print(f"seed {seed}: {len(made.left)} missing, {len(made.right)} found", flush=True)
            for python, module, which in contenders:
                out = (asked.results or Path(folder)) / f"{seed}-{asked.children}-{which}.json"
                if not (asked.results and out.exists()):
                    _run(python, f"benchmarks.matching.{module}", str(children), which, str(out))
                result = read(out)
                results[which].append((result, quality(result, made.pair, some if which == "exhaustive" else None)))
                if which == "ours":
                    results["sample"].append((result, quality(result, made.pair, some)))
                print(f"  {which}: {_row(which, results[which][-1:])}", flush=True)
    text = _text(asked, results)
    print(text)
    if asked.write:
        put(asked.write, _begin(asked.children), text)


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__)
    asked.add_argument("--rival-python", type=Path, help="python of an environment with splink and duckdb")
    asked.add_argument("--children", type=int, default=5_000, help="missing children, and as many found (default 5000)")
    asked.add_argument(
        "--runs", type=int, default=3, choices=range(1, 6), help="sets, each of its own seed (default 3)"
    )
    asked.add_argument("--sets", type=Path, help="folder in which sets are kept and looked for")
    asked.add_argument("--results", type=Path, help="folder in which results are kept and looked for: a run goes on")
    asked.add_argument("--without", nargs="*", default=[], choices=list(_RIVALS), help="rivals to leave out")
    asked.add_argument("--write", type=Path, help="file whose section on sets of this size is replaced")
    return asked.parse_args()


def _run(*command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [command[0], "-m", *command[1:]], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{command[1]} failed:\n{done.stderr[-2000:]}")


def _row(which: str, runs: list[tuple[dict[str, Any], Quality]]) -> str:
    """One line of the table: shares as means over the sets with their interval, times as medians."""
    shares = []
    for name in ("recall_at_10", "recall_at_1", "f1"):
        mean, low, high = interval([getattr(q, name) for _, q in runs])
        shares.append(f"{mean:.3f} ({low:.3f} to {high:.3f})")
    train, work = (_median(runs, kind, "train") for kind in ("seconds", "cpu"))
    link, link_work = (_median(runs, kind, "score", "rank") for kind in ("seconds", "cpu"))
    pairs = statistics.median(r["pairs"] for r, _ in runs)
    megabytes = statistics.median(r["megabytes"] for r, _ in runs)
    name = {**_OURS, **_RIVALS, "sample": "ours, the same missing, blocked"}[which]
    cells = [name, *shares, f"{pairs / 1e6:.2f}"]
    cells += [f"{train:.1f}", f"{work:.1f}", f"{link:.1f}", f"{link_work:.1f}"]
    cells += [f"{pairs / link / 1e6:.2f}", f"{pairs / link_work / 1e6:.2f}", f"{megabytes:.0f}"]
    return " | ".join(cells)


def _median(runs: list[tuple[dict[str, Any], Quality]], kind: str, *parts: str) -> float:
    return statistics.median(sum(result[kind][part] for part in parts) for result, _ in runs)


def _text(asked: argparse.Namespace, results: dict[str, list[tuple[dict[str, Any], Quality]]]) -> str:
    ours = results["ours"]
    kept = statistics.mean(r["kept"] for r, _ in ours)
    out = statistics.mean(r["left_out"] for r, _ in ours)
    lines = [
        _begin(asked.children),
        f"## Matching: {asked.children:,} missing with {asked.children:,} found children",
        "",
        f"{asked.children:,} missing and as many found, 40 % of the missing among the found, 30 % of the found",
        f"nameless; {asked.runs} sets (seeds {_said(_REPORTED_ON[: asked.runs])}; tuned on {_said(_TUNED_ON)}).",
        f"Python {platform.python_version()}, {os.cpu_count()} cores shared with other work (load now {load()}):",
        "seconds by the clock are rough; CPU seconds of the process, all its threads, are what to compare.",
        f"Run on {dt.date.today()}. The children are synthetic and their maker knows the domain: the sizes of the",
        "gains are those of its assumptions (benchmarks/matching/generator.py), not of India.",
        "",
        "| | recall@10 | recall@1 | F1 at p = 0.5 | pairs (M) | training s | CPU s | blocking and scoring s | CPU s "
        "| M pairs/s | M pairs/CPU s | MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(f"| {_row(which, runs)} |" for which, runs in results.items() if runs),
        "",
        "Shares are means over the sets; in brackets the 95 % interval of that mean, over resampled missing children.",
        *_passes(results),
        *_gains(results),
        _lost(results),
        f"Every pair was scored of {sample(asked.children):,} missing children.",
        f"Of their true pairs {kept:.3f} are scored. Of each child at most {MOST_CANDIDATES:,} are, of up to {MET}",
        f"times as many that its keys bring; {out:,.0f} pairs were left out (of keys not followed, with repeats).",
        f"The pairs that Splink gets are those of the rarest keys, up to {CAP:,} of a child counted with repeats.",
        "",
        "Reliability, first set: as it is, and for the second half of the children after calibration on the first",
        "half, as if people had decided those. Fields depend on one another, so that the sum says somewhat too much.",
        *_reliability("The learned model", ours[0][1]),
        *_reliability("The model as shipped", results["untrained"][0][1]),
        END,
    ]
    return "\n".join(lines)


def _passes(results: dict[str, list[tuple[dict[str, Any], Quality]]]) -> list[str]:
    """How much of the rival's training went through, where it ran."""
    learning = [which for which in _RIVALS if results[which] and not which.endswith("-told")]
    runs = [(which, [result["passes"] for result, _ in results[which]]) for which in learning]
    told = "; ".join(f"{_RIVALS[which]}: {', '.join(map(str, passes))}" for which, passes in runs)
    return [f"Passes of Splink's EM that it did not refuse, of three, by set: {told}.", ""] if runs else []


def _lost(results: dict[str, list[tuple[dict[str, Any], Quality]]]) -> str:
    apart = _apart(*(_differed(results, which, "recall_at_10") for which in ("exhaustive", "sample")))
    return f"What blocking loses of recall@10 against every pair, in points: {apart}, paired by child."


def _gains(results: dict[str, list[tuple[dict[str, Any], Quality]]]) -> list[str]:
    """What our comparisons add, within the rival's engine, and what our engine adds, with the same comparisons."""
    lines = []
    for in_sql, how in (("domain-keys", "trained by its EM"), ("domain-keys-told", "m told from the true pairs")):
        if results["standard-keys"] and results[in_sql]:
            shares = "; ".join(f"{words} {_gain(results, in_sql, name)}" for name, words in _SHARES.items())
            lines.append(f"- our comparisons in Splink, {how}: {shares}.")
    told = (
        "Of the gain over Splink's standard comparisons on the same pairs, in points (95 % interval, paired by child):"
    )
    return [told, "", *lines, ""] if lines else []


_SHARES = {"recall_at_10": "recall@10", "f1": "F1"}


def _gain(results: dict[str, list[tuple[dict[str, Any], Quality]]], in_sql: str, name: str) -> str:
    standard, domain, ours = (_differed(results, which, name) for which in ("standard-keys", in_sql, "capped"))
    return f"{_apart(domain, standard)} by comparisons and {_apart(ours, domain)} by our engine"


def _differed(results: dict[str, list[tuple[dict[str, Any], Quality]]], which: str, name: str) -> list[Any]:
    return [getattr(found, name) for _, found in results[which]]


def _apart(one: list[Share], other: list[Share]) -> str:
    """The mean difference of two shares; both are resampled with the same children."""
    apart = [Share(a.value - b.value, a.resampled - b.resampled) for a, b in zip(one, other, strict=True)]
    mean, low, high = (100 * value for value in interval(apart))
    return f"{mean:+.1f} ({low:+.1f} to {high:+.1f})"


def _reliability(title: str, found: Quality) -> list[str]:
    return [
        "",
        f"{title}:",
        "",
        "| said | pairs | mean said | came out | | pairs | mean said, calibrated | came out |",
        "|---|---|---|---|---|---|---|---|",
        *_bins(found),
    ]


def _bins(found: Quality) -> list[str]:
    after = {one.low: one for one in found.calibrated}
    lines = []
    for one in found.bins:
        then = after.get(one.low)
        fitted = f"{then.pairs:,} | {then.said:.3f} | {then.true:.3f}" if then else "0 | |"
        lines.append(f"| {one.low:g} to {one.high:g} | {one.pairs:,} | {one.said:.3f} | {one.true:.3f} | | {fitted} |")
    return lines


def _said(seeds: tuple[int, ...]) -> str:
    return ", ".join(map(str, seeds))


def _begin(children: int) -> str:
    return f"<!-- matching of {children}: written by python -m benchmarks.matching -->"


if __name__ == "__main__":
    main()
