"""The command line as it is typed: in this process where it ends by itself, as a process where it stays."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.cli.app import main

ENDS_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Typed = Callable[..., Done]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type ``trackchild ARGUMENTS`` in an empty folder with a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKCHILD_DATABASE", f"sqlite:///{tmp_path / 'hub.sqlite'}")
    monkeypatch.setenv("COLUMNS", "160")

    def type_in(*arguments: str) -> Done:
        # --database writes into the environment; what it was must be there again for the next command.
        monkeypatch.setenv("TRACKCHILD_DATABASE", os.environ["TRACKCHILD_DATABASE"])
        monkeypatch.setattr(sys, "argv", ["trackchild", *arguments])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return type_in


class Started:
    """A command that stays, as a process in a group of its own."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.process, self._log = process, log

    def line(self) -> str:
        """The next line it prints; an empty one once it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal to it alone and wait; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(ENDS_WITHIN_SECONDS)

    @property
    def log(self) -> str:
        """What it wrote on stderr."""
        return self._log.read_text(encoding="utf-8")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Start ``trackchild ARGUMENTS`` as a process; it and all it started are gone after the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **environment: str) -> Started:
        log = tmp_path / f"stderr-{len(running)}"
        with log.open("w", encoding="utf-8") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", *arguments],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=tmp_path,
                env={**os.environ, "COLUMNS": "160", **environment},
                start_new_session=True,
            )
        running.append(process)
        return Started(process, log)

    yield begin
    for process in running:
        with contextlib.suppress(ProcessLookupError):  # the whole group, since what it started may have outlived it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
