"""Field names as words: ``FthrNm``, ``father_name``, ``पिता का नाम`` and ``pita_ka_naam`` all say *father name*."""

import re
import tomllib
from functools import cache
from pathlib import Path

#: The sign of a shortened Hindi word, a zero on most keyboards: ``प्र0सू0रि0``, ``मो॰``.
_SHORTENED = re.compile(r"(?<=[\u0900-\u097F])[0०॰]")
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u0900-\u097F]+|\d+")


@cache
def _vocabulary() -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    data = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    words = {form: tuple(said.split()) for said, forms in data["words"].items() for form in forms.split()}
    return words, frozenset(data["fillers"]["words"].split())


def _spelt(token: str) -> str:
    """One spelling for the many in which Hindi is written with Latin letters: ``Laapataa`` and ``lapata`` are one."""
    for written, said in (("aa", "a"), ("ee", "i"), ("oo", "u"), ("w", "v"), ("sh", "s"), ("chh", "ch"), ("z", "j"),
                          ("kh", "k"), ("ph", "f"), ("q", "k"), ("y", "i"), ("x", "ks")):  # fmt: skip
        token = token.replace(written, said)
    token = re.sub(r"(.)\1", r"\1", token)
    return token.rstrip("a") or token


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Known forms of five letters or more by their one spelling; a spelling of two meanings is left out."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for form, said in _vocabulary()[0].items():
        if form.isascii() and len(form) >= 4:
            found.setdefault(_spelt(form), set()).add(said)
    return {spelling: next(iter(said)) for spelling, said in found.items() if len(said) == 1}


def _bones(form: str) -> str:
    """A form without its vowels, the first letter kept: ``complexion`` -> ``cmplxn``."""
    return form[:1] + re.sub("[aeiou]", "", form[1:])


@cache
def _by_bones() -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for form, said in _vocabulary()[0].items():
        if form.isascii() and len(form) >= 4:
            found.setdefault(_bones(form), set()).add(said)
    return found


@cache
def _shortened(token: str) -> tuple[str, ...] | None:
    """A form written without (all) its vowels, in the plural, or by its beginning, where only one word is meant."""
    if not token.isascii() or len(token) < 3:
        return None
    known = _vocabulary()[0]
    if token.endswith("s") and token[:-1] in known:
        return known[token[:-1]]
    meant = _by_bones().get(_bones(token), set()) if len(_bones(token)) >= 3 else set()
    if not meant and len(token) >= 4:
        meant = {said for form, said in known.items() if len(form) >= 6 and form.startswith(token)}
    return next(iter(meant)) if len(meant) == 1 else None


def words_of(name: str) -> tuple[str, ...]:
    """The field name's words in one vocabulary, fillers left out; what the vocabulary has not stays as it is."""
    known, fillers = _vocabulary()
    found: list[str] = []
    for token in _joined([token.lower() for token in _TOKEN.findall(_SHORTENED.sub("", name))], known):
        for part in _parts(token, known, fillers):
            said = known.get(part) or _spellings().get(_spelt(part)) or _shortened(part) or (part,)
            found += [word for word in said if word not in fillers]
    return tuple(dict.fromkeys(found))


def _joined(tokens: list[str], known: dict[str, tuple[str, ...]]) -> list[str]:
    """Neighbours that are one word of the vocabulary together: ``Up Naam``, ``pet name``, ``mother tongue``."""
    found: list[str] = []
    while tokens:
        size = next((size for size in (3, 2) if "".join(tokens[:size]) in known and len(tokens) >= size), 1)
        found.append("".join(tokens[:size]))
        tokens = tokens[size:]
    return found


def _parts(token: str, known: dict[str, tuple[str, ...]], fillers: frozenset[str]) -> list[str]:
    """A token, or the known words it is glued together from (``fathername``, ``policestation``)."""
    if token in known or token in fillers or len(token) < 5 or token.isdigit():
        return [token]
    return _glued(token, known, fillers) or [token]


def _glued(token: str, known: dict[str, tuple[str, ...]], fillers: frozenset[str]) -> list[str] | None:
    """The split into the fewest known words, each of two letters or more; None if there is none."""
    best: list[list[str] | None] = [[]] + [None] * len(token)
    for end in range(2, len(token) + 1):
        for begin in range(end - 1):
            piece, before = token[begin:end], best[begin]
            if before is None or not (piece in known or (piece in fillers and len(piece) > 1)):
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or []):
                best[end] = [*before, piece]
    return best[-1]
