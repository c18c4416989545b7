"""A signal that comes while processes are started or ended loses none of them."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portal.demo.processes import Processes, undisturbed


def test_a_signal_within_is_answered_after() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("the rest of it")
    assert done == ["the rest of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_process_that_is_made_at_the_moment_of_ctrl_c_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[subprocess.Popen[str]] = []
    make = subprocess.Popen

    def interrupted(*arguments: Any, **named: Any) -> "subprocess.Popen[str]":
        made.append(make(*arguments, **named))
        signal.raise_signal(signal.SIGINT)
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt), Processes(tmp_path) as processes:
        processes.start("node", "node", "pri")
    assert [process.poll() is None for process in made] == [False]


def test_a_second_ctrl_c_does_not_keep_the_first_from_ending_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = subprocess.Popen.wait
    asked: list[Any] = []

    def interrupted(process: Any, *arguments: Any, **named: Any) -> int:
        asked.append(process)
        signal.raise_signal(signal.SIGINT)
        return wait(process, *arguments, **named)

    with pytest.raises(KeyboardInterrupt), Processes(tmp_path) as processes:
        for name in ("one", "two"):
            processes.start(name, "node", "pri", "--database", f"sqlite:///{tmp_path}/{name}.db")
        monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    assert len(set(asked)) == 2
    assert [process.poll() is None for process in asked if process.poll() is None] == []
