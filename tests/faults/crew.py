"""Processes of ``trackchild work`` that can be killed and are replaced."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Crew:
    """``size`` real worker processes on one database; ``end`` stops them all. ``settings`` as environment variables."""

    def __init__(
        self,
        database: str,
        adapters: Path,
        size: int,
        seed: int = 1,
        settings: dict[str, str] | None = None,
        command: Sequence[str] = ("portal.cli", "work"),
    ) -> None:
        self._command = [sys.executable, "-m", *command]
        self._environment = {
            **os.environ,
            "TRACKCHILD_DATABASE": database,
            "TRACKCHILD_ADAPTERS": f'["{adapters}"]',
            "TRACKCHILD_LEASE_SECONDS": "1",
            "TRACKCHILD_DELIVER_EVERY_SECONDS": "0.1",
            "TRACKCHILD_RETRY_FIRST_SECONDS": "0.2",
            "TRACKCHILD_RETRY_LONGEST_SECONDS": "1",
            "TRACKCHILD_DELIVERY_ATTEMPTS": "1000",
            "TRACKCHILD_LOG_LEVEL": "error",
            **(settings or {}),
        }
        self.chance = random.Random(seed)
        self.killed = 0
        self.working = [self._hire() for _ in range(size)]

    def _hire(self) -> subprocess.Popen[str]:
        return subprocess.Popen(self._command, env=self._environment, stdout=subprocess.PIPE, text=True)

    def ready(self) -> None:
        """Wait until every process works."""
        for process in self.working:
            _works(process)

    def kill_one(self) -> None:
        """``kill -9`` of one at random, in the middle of whatever it does; another takes its place and works."""
        number = self.chance.randrange(len(self.working))
        _end(self.working[number], signal.SIGKILL)
        self.killed += 1
        self.working[number] = self._hire()
        _works(self.working[number])

    def end(self) -> None:
        for process in self.working:
            _end(process, signal.SIGKILL)


def _works(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"


def _end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    process.send_signal(how)
    process.wait(20)
    assert process.stdout is not None
    process.stdout.close()
