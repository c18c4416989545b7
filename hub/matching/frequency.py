"""How common the words of names are, so that a shared rare name weighs more than a shared common one."""

from dataclasses import dataclass, field

import numpy as np

from hub.matching.columns import Ints, Tables
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
        return tables.once(self, lambda: self._steps(tables.vocabulary))

    def _steps(self, vocabulary: list[str]) -> Ints:
        steps = [self.classes.get(sound(word), self.unseen) - self.reference for word in vocabulary]
        return np.array([0, *steps[1:]], dtype=np.int64)
