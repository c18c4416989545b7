"""A million found children and two hundred thousand missing: ours and Splink on DuckDB, each a process of its own.

    python -m benchmarks.matching.million --sets FOLDER --rival-python VENV/bin/python --write docs/benchmarks.md

Both begin with people that are prepared (packed features; the columns that Splink compares, as Parquet) and end with
each missing child's best ten. Sets are kept in the folder and used again.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.matching.parts import PART, made, opened
from benchmarks.matching.report import END, load, put
from benchmarks.matching.sets import megabytes, timed
from hub.matching import Model, batch
from hub.matching.batch import MET, MOST_CANDIDATES, link
from hub.matching.learning import count_words, learn
from hub.matching.native.compiled import available

_BEGIN = "<!-- million: written by python -m benchmarks.matching.million -->"
_TITLES = {
    "ours": "ours, the model as shipped",
    "quick": "ours, the model as shipped, `--most-candidates 100`",
    "learned": "ours, learned by EM",
    "fastest": "Splink, three rules (a name and a parent's; gender, year, district and quarter)",
    "fewest": "Splink, two rules (a name and a parent's)",
    "keys": "Splink, our rarest keys, a sample of the missing",
}
_OURS = {"ours", "quick", "learned"}
_QUICK = 100


def main() -> None:
    """Run each contender once, print and, if asked, write."""
    asked = argparse.ArgumentParser(prog="benchmarks.matching.million", description=__doc__)
    asked.add_argument("--sets", type=Path, required=True, help="folder in which sets are kept")
    asked.add_argument("--rival-python", type=Path, help="python of an environment with the extra")
    asked.add_argument("--missing", type=int, default=200_000)
    asked.add_argument("--found", type=int, default=1_000_000)
    asked.add_argument("--sample", type=int, default=5_000, help="missing children that Splink gets with our pairs")
    asked.add_argument("--patience", type=int, default=600, help="seconds after which Splink is ended (default 600)")
    asked.add_argument("--kept", action="store_true", help="take results that are there: contenders run one at a time")
    asked.add_argument("--only", nargs="+", choices=[*_TITLES, "keep"], default=[*_TITLES])
    asked.add_argument("--write", type=Path, help="file whose section on the million is replaced")
    asked.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    whole = made(given.sets, given.missing, given.found)
    if given.one:
        _ours(whole, given.one)
        return
    tables = _kept(given, whole)
    if not given.kept:
        _warm(given)
    runs = {which: _run(given, which, whole, tables) for which in given.only if which != "keep"}
    text = _text(given, runs)
    print(text)
    if given.write:
        put(given.write, _BEGIN, text)


def _kept(given: argparse.Namespace, whole: Path) -> Path:
    """What the rival reads, made once."""
    tables = whole / f"rival-{given.sample}"
    if {*given.only} - _OURS and not (tables / "right.parquet").exists():
        command = [str(given.rival_python), "-m", "benchmarks.matching.million_rival", "keep"]
        subprocess.run([*command, str(whole), str(tables), str(given.sample)], check=True)
    return tables


def _warm(given: argparse.Namespace) -> None:
    """Compile the loops, as a first run on a machine does: later ones find them kept."""
    some = opened(made(given.sets, PART, PART))
    link(Model.load(), some.left, some.right)


def _run(given: argparse.Namespace, which: str, whole: Path, tables: Path) -> dict[str, Any]:
    out = whole / f"{which}.json"
    ours = which in _OURS
    if given.kept and out.exists():
        pass
    elif ours:
        sizes = ["--missing", str(given.missing), "--found", str(given.found)]
        command = [sys.executable, "-m", "benchmarks.matching.million", "--sets", str(given.sets), "--one", str(out)]
        subprocess.run([*command, *sizes], check=True)
    else:
        command = [str(given.rival_python), "-m", "benchmarks.matching.million_rival", "link"]
        try:
            subprocess.run([*command, str(tables), which, str(out)], check=True, timeout=given.patience)
        except subprocess.TimeoutExpired:
            out.write_text(json.dumps({"unfinished": given.patience}), encoding="utf-8")
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if "unfinished" in result:
        return result
    with np.load(out.with_suffix(".npz")) as links:
        result["recall"] = _recall(opened(whole).pair, links, given.sample if which == "keys" else None)
        if ours:
            result["recall of the sample"] = _recall(opened(whole).pair, links, given.sample)
    print(which, result, flush=True)
    return result


def _recall(pair: Any, links: Any, of: int | None) -> float:
    """Share of the missing with a true pair who have it among their ten."""
    left, right = links["left"].astype(int), links["right"].astype(int)
    hit = np.unique(left[right == pair[left]])
    return float((hit < (of or len(pair))).sum() / (pair[:of] >= 0).sum())


def _ours(whole: Path, out: Path) -> None:
    start = time.perf_counter()
    large = opened(whole)
    left, right = large.left, large.right
    model = Model.load().with_centroids(large.districts).with_frequencies(count_words([left, right]))
    read = time.perf_counter()
    if out.stem == "learned":
        model = learn(model, left, right, version=f"{model.version}-learned").model
    trained = time.perf_counter()
    with timed(batch, "candidates") as keys:
        most = _QUICK if out.stem == "quick" else MOST_CANDIDATES
        links = link(model, left, right, most_candidates=most, least_bits=-20.0)
    done, most = time.perf_counter(), megabytes()
    seconds = {"read": read - start, "train": trained - read, "keys": keys.seconds}
    seconds |= {"whole": done - start, "score": done - trained - keys.seconds}
    np.savez(out.with_suffix(".npz"), left=links.left, right=links.right)
    left_out = links.pairs_left_out
    told = {"seconds": seconds, "pairs": links.candidates, "left out": left_out, "megabytes": most}
    out.write_text(json.dumps(told), encoding="utf-8")


def _text(given: argparse.Namespace, runs: dict[str, dict[str, Any]]) -> str:
    lines = "\n".join(f"| {_TITLES[which]} | {_row(run)} |" for which, run in runs.items())
    return f"""{_BEGIN}
## Matching: {given.missing:,} missing among {given.found:,} found children

One run of each, one after the other, each a process of its own, {os.cpu_count()} cores shared with other work (load now
{load()}). Run on {dt.date.today()}. Both sides begin with prepared people (packed features; the columns that Splink
compares, as Parquet): reading and understanding what users wrote is in neither,
nor is compiling our loops, which a machine does once. Ours scores at most {MOST_CANDIDATES:,} candidates
of one child, those of up to {MET} times as many that share most of what is rare, by
{_how()}. Splink's comparisons are its standard ones with phonetic
keys; `whole` is from opening the files to the best ten, training included.

| | pairs (M) | train s | score s | M pairs/s | whole s | MB | recall@10 |
|---|---|---|---|---|---|---|---|
{lines}

{_ratios(given, runs)}
{END}"""


def _how() -> str:
    return "compiled loops" if available() else "numpy"


def _row(run: dict[str, Any]) -> str:
    if "unfinished" in run:
        return f"| | | | not finished in {run['unfinished']:,} | |"
    seconds = run["seconds"]
    return (
        f"{run['pairs'] / 1e6:.1f} | {seconds['train']:.1f} | {seconds['score']:.1f} "
        f"| {run['pairs'] / seconds['score'] / 1e6:.2f} | {seconds['whole']:.1f} | {run['megabytes']:.0f} "
        f"| {run['recall']:.3f}"
    )


def _ratios(given: argparse.Namespace, runs: dict[str, dict[str, Any]]) -> str:
    rivals = [which for which in ("fastest", "fewest") if _finished(runs, which)]
    said = [
        _beside(_TITLES[mine], runs[mine], runs[which])
        for mine in _TITLES
        if mine in _OURS & {*runs}
        for which in rivals
    ]
    ours = runs.get("ours")
    if ours and _finished(runs, "keys"):
        keys, rate = runs["keys"], ours["pairs"] / ours["seconds"]["score"]
        part = ours["seconds"]["whole"] * given.sample / given.missing
        said.append(
            f"- Beside Splink on the pairs of our rarest keys, of the first {given.sample:,} missing (more take "
            f"too long): {rate / (keys['pairs'] / keys['seconds']['score']):.1f} times the pairs a second; Splink "
            f"scores the sample in {keys['seconds']['score']:.0f} s, our whole run {part:.1f} s for as many missing; "
            f"recall@10 of the sample {ours['recall of the sample']:.3f} against {keys['recall']:.3f}."
        )
    return "\n".join(said)


def _beside(title: str, ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    rate, other = (one["pairs"] / one["seconds"]["score"] for one in (ours, theirs))
    whole = ours["seconds"]["whole"] / theirs["seconds"]["whole"]
    return (
        f"- {title}, beside Splink with {theirs['rules']} rules: {rate / other:.1f} times the pairs a second, "
        f"{whole:.2f} of its whole time and {ours['megabytes'] / theirs['megabytes']:.2f} of its memory, recall@10 "
        f"{ours['recall']:.3f} against {theirs['recall']:.3f}."
    )


def _finished(runs: dict[str, dict[str, Any]], which: str) -> bool:
    return which in runs and "unfinished" not in runs[which]


if __name__ == "__main__":
    main()
