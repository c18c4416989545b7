"""The rival: Splink 5 on DuckDB, given the same children, with its standard comparisons or with those of this domain.

Names reach it folded to Latin by this project's normaliser, with this project's phonetic key as a column: without them
it could not compare across scripts at all. Blocking rules are its own. Run in an environment that has the extra
``benchmark``; see ``python -m benchmarks.matching --help``.
"""

import logging
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.matching.sets import CAP, Set, load, report
from hub.matching.batch import candidates
from hub.matching.body import MEDIAN
from hub.matching.phonetics import word_keys

_RULES = [
    block_on("key1"),
    block_on("key1", "fkey"),
    block_on("fkey", "mkey"),
    block_on("gender", "birth_year", "district"),
    block_on("gender", "birth_year", "home_district"),
    block_on("gender", "district", "quarter"),
    block_on("gender", "birth_year", "state", "quarter"),
    block_on("gender", "mark1"),
]

_BLOCKING = {"own": _RULES, "keys": [block_on("keys", arrays_to_explode=["keys"])]}


def frame(table: Any, districts: dict[int, tuple[float, float]], side: str) -> pd.DataFrame:
    """The features of a table as the columns that Splink compares."""
    words = {
        which: [[w.decode() for w in row if w] for row in table[which].tolist()]
        for which in ("names", "father", "mother")
    }
    marks = [_marks(row) for row in table["marks"]]
    middle = (table["born_from"].astype(int) + table["born_to"].astype(int)) // 2
    aged = table["age_basis"] > 0
    columns: dict[str, Any] = {
        "unique_id": np.arange(len(table)),
        "source_dataset": side,
        "words": [some or None for some in words["names"]],
        "gender": [{1: "M", 2: "F"}.get(int(one)) for one in table["gender"]],
        "born": pd.Series(np.where(aged, middle, 0), dtype="Int64").where(pd.Series(aged)),
        "slack": np.where(table["age_basis"] == 4, 18, 8) + (table["born_to"].astype(int) - table["born_from"]) // 2,
        "birth_year": pd.Series(np.where(aged, middle // 12, 0), dtype="Int64").where(pd.Series(aged)),
        "day": pd.Series(table["event_on"].astype(int), dtype="Int64").replace(0, pd.NA),
        "quarter": pd.Series(table["event_on"].astype(int) // 91, dtype="Int64").replace(0, pd.NA),
        "language": [row[0].decode() or None for row in table["languages"].tolist()],
        "tall": _tallness(table, middle),
        "marks": [some or None for some in marks],
        "mark_parts": [sorted({one.rsplit(".", 1)[0] for one in some}) or None for some in marks],
        "mark1": [some[0] if some else None for some in marks],
        "disability": pd.Series(table["disabilities"].astype(int), dtype="Int64").replace(0, pd.NA),
    }
    for number, part in enumerate(("upper", "lower")):
        columns[part] = pd.Series(table["apparel"][:, number * 2 + 1].astype(int), dtype="Int64").replace(0, pd.NA)
    for part in ("build", "complexion", "face"):
        columns[part] = pd.Series(table[part].astype(int), dtype="Int64").replace(0, pd.NA)
    for which, name, key in (("names", "name", "key"), ("father", "father", "fkey"), ("mother", "mother", "mkey")):
        columns[f"{name}1"] = [some[0] if some else None for some in words[which]]
        columns[f"{name}2"] = [some[1] if len(some) > 1 else None for some in words[which]]
        columns[f"{key}1" if key == "key" else key] = [
            min(word_keys(some[0])) if some else None for some in words[which]
        ]
    for which, prefix in (("event", ""), ("home", "home_")):
        columns |= _places(table[which], districts, prefix)
    return pd.DataFrame(columns)


def _marks(marks: Any) -> list[str]:
    return sorted({f"{m['kind']}.{m['part']}.{m['side']}" for m in marks if m["kind"] and m["part"]})


def _tallness(table: Any, born: Any) -> list[float | None]:
    """Height as a share of the usual one at that age: comparable across years."""
    tall = []
    for height, day, month, basis in zip(table["height"], table["height_on"], born, table["age_basis"], strict=True):
        years = min(max((int(day) - 693_596 - int(month) * 30.44) / 365.25, 0), 17.9)
        at = int(years)
        usual = MEDIAN[at] + (MEDIAN[at + 1] - MEDIAN[at]) * (years - at)
        tall.append(float(height) / float(usual) if height and day and basis else None)
    return tall


def _places(slot: Any, districts: dict[int, tuple[float, float]], prefix: str) -> dict[str, Any]:
    at = [districts.get(int(code)) for code in slot["district"]]
    return {
        f"{prefix}state": pd.Series(slot["state"].astype(int), dtype="Int64").replace(0, pd.NA),
        f"{prefix}district": pd.Series(slot["district"].astype(int), dtype="Int64").replace(0, pd.NA),
        f"{prefix}lat": [one[0] if one else None for one in at],
        f"{prefix}lon": [one[1] if one else None for one in at],
    }


def _level(condition: str, label: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label}


def _levels(output: str, null: str, *conditions: str) -> Any:
    known = [{"sql_condition": null, "label_for_charts": "unknown", "is_null_level": True}]
    steps = [_level(condition, f"level {number}") for number, condition in enumerate(conditions)]
    return cl.CustomComparison(output_column_name=output, comparison_levels=[*known, *steps, cll.ElseLevel()])


def _name(column: str, key: str) -> Any:
    exact = {**_level(f"{column}_l = {column}_r", "same"), "tf_adjustment_column": column, "tf_adjustment_weight": 1.0}
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            exact,
            cll.JaroWinklerLevel(column, 0.92),
            _level(f"{key}_l = {key}_r", "same key"),
            cll.JaroWinklerLevel(column, 0.8),
            cll.ElseLevel(),
        ],
    )


def standard() -> list[Any]:
    """Comparisons of Splink's library, with phonetic keys: model (a)."""
    return [
        _name("name1", "key1"),
        cl.JaroWinklerAtThresholds("name2", [0.92]),
        _name("father1", "fkey"),
        _name("mother1", "mkey"),
        cl.ExactMatch("gender"),
        _levels("born", "born_l is null or born_r is null", *(f"abs(born_l - born_r) <= {m}" for m in (6, 12, 24, 48))),
        _levels("day", "day_l is null or day_r is null", *(f"abs(day_l - day_r) <= {d}" for d in (3, 30, 180, 730))),
        cl.ExactMatch("district"),
        cl.ExactMatch("home_district"),
        cl.ExactMatch("language"),
        cl.ExactMatch("build"),
        cl.ExactMatch("complexion"),
        cl.ExactMatch("face"),
        cl.ArrayIntersectAtSizes("marks", [2, 1]),
        cl.ExactMatch("disability"),
        cl.ExactMatch("upper"),
        cl.ExactMatch("lower"),
    ]


def _place(prefix: str) -> Any:
    def is_null(column: str) -> str:
        return f"({prefix}{column}_l is null or {prefix}{column}_r is null)"

    lat, lon = f"radians({prefix}lat", f"radians({prefix}lon"
    cosine = f"sin({lat}_l))*sin({lat}_r)) + cos({lat}_l))*cos({lat}_r))*cos({lon}_l) - {lon}_r))"
    km = f"(6371 * acos(least(1, greatest(-1, {cosine}))))"
    near = [f"{prefix}district_l = {prefix}district_r", f"{km} <= 60", f"{km} <= 200"]
    return _levels(f"{prefix}place", is_null("state"), *near, f"{prefix}state_l = {prefix}state_r", f"{km} <= 800")


def domain() -> list[Any]:
    """The comparisons of this project said in SQL: model (b)."""
    days = "(day_r - day_l)"
    after = [f"{days} between 0 and {limit}" for limit in (3, 30, 180, 730, 100000)]
    before = [f"{days} between {limit} and -1" for limit in (-3, -31, -400)]
    worn = "(case when upper_l = upper_r then 1 else 0 end + case when lower_l = lower_r then 1 else 0 end)"
    far = f"{days} not between -5 and 5 or day_l is null or day_r is null or upper_l is null or upper_r is null"
    shared = "len(list_intersect(words_l, words_r))"
    return [
        cl.CustomComparison(
            output_column_name="names",
            comparison_levels=[
                {
                    "sql_condition": "words_l is null or words_r is null",
                    "label_for_charts": "unknown",
                    "is_null_level": True,
                },
                _level(f"{shared} >= 2", "two words"),
                {
                    **_level("name1_l = name1_r", "one word"),
                    "tf_adjustment_column": "name1",
                    "tf_adjustment_weight": 1.0,
                },
                _level("name1_l = name2_r or name2_l = name1_r", "one word, swapped"),
                _level("damerau_levenshtein(name1_l, name1_r) <= 1 or key1_l = key1_r", "slip or key"),
                cll.JaroWinklerLevel("name1", 0.85),
                cll.ElseLevel(),
            ],
        ),
        _name("father1", "fkey"),
        _name("mother1", "mkey"),
        cl.ExactMatch("gender"),
        _levels(
            "born",
            "born_l is null or born_r is null",
            "abs(born_l - born_r) <= 7",
            "abs(born_l - born_r) <= 24",
            "abs(born_l - born_r) <= slack_l + slack_r",
            "abs(born_l - born_r) <= 2 * (slack_l + slack_r)",
        ),
        _levels("time", "day_l is null or day_r is null", *after, *before),
        _place(""),
        _place("home_"),
        cl.ExactMatch("language").configure(term_frequency_adjustments=True),
        _levels(
            "tall", "tall_l is null or tall_r is null", *(f"abs(tall_l - tall_r) <= {t}" for t in (0.05, 0.1, 0.2))
        ),
        _levels("build", "build_l is null or build_r is null", "build_l = build_r", "abs(build_l - build_r) = 1"),
        _levels(
            "complexion",
            "complexion_l is null or complexion_r is null",
            "complexion_l = complexion_r",
            "abs(complexion_l - complexion_r) = 1",
        ),
        cl.ExactMatch("face"),
        _levels(
            "marks",
            "marks_l is null or marks_r is null",
            "len(list_intersect(marks_l, marks_r)) >= 2",
            "len(list_intersect(marks_l, marks_r)) = 1",
            "len(list_intersect(mark_parts_l, mark_parts_r)) >= 1",
        ),
        cl.ExactMatch("disability"),
        _levels("worn", far, f"{worn} = 2", f"{worn} = 1"),
    ]


#: Up to so many missing children are linked at once, more of them in parts of so many.
_AT_ONCE, _PART = 20_000, 5_000
MODELS = {"standard": standard, "domain": domain}
#: Pairs on which EM learns m. No comparison may look at what they were picked by in another column (a year of birth, a
#: quarter): its m would go to nothing, which Splink refuses.
_TRAIN_ON = (block_on("key1", "fkey"), block_on("key1", "mkey"), block_on("fkey", "mkey"))


def _keys(children: Set) -> tuple[list[list[int]], list[list[int]]]:
    """The rarest of this project's keys, of each row of either side: ``ours.run("capped")`` scores the same pairs."""
    plan = candidates(children.left, children.right, CAP, CAP)
    start, first = np.unique(plan.start, return_index=True)
    times = plan.times[first]
    at = np.repeat(start - (np.cumsum(times) - times), times) + np.arange(times.sum())
    return (
        _by_row(plan.asked, plan.start, len(children.left)),
        _by_row(plan.held[at], np.repeat(start, times), len(children.right)),
    )


def _by_row(row: Any, key: Any, rows: int) -> list[list[int]]:
    order = np.argsort(row, kind="stable")
    ends = np.searchsorted(row[order], np.arange(rows + 1))
    keys = key[order].tolist()
    return [keys[a:b] for a, b in pairwise(ends.tolist())]


def _taught(linker: Any, api: Any, pair: Any) -> None:
    """m from the true pairs of this very set: the best that the rival's comparisons can do."""
    left = np.flatnonzero(pair >= 0)
    labels = pd.DataFrame(
        {"source_dataset_l": "left", "unique_id_l": left, "source_dataset_r": "right", "unique_id_r": pair[left]}
    )
    linker.training.estimate_m_from_pairwise_labels(api.register(labels, table_name="true_pairs"))


def _trained(linker: Any, rule: Any) -> bool:
    """One pass of EM; False where Splink refuses, because the m of a level that no pair reaches goes to nothing."""
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, fix_probability_two_random_records_match=True, record_sample_proportion=1.0
        )
    except ValueError:
        return False
    return True


def _linked(linker: Any, api: Any, missing: int) -> tuple[int, Any, Any, Any]:
    """(pairs scored; each missing child's best ten: left, right, bits, rank; (seconds, CPU seconds) to score; to rank).

    There is no threshold: whatever its weights, its best ten count. More pairs than memory holds are scored in parts of
    the missing children, as Splink offers it.
    """
    parts = 1 if missing <= _AT_ONCE else -(-missing // _PART)
    pairs, best, scoring, ranking = 0, [], np.zeros(2), np.zeros(2)
    for part in range(1, parts + 1):
        begun = _clocks()
        scored = linker.inference.predict_chunk(left_chunk=(part, parts), right_chunk=(1, 1))
        pairs += int(api._con.execute(f"select count(*) from {scored.physical_name}").fetchall()[0][0])
        done = _clocks()
        top = api._con.execute(
            f"""select unique_id_l, unique_id_r, match_weight, row_number() over (partition by unique_id_l
            order by match_weight desc, unique_id_r) as rank from {scored.physical_name} qualify rank <= 10"""
        ).fetchall()
        best.append(np.array(top, dtype=float).reshape(-1, 4))
        scoring, ranking = scoring + done - begun, ranking + _clocks() - done
        scored.drop_table_from_database_and_remove_from_cache()
    return pairs, np.concatenate(best), scoring.tolist(), ranking.tolist()


def _clocks() -> Any:
    """The time, and this process's processor time."""
    return np.array([time.perf_counter(), time.process_time()])


def run(children: Set, which: str) -> dict[str, Any]:
    """Train on the unlabelled records and link; times by phase, and each missing child's best ten.

    ``which``: a model, and after a dash ``own`` or ``keys``: its own blocking rules, or this project's keys; with
    ``-told`` at the end, m is taken from the true pairs, which no other contender sees.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    which, blocking, *told = which.split("-")
    left, right = (
        frame(table, children.districts, side) for table, side in ((children.left, "left"), (children.right, "right"))
    )
    if blocking == "keys":
        left["keys"], right["keys"] = _keys(children)
    start, worked = time.perf_counter(), time.process_time()
    api = DuckDBAPI()
    tables = [api.register(one, table_name=name) for one, name in ((left, "missing"), (right, "found"))]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=MODELS[which](),
        blocking_rules_to_generate_predictions=_BLOCKING[blocking],
        probability_two_random_records_match=0.3 / len(right),
        retain_matching_columns=False,
        max_iterations=10,
    )
    linker = Linker(tables, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    if told:
        _taught(linker, api, children.pair)
    passes = 0 if told else sum(_trained(linker, rule) for rule in _TRAIN_ON)
    trained, trained_work = time.perf_counter(), time.process_time()
    pairs, links, scoring, ranking = _linked(linker, api, len(left))
    return {
        "seconds": {"train": trained - start, "score": scoring[0], "rank": ranking[0]},
        "cpu": {"train": trained_work - worked, "score": scoring[1], "rank": ranking[1]},
        "pairs": pairs,
        "passes": passes,
        "left": links[:, 0].astype(int),
        "right": links[:, 1].astype(int),
        "bits": links[:, 2],
        "rank": links[:, 3].astype(int),
    }


if __name__ == "__main__":
    report(run(load(Path(sys.argv[1])), sys.argv[2]), Path(sys.argv[3]))
