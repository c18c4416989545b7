"""The demonstration as a process: it shows what it promises, and leaves no process behind however it ends."""

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.portal.cli.conftest import Started

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")


def of_the_group(leader: int) -> list[int]:
    """Processes in the group of ``leader`` that have not ended (they all are, since none starts a group of its own)."""
    alive = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = status.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            alive.append(int(status.parent.name))
    return alive


def test_ctrl_c_ends_every_process_that_the_demonstration_started(start: Callable[..., Started]) -> None:
    demo = start("demo", "--port", "0")
    lines = iter(demo.line, "")
    address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)) and "Portal" in line)
    assert next(line for line in lines if "Ctrl-C ends all of it" in line)
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(address, timeout=20).status_code == 200
    assert len(of_the_group(demo.process.pid)) == 6, "itself, four nodes and the portal"
    assert demo.end() == 0
    assert of_the_group(demo.process.pid) == []
    assert "Traceback" not in demo.log


def test_told_to_end_at_its_beginning_it_leaves_no_process_behind(start: Callable[..., Started]) -> None:
    demo = start("demo", "--port", "0")
    while demo.process.poll() is None and len(of_the_group(demo.process.pid)) < 3:
        pass
    demo.end(signal.SIGTERM)
    assert of_the_group(demo.process.pid) == []
    assert "Traceback" not in demo.log


def test_once_in_json_is_one_document_and_ends_with_nothing_left(start: Callable[..., Started], tmp_path: Path) -> None:
    demo = start("demo", "--once", "--json", "--port", "0", TMPDIR=str(tmp_path))
    out, _ = demo.process.communicate(timeout=120)
    shown = json.loads(out)
    assert demo.process.returncode == 0, demo.log
    assert set(shown["addresses"]) == {"zipnet", "police-br", "pri-br", "cci-dl", "portal"}
    assert {one["participant"] for one in shown["pulls"]} == set(shown["addresses"]) - {"portal"}
    assert all(one["error"] is None for one in shown["pulls"])
    assert shown["best"]
    assert shown["best"][0]["evidence"]
    assert shown["delivery"]["delivered"] > 0
    assert of_the_group(demo.process.pid) == []
    assert list(tmp_path.glob("trackchild-demo-*")) == []
