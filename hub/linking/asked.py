"""What is asked of a link of two files, and what came of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Engine(StrEnum):
    """Where the arithmetic runs; the pairs and bits are the same to the last bit."""

    LOCAL = "local"
    SPARK = "spark"


@dataclass(frozen=True)
class Asked:
    """Two files to link: the people on the left are searched for among those on the right."""

    left: Path
    right: Path
    out: Path
    columns: Path | None = None
    """A mapping of the files' columns; without it the files hold records of the contract."""
    model: Path | None = None
    rejects: Path | None = None
    """CSV for rows that could not be read, with side, row, field and rule; never with what they say."""
    untold: Path | None = None
    """CSV of the records that cannot be compared on some field, with the fields; by id, never with what they say."""
    best: int | None = None
    """How many right rows to keep of each left row; the model's number if absent."""
    least_bits: float | None = None
    """Score from which a pair is kept; the model's if absent."""
    one_in: float | None = None
    """Of how many pairs one is true, for files that are smaller or larger than the model's pool."""
    learn: bool = False
    """Learn m and u from the two files themselves first, by EM and without labels."""
    found_share: float = 0.3
    """Share of the left rows thought to have their own on the right, for ``learn``."""
    most_candidates: int | None = None
    """Cap of pairs scored for one left row: those that share most of what is rare; the engine's own if absent."""
    everything: bool = False
    """Score every pair, whatever keys it shares."""
    engine: Engine = Engine.LOCAL
    master: str = "local[*]"
    """Where Spark runs."""
    stage: Path | None = None
    """Folder that every worker of Spark can read; a temporary one if absent, which is right for ``local[...]``."""


@dataclass(frozen=True)
class Linked:
    """What came of it, in counts. ``rejected`` and ``unused`` go by side, field and rule."""

    left: int
    right: int
    scored: int
    kept: int
    capped: int
    """Left rows of which not everybody who shares a key was looked at, since the cap was reached."""
    keys_left_out: int
    """Keys that were not followed, since very many hold them."""
    pairs_left_out: int
    """Pairs that those would have brought, counted with repeats, and those that were met and not looked at."""
    rejected: dict[str, int] = field(default_factory=dict)
    unused: dict[str, int] = field(default_factory=dict)
    """What was said and could not be used: an unmapped code, a placeholder date; the row itself was linked."""
    untold: dict[str, int] = field(default_factory=dict)
    """Rows that can be compared with nobody on a field, since they do not tell it, by side and field."""
    never_told: list[str] = field(default_factory=list)
    """Fields that no row of either side tells."""
    unmet: dict[str, int] = field(default_factory=dict)
    """Rows without a blocking key, by side: they meet nobody unless every pair is scored."""
    model: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
