"""The rule of imports can be broken: each wrong import, added to a copy of the house, breaks the rule forbidding it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("contracts", "registry", "adapters", "hub", "portal")

#: (file that gets the line, the wrong import, words of the rule that must break)
WRONG = [
    ("contracts/base.py", "import registry", "Whoever knows less"),
    ("contracts/record.py", "import adapters.base", "Whoever knows less"),
    ("registry/__init__.py", "import adapters.base", "Whoever knows less"),
    ("adapters/base.py", "import registry", "Whoever knows less"),
    ("adapters/base.py", "import hub.app", "Whoever knows less"),
    ("hub/flow.py", "import portal", "Whoever knows less"),
    ("hub/flow.py", "import hub.app", "Inside the hub"),
    ("hub/index/__init__.py", "import hub.flow", "Inside the hub"),
    ("hub/matching/__init__.py", "import sqlalchemy", "The matching core is arithmetic"),
    ("hub/matching/__init__.py", "import hub.index", "The matching core is arithmetic"),
    ("adapters/zipnet/__init__.py", "import adapters.cci", "Adapters are strangers"),
    ("hub/flow.py", "import adapters.zipnet", "only by the port and the catalogue"),
    ("portal/__init__.py", "import adapters.pri", "only by the port and the catalogue"),
    ("adapters/cci/node/__init__.py", "import adapters.base", "A node is a foreign system"),
    ("adapters/pri/node/__init__.py", "import hub.index", "A node is a foreign system"),
    ("portal/__init__.py", "import sqlalchemy", "speak SQL"),
    ("hub/flow.py", "import sqlalchemy", "speak SQL"),
    ("hub/evidence/offline/bundle.py", "import pydantic", "checked without the hub"),
    ("contracts/base.py", "import requests", "The contract is pydantic only"),
]


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(
            ROOT / room,
            house / room,
            ignore=lambda _, names: [n for n in names if n.endswith(("pyc", "json", "js", "css"))],
        )
    shutil.copy(ROOT / "pyproject.toml", house)
    return house


def test_the_house_keeps_its_own_rules(copy_of_the_house: Path) -> None:
    result = lint(copy_of_the_house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("file", "line", "rule"), WRONG, ids=[f"{file}: {line}" for file, line, _ in WRONG])
def test_a_wrong_import_breaks_its_rule(copy_of_the_house: Path, file: str, line: str, rule: str) -> None:
    place = copy_of_the_house / file
    sound = place.read_text(encoding="utf-8")
    place.write_text(sound + f"\n{line}\n", encoding="utf-8")
    try:
        result = lint(copy_of_the_house)
    finally:
        place.write_text(sound, encoding="utf-8")
    assert result.returncode == 1, result.stdout + result.stderr
    broken = [text for text in result.stdout.splitlines() if "BROKEN" in text]
    assert any(rule in text for text in broken), broken


def test_what_is_installed_holds_every_file_of_the_rooms(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "setup.py",
        "-q",
        "egg_info",
        "-e",
        str(tmp_path),
        "build_py",
        "--build-lib",
        str(tmp_path / "lib"),
    ]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    ours = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    missing = [path.relative_to(ROOT) for path in ours if not (tmp_path / "lib" / path.relative_to(ROOT)).exists()]
    assert not [path for path in missing if "__pycache__" not in path.parts and "node_modules" not in path.parts]
