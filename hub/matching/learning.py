"""Learning the model: rarity by counting, m and u from unlabelled pairs by EM, then from people's decisions."""

from collections import Counter
from collections.abc import Iterable

from hub.matching.columns import Rows
from hub.matching.names import sound


def count_words(tables: Iterable[Rows]) -> Counter[str]:
    """How often each word of names occurs (by its sound, so that spellings of one name are counted together)."""
    counts: Counter[str] = Counter()
    for table in tables:
        for column in ("names", "father", "mother"):
            counts.update(sound(word.decode()) for word in table[column].ravel().tolist() if word)
    return counts
