"""The commands link, train, shadow and show --svg as a person runs them, and the how-to about them."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.matching.generator import Generator
from contracts.exchange import MatchState
from hub.core import ModelCore
from hub.flow import Flow
from hub.index import Store
from hub.index.migrations import upgrade

HOW_TO = Path(__file__).parents[3] / "docs" / "linking.md"
ROOT = HOW_TO.parents[1]


def run(folder: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRACKCHILD_DATABASE": f"sqlite:///{folder / 'hub.sqlite'}"}
    program = command.replace("trackchild ", f"{shlex.quote(sys.executable)} -m portal.cli ")
    return subprocess.run(
        program,
        shell=True,
        cwd=folder,
        env=environment | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hub's database: 120 missing and 120 found children, some pairs of them decided."""
    made = tmp_path_factory.mktemp("linking")
    store = Store.at(f"sqlite:///{made / 'hub.sqlite'}")
    upgrade(store.engine)
    flow = Flow(store, ModelCore(b"not-secret-for-trials-only", None, 0.0, 500))
    some = Generator(23).set(120, 120)
    for sender, told in (("police-br", some.missing), ("cci-dl", some.found)):
        refs = [one.ref.model_copy(update={"participant": sender, "source_id": f"{n}"}) for n, one in enumerate(told)]
        records = [one.model_copy(update={"ref": ref}) for one, ref in zip(told, refs, strict=True)]
        flow.receive(sender, f"message-{sender}", records)
    with store.read() as work:
        best = work.matches.best(MatchState.PROPOSED, 2, 20)
    for number, match in enumerate(best[:12]):
        flow.decide(match.match_id, (MatchState.CONFIRMED, MatchState.REJECTED)[number % 2], "officer", "seen")
    store.close()
    (made / "match-id").write_text(best[-1].match_id, encoding="utf-8")
    return made


def test_the_how_to_runs_as_it_is_written(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        done = run(tmp_path, "set -e\n" + block)
        assert done.returncode == 0, done.stdout + done.stderr
    pairs = (tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in pairs[1:]] == [["a1", "b1"], ["a2", "b2"]]
    assert json.loads((tmp_path / "pairs.jsonl").read_text(encoding="utf-8"))["left_id"] == "police-br:M1"
    assert "right,3,no_id,no," in (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert "right,b1,no,home\n" in (tmp_path / "untold.csv").read_text(encoding="utf-8").replace("\r", "")


def test_what_the_records_of_a_hub_do_not_tell_is_listed(folder: Path) -> None:
    done = run(folder, "trackchild match untold --field age --limit 3 --json")
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert (listed["searched"], listed["candidates"]) == (120, 120) and listed["fields"]["eyes"] == [120, 120]
    assert all("age" in one["fields"] for one in listed["records"])
    shown = run(folder, "trackchild match untold --limit 1")
    assert shown.returncode == 0 and re.search(r"open records +│ +120 +│ +120", shown.stdout), shown.stdout
    refused = run(folder, "trackchild match untold --field shoe")
    assert refused.returncode == 3 and "no_such_field" in refused.stderr


def test_a_model_is_trained_shown_in_shadow_and_live_only_when_named(folder: Path) -> None:
    trained = run(folder, "trackchild match train --out new.toml --json")
    assert trained.returncode == 0, trained.stderr
    told = json.loads(trained.stdout)
    assert (told["confirmed"], told["rejected"], told["calibrated"]) == (6, 6, True)
    shadowed = run(folder, "trackchild match shadow --model new.toml --json")
    assert shadowed.returncode == 0, shadowed.stderr
    seen = json.loads(shadowed.stdout)
    assert seen["new"] == told["version"] != seen["old"]
    assert all(":" in one["searched"] for one in seen["examples"])
    live = run(folder, "trackchild match shadow --model new.toml --json", TRACKCHILD_MODEL="new.toml")
    same = json.loads(live.stdout)
    assert (same["old"], same["added"], same["dropped"]) == (told["version"], 0, 0)


def test_shadow_names_pairs_by_reference_only(folder: Path) -> None:
    done = run(
        folder,
        "trackchild match train --out other.toml --found-share 0.9 && trackchild match shadow --model other.toml",
    )
    assert done.returncode == 0, done.stderr
    names = {word for one in Generator(23).set(120, 120).missing for name in one.names for word in name.text.split()}
    assert not [name for name in names if len(name) > 3 and name in done.stdout]


def test_a_trained_model_does_not_overwrite_a_file(folder: Path) -> None:
    (folder / "mine.toml").write_text("mine", encoding="utf-8")
    done = run(folder, "trackchild match train --out mine.toml")
    assert (done.returncode, "file_is_there" in done.stderr) == (3, True)
    assert (folder / "mine.toml").read_text(encoding="utf-8") == "mine"


def test_a_match_is_drawn_as_a_waterfall(folder: Path) -> None:
    match_id = (folder / "match-id").read_text(encoding="utf-8")
    done = run(folder, f"trackchild match show {match_id} --svg waterfall.svg --json")
    assert done.returncode == 0, done.stderr
    match = json.loads(done.stdout)
    drawing = ElementTree.parse(folder / "waterfall.svg").getroot()
    words = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert f"{match['bits']:+.1f}" in words
    said = [one["words"] for one in match["evidence"] if one["level"] != "unknown"]
    assert [one for one in words if one in said] == said


@pytest.mark.parametrize(
    ("command", "code", "word"),
    [
        ("link left.csv left.csv --out x.csv", 3, "columns_needed"),
        ("link left.csv left.csv --out x.xlsx", 3, "unknown_table"),
        ("link absent.csv left.csv --out x.csv", 2, "does not exist"),
        ("link left.csv left.csv --out x.csv --best 0", 2, "best"),
        ("shadow --model left.csv", 3, "invalid_model"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(folder: Path, command: str, code: int, word: str) -> None:
    (folder / "left.csv").write_text("no,name\n1,Rakesh\n", encoding="utf-8")
    done = run(folder, f"trackchild match {command}")
    assert done.returncode == code
    assert word in done.stderr and "Traceback" not in done.stderr
