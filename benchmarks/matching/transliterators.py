"""Which transliteration library reads names best: each put under the same folding and key, on the table of variants.

    python -m benchmarks.matching.transliterators

Needs PyICU and indic-transliteration in its environment; what is not installed is left out. The tables of this project
that mend uroman's reading are measured apart, so that the gain of each is seen (docs/decisions/0003).
"""

import itertools
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from hub.matching import names, scripts
from hub.matching.grades import graded
from hub.matching.names import parse
from hub.matching.phonetics import name_keys, word_keys
from hub.matching.scripts import Latin

_TABLE = Path(__file__).parents[2] / "tests" / "hub" / "matching" / "name_variants.txt"
Reader = Callable[[str], Latin]


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c for c in bare.lower() if "a" <= c <= "z")


def _readers() -> Iterator[tuple[str, Reader]]:
    mended = scripts.latin.__wrapped__
    yield "uroman with this project's tables", mended
    yield "uroman alone", lambda word: Latin(_plain(scripts._romanised(word)), indic=not word.isascii())
    try:
        import icu

        any_latin = icu.Transliterator.createInstance("Any-Latin")
        yield "PyICU Any-Latin", lambda word: Latin(_plain(any_latin.transliterate(word)), indic=not word.isascii())
    except ImportError:
        pass
    try:
        from indic_transliteration import sanscript

        def indic(word: str) -> Latin:
            script = {"Deva": "devanagari", "Beng": "bengali", "Guru": "gurmukhi", "Gujr": "gujarati", "Orya": "oriya"}
            script |= {"Taml": "tamil", "Telu": "telugu", "Knda": "kannada", "Mlym": "malayalam"}
            known = script.get(scripts._script(word) or "")
            return Latin(_plain(sanscript.transliterate(word, known, "iast") if known else word), indic=bool(known))

        yield "indic-transliteration", indic
    except ImportError:
        pass


def main() -> None:
    """Print recall and wrong groupings of key and grades, and the time for a word not seen before."""
    groups = [
        [one.strip() for one in line.split("|")]
        for line in _TABLE.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    scripts.latin("राम")  # loads uroman
    print("| | shared key: found | wrongly grouped | alike or better: found | us a word |\n|---|---|---|---|---|")
    for name, reader in _readers():
        names.latin = reader  # type: ignore[assignment]
        for cached in (names.fold, names.parse, names.sound, names.skeleton, word_keys):
            cached.cache_clear()  # type: ignore[attr-defined]
        foreign = [one for group in groups for one in group if not one.isascii()]
        start = time.perf_counter()
        for one in foreign:
            reader(one)
        each = (time.perf_counter() - start) / len(foreign) * 1e6
        print(f"| {name} | {_measured(groups)} | {each:.0f} |", flush=True)


def _measured(groups: list[list[str]]) -> str:
    within = [pair for group in groups for pair in itertools.combinations(group, 2)]
    keys = {one: name_keys(one) for group in groups for one in group}
    found = np.mean([not keys[a].isdisjoint(keys[b]) for a, b in within])
    firsts = [(number, one) for number, group in enumerate(groups) for one in group]
    dice = np.random.default_rng(0)
    drawn = dice.integers(0, len(firsts), (300_000, 2))
    apart = [(firsts[a][1], firsts[b][1]) for a, b in drawn if firsts[a][0] != firsts[b][0]]
    wrong = np.mean([not keys[a].isdisjoint(keys[b]) for a, b in apart])
    words = {one: parse(one).words for group in groups for one in group}
    alike = np.mean([_alike(words[a], words[b]) for a, b in within])
    return f"{found:.3f} | {wrong:.5f} | {alike:.3f}"


def _alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return bool(left and right) and (not set(left).isdisjoint(right) or bool(graded(left, right).any()))


if __name__ == "__main__":
    main()
