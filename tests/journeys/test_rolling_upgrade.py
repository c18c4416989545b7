"""A hub is replaced by a newer one under load: both work side by side on one database, and no request fails."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine, text

from hub.index.migrations import HERE, last_contract
from tests.hub.doors.messages import RECORD

ROOT = Path(__file__).parent.parent.parent
_WITHIN_SECONDS = 90
_ANSWERS = 25


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The oldest code that must work on today's tables: that with which the last contract step came."""
    if shutil.which("git") is None or git("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("needs git and the whole history, of which the older code is taken")
    (step,) = (HERE / "versions").glob(f"{last_contract()}_*.py")
    commit = git("log", "--format=%H", "-1", "--", str(step.relative_to(ROOT)))
    if not commit:
        pytest.skip("the last contract step is not committed yet")
    folder = tmp_path_factory.mktemp("older")
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


@dataclass
class Hubs:
    """Web processes on one database, and which of them are in the proxy's rotation."""

    database: str
    rotation: list[str] = field(default_factory=list)
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def command(self, code: Path, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "portal.cli", *arguments], cwd=code, env=self._environment(code), text=True,
            capture_output=True, check=True,
        ).stdout  # fmt: skip

    def start(self, code: Path) -> str:
        """Serve with the code of a folder; the address once it is ready."""
        command = [sys.executable, "-m", "portal.cli", "serve", "--port", "0", "--no-clock"]
        process = subprocess.Popen(
            command, cwd=code, env=self._environment(code), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("ready ").strip()
        assert address.startswith("http"), f"the hub of {code.name} did not start"
        self.running[address] = process
        self.rotation.append(address)
        return address

    def stop(self, address: str) -> int:
        """Out of the rotation, then SIGTERM: as a proxy and a service manager do it."""
        self.rotation.remove(address)
        time.sleep(0.1)  # what was sent to it is there
        process = self.running.pop(address)
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
        return code

    def _environment(self, code: Path) -> dict[str, str]:
        return {**os.environ, "TRACKCHILD_DATABASE": self.database, "PYTHONPATH": str(code)}


@pytest.fixture
def hubs(postgres_url: str) -> Iterator[Hubs]:
    made = Hubs(postgres_url)
    yield made
    for address in list(made.running):
        if address not in made.rotation:
            made.rotation.append(address)
        made.stop(address)


@dataclass
class Load:
    """Clients that submit records without a pause to whichever hub is in the rotation."""

    hubs: Hubs
    key: str
    answered: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, client: int) -> None:
        number = 0
        with requests.Session() as session:
            session.trust_env = False
            while not self.ending.is_set():
                number += 1
                self._submit(session, f"{client}-{number:06}")

    def _submit(self, session: requests.Session, name: str) -> None:
        address = random.choice(self.hubs.rotation)
        reference = {"participant": "police-jh", "source_id": name, "version": "1"}
        message = {"message_id": f"message-{name}", "records": [RECORD | {"ref": reference}]}
        headers = {"Authorization": f"Bearer {self.key}", "Connection": "close"}
        try:
            answer = session.post(f"{address}/api/v1/records", json=message, headers=headers, timeout=30)
            good = answer.status_code == 200 and answer.json()["outcomes"][0]["answer"] == "accepted"
            said = f"{answer.status_code} {answer.text}"
        except requests.RequestException as error:
            good, said = False, type(error).__name__
        with self.lock:
            if good:
                self.answered[address] += 1
            else:
                self.failed.append(said)


def wait(load: Load, true: Callable[[], bool]) -> None:
    until = time.monotonic() + _WITHIN_SECONDS
    while not true():
        assert not load.failed, load.failed[:3]
        assert time.monotonic() < until
        time.sleep(0.02)


def test_no_request_fails_while_an_older_hub_is_replaced_by_a_newer_one(hubs: Hubs, older: Path) -> None:
    hubs.command(
        older, "registry", "add", "police-jh", "--name", "P", "--kind", "state_police", "--may", "submit_records"
    )
    key = json.loads(hubs.command(older, "registry", "key", "police-jh", "--json"))["key"]
    first = hubs.start(older)
    load = Load(hubs, key)
    clients = [threading.Thread(target=load.run, args=(number,)) for number in range(3)]
    for client in clients:
        client.start()
    try:
        wait(load, lambda: load.answered[first] >= _ANSWERS)
        second = hubs.start(ROOT)  # it migrates, under load
        before = load.answered[first]
        wait(load, lambda: load.answered[second] >= _ANSWERS and load.answered[first] >= before + _ANSWERS)
        assert hubs.stop(first) == 0
        at_stop = load.answered[second]
        wait(load, lambda: load.answered[second] >= at_stop + _ANSWERS)
    finally:
        load.ending.set()
        for client in clients:
            client.join()
    assert load.failed == []
    assert kept(hubs.database) == load.answered.total()


def kept(database: str) -> int:
    engine = create_engine(database)
    with engine.connect() as connection:
        many = connection.execute(text("SELECT count(*) FROM records")).scalar_one()
    engine.dispose()
    return int(many)
