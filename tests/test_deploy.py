"""What lies in deploy/ fits the product: units that systemd takes, settings that exist, commands that are there."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from portal.cli.waiting import ready

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
#: systemd's own score: 0 is sealed, 10 is open.
MOST_EXPOSED = 1.5


@pytest.fixture
def placed(tmp_path: Path) -> Iterator[list[str]]:
    """The units with commands that exist on this machine, since systemd looks for them."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/trackchild/bin/trackchild", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("/opt/trackchild/bin/python", "/bin/true"), encoding="utf-8")
    yield [str(tmp_path / unit.name) for unit in UNITS]


def test_systemd_takes_every_unit(placed: list[str]) -> None:
    # SYSTEMD_UNIT_PATH: the units find each other, and nothing of this machine.
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{Path(placed[0]).parent}:/lib/systemd/system"}
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *placed], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "trackchild" in line]) == (0, [])


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_may_do_little_beyond_its_work(service: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(service)], capture_output=True, text=True, check=False
    )
    told = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert told is not None, done.stderr
    assert float(told[1]) <= MOST_EXPOSED


def test_the_settings_of_the_example_exist() -> None:
    text = (DEPLOY / "trackchild.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^TRACKCHILD_([A-Z_]+)=", text, re.MULTILINE))
    assert named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_a_service_stops_later_than_its_process_drains() -> None:
    drain = Settings.model_fields["drain_seconds"].default
    for service in SERVICES:
        told = re.search(r"TimeoutStopSec=(\d+)", service.read_text(encoding="utf-8"))
        assert told is None or int(told[1]) > drain, service.name


def test_waiting_ends_when_nobody_answers() -> None:
    assert not ready("http://127.0.0.1:9/health/ready", 0.3)
