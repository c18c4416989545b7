"""The maker of children and the phonetic key share no substitution: a key that undoes its judge proves little."""

import ast
from pathlib import Path

import pytest

from benchmarks.matching import generator
from hub.matching import name_keys

_VOWELS = "aeiouy"
_SLIPS = [(letter, other) for letter, others in generator._KEYS.items() for other in others]
_SLIPS += list(generator._LOOKALIKE.items())


@pytest.mark.parametrize(("letter", "other"), [one for one in _SLIPS if not set(one[0] + one[1]) <= set(_VOWELS)])
def test_no_consonant_that_the_maker_puts_for_another_has_its_key(letter: str, other: str) -> None:
    """Vowels are in no key at all; that is no list, and slips among them cost a key nothing in life either."""
    assert name_keys(f"rama{letter}ali").isdisjoint(name_keys(f"rama{other}ali"))


def test_the_maker_reads_no_list_of_the_core() -> None:
    tree = ast.parse(Path(generator.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {one for one in modules if one and one.startswith("hub")} == {"hub.matching.model"}, "for states alone"
