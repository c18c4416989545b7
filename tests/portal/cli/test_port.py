"""Porting what was saved: folders and archives, a killed process that goes on, rejects and unknown stations named."""

import csv
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.zipnet_rows import save
from tests.portal.cli.conftest import Typed


@pytest.fixture
def zipnet(typed: Typed) -> Typed:
    done = typed("registry", "add", "zipnet", "--name", "ZIPNET", "--kind", "zipnet", "--url", "http://zipnet.invalid")
    assert done.code == 0, done.err
    return typed


def rows_of(folder: Path) -> tuple[int, int]:
    """(records in the index, different ids among them)."""
    engine = sa.create_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT count(*), count(DISTINCT source_id) FROM records")).one()
    engine.dispose()
    return found[0], found[1]


def test_a_folder_is_taken_in_once_whoever_types_it_again(zipnet: Typed, tmp_path: Path) -> None:
    save(tmp_path / "pages", 300)
    told = json.loads(zipnet("port", "zipnet", "pages", "--json").out)
    assert told["reports"][0]["indexed"] == 300 and rows_of(tmp_path) == (300, 300)
    again = json.loads(zipnet("port", "zipnet", "pages", "--json").out)
    assert again["reports"][0]["read"] == 0


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_is_read_as_the_folder_it_was_made_of(zipnet: Typed, tmp_path: Path, kind: str) -> None:
    save(tmp_path / "pages", 120)
    packed = tmp_path / f"saved.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(packed, "w") as out:
            for one in (tmp_path / "pages").iterdir():
                out.write(one, f"deep/{one.name}")
    else:
        with tarfile.open(packed, "w:gz") as out:
            out.add(tmp_path / "pages", "deep")
    told = json.loads(zipnet("port", "zipnet", packed.name, "--json").out)
    assert told["reports"][0]["indexed"] == 120


def test_a_row_set_aside_is_named_by_file_row_and_rule_and_not_by_its_words(zipnet: Typed, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("SerialNumber,Name,Sex\n,Canary Kumari,Female\nMP-202001000001,Asha,Female\n")
    done = zipnet("port", "zipnet", "one.csv", "--rejects", "rejects.csv")
    assert done.code == 0, done.err
    told = (tmp_path / "rejects.csv").read_text()
    rejects = list(csv.DictReader(told.splitlines()))
    assert [row["row"] for row in rejects][:1] == ["one.csv:1"]
    assert "Canary" not in told


def test_stations_that_nobody_knows_are_told_with_how_often(zipnet: Typed, tmp_path: Path) -> None:
    save(tmp_path / "pages", 50)
    told = json.loads(zipnet("port", "zipnet", "pages", "--json").out)["unknown_stations"]
    assert sum(one["times"] for one in told) == 50


def test_a_source_that_is_not_there_is_said_so(zipnet: Typed) -> None:
    done = zipnet("port", "zipnet", "nowhere")
    assert done.code != 0 and "no_such_source" in done.err


def test_a_killed_port_goes_on_and_nothing_is_twice(
    zipnet: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "pages", 6_000)
    monkeypatch.setenv("TRACKCHILD_LEASE_SECONDS", "2")
    monkeypatch.setenv("TRACKCHILD_BATCH_ROWS", "100")
    command = [sys.executable, "-m", "portal.cli", "port", "zipnet", "pages", "--json"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    while rows_of(tmp_path)[0] < 200 and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    before = rows_of(tmp_path)[0]
    assert 200 <= before < 6_000
    report = json.loads(zipnet("port", "zipnet", "pages", "--json").out)["reports"][0]
    assert (report["read"], report["indexed"]) == (6_000 - before, 6_000 - before)
    assert rows_of(tmp_path) == (6_000, 6_000)
