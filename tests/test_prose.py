"""What the documents say is tested: README commands run, every setting, adapter and error code is documented."""

import ast
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adapters import catalog
from hub.settings import Settings

ROOT = Path(__file__).parent.parent
ROOMS = ("contracts", "registry", "adapters", "hub", "portal")


def shell_lines(document: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines() if line]


def test_the_make_targets_that_the_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {line.split()[1] for line in shell_lines("README.md") if line.startswith("make ")}
    assert named <= targets
    assert {"demo", "test"} <= named


def test_the_trackchild_commands_of_the_readme_run_in_order(tmp_path: Path) -> None:
    environment = {**os.environ, "TRACKCHILD_DATABASE": f"sqlite:///{tmp_path / 'hub.sqlite'}"}
    lines = [line for line in shell_lines("README.md") if line.startswith("trackchild ")]
    assert len(lines) > 8
    for line in lines:
        command = line.replace("trackchild", f"{sys.executable} -m portal.cli", 1)
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented_as_it_is(name: str) -> None:
    rows = (ROOT / "docs/settings.md").read_text(encoding="utf-8").splitlines()
    row = next((row for row in rows if row.startswith(f"| `TRACKCHILD_{name.upper()}` |")), "")
    assert row.endswith(f"| {Settings.model_fields[name].description} |"), f"add {name} to docs/settings.md"


def needed_at_run_time(name: str, seen: set[str]) -> set[str]:
    """Names of the installed distributions that ``name`` needs, without its extras."""
    for line in metadata.requires(name) or []:
        need = Requirement(line)
        key = canonicalize_name(need.name)
        if key not in seen and (need.marker is None or need.marker.evaluate({"extra": ""})):
            seen.add(key)
            needed_at_run_time(need.name, seen)
    return seen


def test_every_dependency_and_its_licence_is_listed() -> None:
    listed = re.findall(r"^\| ([\w.-]+) \| \S", (ROOT / "docs/licences.md").read_text(encoding="utf-8"), re.MULTILINE)
    missing = needed_at_run_time("trackchild-hub", set()) - {canonicalize_name(name) for name in listed}
    assert not missing


def test_every_adapter_is_documented() -> None:
    text = (ROOT / "docs/adapters.md").read_text(encoding="utf-8")
    for kind in catalog.kinds():
        assert f"`{kind}`" in text, kind


def error_codes() -> set[str]:
    """Codes in ``Refused("code", ...)``, ``Unready(...)`` and ``Skipped(...)`` anywhere in the product."""
    found = set()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                code = node.args[0]
                if name in ("Refused", "Unready", "Skipped") and isinstance(code, ast.Constant):
                    found.add(str(code.value))
    return found


def test_every_error_code_is_documented_and_every_documented_code_exists() -> None:
    documented = set(
        re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs/errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert error_codes() <= documented, error_codes() - documented
    # What the code makes without one of the three by name: a subclass, the doors' own answers.
    assert documented - error_codes() == {"bad_manifest", "unexpected", "unknown_path"}


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")):
                assert (document.parent / target).exists(), f"{document.name}: {target}"
