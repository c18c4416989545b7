"""Small files of synthetic people, in every form that is read."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from contracts import ChildRecord
from hub.linking.asked import Asked

Make = Callable[..., Asked]

MAPPING = """
[[pull.lists]]
name = "people"
id = "no"

[fields]
"names[given]" = { from = "given", as = "names" }
"names[family]" = { from = "family", as = "names" }
birth = { from = "born", as = "birth_date", basis = "documented" }
gender = { from = "sex", as = "code", table = "gender" }
"""

LEFT = """no,given,family,born,sex
a1,Rakesh,Tarkeshwar,1931-05-02,M
a2,Sunita,Devi,2009-01-30,F
a3,Arif,Ansari,2011-11-11,M
"""
RIGHT = """no,given,family,born,sex
b1,Rakes,Tarkeshwar,1931-05-02,M
b2,Suneeta,Devi,2009-01-30,F
b3,Mohan,Lal,1990-03-04,M
"""


@pytest.fixture
def plain(tmp_path: Path) -> Make:
    """A link of two plain CSV files by a mapping; ``plain(left=..., mapping=..., best=1)`` alters it."""

    def asked(left: str = LEFT, right: str = RIGHT, mapping: str = MAPPING, **more: Any) -> Asked:
        for name, text in (("left.csv", left), ("right.csv", right), ("mapping.toml", mapping)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        named = {"out": tmp_path / "pairs.csv", "columns": tmp_path / "mapping.toml", "least_bits": -15.0}
        return Asked(left=tmp_path / "left.csv", right=tmp_path / "right.csv", **named | more)

    return asked


def as_lines(records: Sequence[ChildRecord]) -> str:
    return "".join(one.model_dump_json(exclude_defaults=True) + "\n" for one in records)


def as_plain(records: Sequence[ChildRecord]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in as_lines(records).splitlines()]
