"""Code tables: a source's word to the contract's code, whatever its case and spacing."""

import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

Code = str | int


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """The form in which words are compared: case, spaces, hyphens and underscores do not count; a full stop at the
    end neither. ``+`` and a trailing ``-`` stay, for blood groups.

    >>> folded(" T-Shirt ") == folded("t shirt")
    True
    """
    word = unicodedata.normalize("NFC", word).casefold().strip().rstrip(".")
    tail = "-" if word.endswith("-") else ""
    return word.replace("-", "").replace("_", "").replace(" ", "").replace("\u00a0", "") + tail


@cache
def packaged() -> MappingProxyType[str, dict[str, Code]]:
    """The tables of ``codes.toml`` as they are written there."""
    return MappingProxyType(tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8")))


def table(name: str, own: dict[str, dict[str, Code]]) -> dict[str, Code] | None:
    """The table ``name``, folded: what comes with the package and the manifest's own, which wins; None if unknown."""
    if name not in own and name not in packaged():
        return None
    both = {**packaged().get(name, {}), **own.get(name, {})}
    # Folded after joining, own last, so that the manifest's "OTHER" wins over the package's "Other".
    return {folded(word): code for word, code in both.items()}
