"""Spark on two cores of this machine finds the same pairs, bit for bit, as the local engine; run by ``make spark``."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.matching.generator import Generator
from hub.linking import cells, pairs
from hub.linking.asked import Asked, Engine
from hub.linking.running import linked
from tests.hub.linking.conftest import as_lines

if os.environ.get("TRACKCHILD_SPARK_TESTS") != "required":
    pytest.importorskip("pyspark", reason="the extra `spark` (700 MB) is not installed: make spark")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("spark")
    made = Generator(9).set(250, 300)
    for name, some in (("left", made.missing), ("right", made.found)):
        told = [one.model_copy(update={"ref": one.ref.model_copy(update={"source_id": f"{n}"})})
                for n, one in enumerate(some)]  # fmt: skip
        (folder / f"{name}.jsonl").write_text(as_lines(told), encoding="utf-8")
    return Asked(folder / "left.jsonl", folder / "right.jsonl", folder / "local.csv", least_bits=-14.0)


@pytest.mark.parametrize(
    "limits",
    [{}, {"most_candidates": 6, "best": 3}, {"everything": True, "best": 2}],
    ids=["by keys", "with a cap that bites", "every pair"],
)
def test_spark_finds_the_same_pairs_and_bits_as_one_machine(
    asked: Asked, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cells, "_LEFTS", 90)
    monkeypatch.setattr(cells, "_RIGHTS", 110)  # nine cells
    if "most_candidates" in limits:
        monkeypatch.setattr(pairs, "MET", 2)
    here = replace(asked, out=tmp_path / "local.csv", **limits)
    there = replace(here, out=tmp_path / "spark.csv", engine=Engine.SPARK, master="local[2]")
    alone, together = linked(here), linked(there)
    assert alone.kept > 100
    assert replace(together, seconds={}) == replace(alone, seconds={})
    assert there.out.read_bytes() == here.out.read_bytes()
    if "most_candidates" in limits:
        assert together.capped > 100 and together.pairs_left_out > 1_000 and together.keys_left_out > 100
        assert together.scored < 5 * 250  # fewer than are met: the six that share most
