"""How common the words of names are, so that a shared rare name weighs more than a shared common one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2

import numpy as np

from hub.matching.columns import Ints, Rows, Tables
from hub.matching.names import sound


@dataclass(frozen=True, eq=False)
class Frequency:
    """How common words of names are. A rarity class n means: about one in 2**n names has the word."""

    classes: dict[str, int] = field(default_factory=dict)
    """By the sound of the word."""
    unseen: int = 13
    reference: int = 9
    """The class at which an agreement is worth just its level; each class above or below it is one step."""

    def steps(self, tables: Tables) -> Ints:
        """Steps above the reference for each word of the vocabulary (number 0, no word: 0)."""
        return tables.once(self, lambda: self.steps_of(tables.vocabulary))

    def steps_of(self, vocabulary: list[str]) -> Ints:
        """Steps above the reference of each of these words, of which the first is no word."""
        steps = [self.classes.get(sound(word), self.unseen) - self.reference for word in vocabulary]
        return np.array([0, *steps[1:]], dtype=np.int64)


def met_by_chance(counts: Mapping[str, int]) -> int:
    """Rarity class at which an agreement is worth just its level, where u was counted on these very names.

    Two children share a word by chance with the sum of its squared shares, and that is what u of a level holds.
    """
    total = sum(counts.values())
    return round(-log2(sum((count / total) ** 2 for count in counts.values()))) if total else 0


def count_words(tables: Iterable[Rows]) -> Counter[str]:
    """How often each word of names occurs (by its sound, so that spellings of one name are counted together)."""
    counts: Counter[str] = Counter()
    for table in tables:
        for column in ("names", "father", "mother"):
            words, times = np.unique(np.ascontiguousarray(table[column]), return_counts=True)
            for word, often in zip(words.tolist(), times.tolist(), strict=True):
                if word:
                    counts[sound(word.decode())] += often
    return counts
