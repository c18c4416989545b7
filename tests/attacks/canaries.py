"""A thousand words of children who never were, and the search for them in whatever a hub lets out."""

import html
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from tests.hub.doors.messages import RECORD

CHILDREN = 200
#: Nobody is called so, and no word of a program begins so.
MARK, MARK_HINDI = "zqx", "ढ्झ्क्ञ"
ENDS = ["ka", "ra", "ni", "mo", "la", "tu", "be", "di", "sha", "pur", "vi", "go"]
_ENDS_HINDI = ["का", "रा", "नी", "मो", "ला", "तू", "बे", "दि", "शा", "पुर", "वि", "गो"]


@dataclass(frozen=True)
class Canary:
    """One child who never was, by five words that occur nowhere else."""

    number: int
    name: str
    parent: str
    address: str
    phone: str
    mark: str

    @property
    def words(self) -> tuple[str, ...]:
        return self.name, self.parent, self.address, self.phone, self.mark

    @property
    def record(self) -> dict[str, Any]:
        """As police-br tells it."""
        return RECORD | {
            "ref": {"participant": "police-br", "source_id": f"C-{self.number}"},
            "names": [{"text": self.name}],
            "relatives": [{"relation": "father", "names": [{"text": self.parent}]}],
            "marks": [{"kind": "mole", "body_part": "cheek", "side": "left", "raw": self.mark}],
            "event": {"on": "2019-02-27", "place": {"raw": f"{self.address}, telephone {self.phone}", "state": 10}},
            "diaries": [],
        }

    @property
    def row(self) -> dict[str, str]:
        """As an owner's own system tells it (tests/hub/asking/owners.py)."""
        told = {"no": f"R-{self.number}", "name": self.name, "sex": "F", "missing_on": "2026-03-01"}
        return told | {"changed": "2026-03-02T10:00:00+05:30", "place": f"{self.address} {self.phone} {self.mark}"}

    def broken_rows(self) -> Iterator[dict[str, str]]:
        """The same row with a word where it does not belong, one field after another."""
        for field in ("no", "sex", "missing_on", "changed", "fir", "station"):
            yield self.row | {"no": f"{field}-{self.number}"} | {field: f"{self.parent} {self.phone}"}
        yield {key: said for key, said in self.row.items() if key != "no"}
        yield self.row | {"no": f"long-{self.number}", "name": self.name * 400}
        yield {self.name: self.parent}


def made(seed: int = 5) -> list[Canary]:
    """All of them, always the same; every fifth has a name in Devanagari."""
    dice = random.Random(seed)
    taken: set[str] = set()

    def word(mark: str = MARK, ends: list[str] = ENDS) -> str:
        while (said := (mark + "".join(dice.choices(ends, k=5))).capitalize()) in taken:
            pass
        taken.add(said)
        return said

    def phone() -> str:
        while (said := f"000{dice.randrange(10**9):09}") in taken:  # no telephone in India begins so
            pass
        taken.add(said)
        return said

    return [
        Canary(n, word(MARK_HINDI, _ENDS_HINDI) if n % 5 == 0 else word(), word(), word(), phone(), word())
        for n in range(CHILDREN)
    ]


CANARIES = made()
WORDS = [word for canary in CANARIES for word in canary.words]


def _ways(word: str) -> set[str]:
    """How a word may stand in a log, an address or a page."""
    ways = {word, json.dumps(word)[1:-1], quote(word), html.escape(word), ascii(word)[1:-1], repr(word.encode())[2:-1]}
    return {way.lower() for way in ways}


_WAYS = [(word, way) for word in WORDS for way in _ways(word)]
#: Even a piece of a word has its beginning.
_BEGINNINGS = {way for mark in (MARK, MARK_HINDI) for way in _ways(mark)}


def found_in(said: str) -> list[str]:
    """The canaries in a text, however written, whole or cut; empty if there are none."""
    low = unquote(said).lower() + "\n" + said.lower()
    whole = sorted({word for word, way in _WAYS if way in low})
    return whole or [beginning for beginning in _BEGINNINGS if beginning in low]


_VALUE = re.compile(r'\svalue="[^"]*"|<textarea.*?</textarea>', re.DOTALL)
_ADDRESS = re.compile(r'\b(?:href|src|action|formaction|content|(?:data-)?(?:hx|sse)-[a-z-]+)="([^"]*)"')


def without_fields(page: str) -> str:
    """A page without what stands in the fields of its forms: who typed it is given it back to mend."""
    return _VALUE.sub("", page)


def addresses_of(page: str) -> str:
    """Every address that a page holds, and whatever its scripts are told."""
    return "\n".join(html.unescape(one) for one in _ADDRESS.findall(page))
