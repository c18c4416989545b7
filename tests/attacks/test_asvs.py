"""The map to OWASP ASVS names tests that exist: a row without one says that it is not met."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ROWS = [line for line in (ROOT / "docs/asvs.md").read_text(encoding="utf-8").splitlines() if line.startswith("| V")]


def test_every_test_named_exists() -> None:
    named = [one for row in _ROWS for one in re.findall(r"`(tests/[^`]+)::(\w+)`", row)]
    assert len(named) >= 10
    for file, test in named:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), test


def test_a_row_that_is_met_names_its_test() -> None:
    for row in _ROWS:
        state, proof = row.split("|")[3].strip(), row.split("|")[4].strip()
        assert bool(proof) != ("**not" in state and "partly" not in state), row
