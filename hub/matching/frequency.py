"""How common the words of names are, so that a shared rare name weighs more than a shared common one."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hub.matching.names import sound


@dataclass(frozen=True, eq=False)
class Frequency:
    """How common words of names are. A rarity class n means: about one in 2**n names has the word."""

    classes: dict[str, int] = field(default_factory=dict)
    unseen: int = 13
    reference: int = 9
    """The class at which an agreement is worth just its level; each class above or below it is one step."""

    def above_reference(self, vocabulary: list[str]) -> npt.NDArray[np.int64]:
        """Steps above the reference for each word of a vocabulary (number 0, no word: 0)."""
        steps = [self.classes.get(sound(w), self.unseen) - self.reference for w in vocabulary]
        return np.array([0, *steps[1:]], dtype=np.int64)
