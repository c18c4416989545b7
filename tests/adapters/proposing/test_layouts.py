"""How much of 36 layouts that differ the proposer understands; with half of them it was never improved."""

from dataclasses import dataclass

import pytest

from adapters.proposing.drafting import draft
from adapters.proposing.guessing import concepts
from tests.adapters.proposing.drawn import Layout, layouts


@dataclass(frozen=True)
class Tally:
    """Fields that have a meaning in the contract, those of them placed rightly, and all fields placed wrongly."""

    fields: int
    mappable: int
    right: int
    wrong: int

    @property
    def share(self) -> float:
        return self.right / self.mappable

    @property
    def wrongly(self) -> float:
        """Of all fields, those that were given a meaning they do not have."""
        return self.wrong / self.fields

    def __str__(self) -> str:
        said = f"{self.right}/{self.mappable} placed rightly = {self.share:.1%}"
        return f"{said}; {self.wrong}/{self.fields} wrongly = {self.wrongly:.1%}"


def tally(some: list[Layout]) -> Tally:
    pairs = [(means, placed.get(path)) for layout in some for placed in [draft(layout.rows).placed]
             for path, means in layout.means.items()]  # fmt: skip
    right = sum(given in means for means, given in pairs if given)
    return Tally(len(pairs), sum(bool(means) for means, _ in pairs), right, sum(bool(g) for _, g in pairs) - right)


def of(part: str) -> list[Layout]:
    return [one for one in layouts() if part == "all" or one.held_out == (part == "held out")]


def test_there_are_thirty_six_layouts_and_half_of_them_are_held_out() -> None:
    assert [one.number for one in layouts()] == list(range(1, 37))
    assert len(of("held out")) == len(of("development")) == 18


def test_every_meaning_the_layouts_name_is_one_the_proposer_can_give() -> None:
    kept = {name for name, concept in concepts().items() if concept.kept}
    assert {mean for one in layouts() for means in one.means.values() for mean in means} <= kept


@pytest.mark.parametrize("part", ["all", "held out", "development"])
def test_at_least_85_percent_of_the_mappable_fields_are_placed_rightly(part: str) -> None:
    found = tally(of(part))
    print(f"{part}: {found}")
    assert found.share >= 0.85, str(found)
    assert found.wrongly <= 0.05, str(found)
