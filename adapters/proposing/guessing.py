"""Which field of a row says what of the child: by its name's words, its values' shape, and one field to one meaning."""

import math
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from adapters.proposing import shapes
from adapters.proposing.described import Seen
from adapters.proposing.wording import words_of

#: A meaning below this is not proposed: the field is named as unmapped instead.
LEAST = 0.62
_SERIAL = 0.05
#: Words that a list's fields may carry because the whole list is about them; they count little.
_LIGHT = {"missing", "found", "incident", "admitted", "english", "full", "present", "created", "approximate"}
#: Fields that may have the same meaning: several give one line together, or one after the other.
_SHARED = {"other", "phone", "officer", "informant", "photo"}


class Concept(BaseModel):
    """One meaning a field may have (``concepts.toml``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    says: list[str]
    against: list[str] = Field(default=[], alias="not")
    as_: str = Field(default="text", alias="as")
    table: str | None = None
    shape: str = ""
    kept: bool = True
    why: str = ""


@dataclass(frozen=True)
class Guess:
    """A field, what it is taken to mean, and how sure (about 1 is certain; values that fit add a little)."""

    seen: Seen
    concept: str
    sure: float


@cache
def concepts() -> dict[str, Concept]:
    """Every meaning, by name."""
    data = tomllib.loads((Path(__file__).parent / "concepts.toml").read_text(encoding="utf-8"))
    return {name: Concept.model_validate(said) for name, said in data.items()}


@cache
def _phrases() -> dict[str, list[frozenset[str]]]:
    return {name: [frozenset(phrase.split()) for phrase in said.says] for name, said in concepts().items()}


@cache
def _weights() -> dict[str, float]:
    """How much a word tells: one that many meanings share (name, date) tells less than one of a single meaning."""
    among = Counter(word for phrases in _phrases().values() for word in frozenset().union(*phrases))
    most = len(_phrases())
    return {word: 0.5 if word in _LIGHT else math.log(1 + most / count) for word, count in among.items()}


def guesses(fields: tuple[Seen, ...]) -> list[Guess]:
    """The best meaning of each field that has one, no meaning twice; surest pairs are settled first."""
    pairs = sorted((guess for seen in fields for guess in _meanings(seen)), key=lambda guess: -guess.sure)
    settled: dict[str, Guess] = {}
    taken: set[str] = set()
    for guess in pairs:
        if guess.seen.path not in settled and (guess.concept not in taken or guess.concept in _SHARED):
            settled[guess.seen.path] = guess
            taken.add(guess.concept)
    return _at_home([settled[seen.path] for seen in fields if seen.path in settled])


_HOMES = {"event.district": "home.district.name", "event.state": "home.state.name"}


def _at_home(found: list[Guess]) -> list[Guess]:
    """A bare district or state belongs to the place named before it: behind a village or address the home's."""
    taken, place, told = {guess.concept for guess in found}, "", []
    for guess in found:
        home = _HOMES.get(guess.concept)
        if home and place == "home" and home not in taken and set(words_of(guess.seen.words)) <= _BARE:
            guess = replace(guess, concept=home)
        elif guess.concept.split(".")[0] in ("home", "event") and guess.concept not in ("event.on", "event.at"):
            place = guess.concept.split(".")[0]
        told.append(guess)
    return told


_BARE = {"district", "state", "name", "from"}


def _meanings(seen: Seen) -> list[Guess]:
    """What the field may mean, best first; the path's last step speaks first, its title and the whole path after it."""
    found: dict[str, float] = {}
    for weight, text in _readings(seen):
        words = frozenset(words_of(text))
        for name in concepts() if words else ():
            found[name] = max(found.get(name, 0.0), weight * _by_words(name, words))
    judged = {name: sure + _by_values(name, seen) for name, sure in found.items() if sure > 0}
    if "id" in judged and "serial" in words_of(seen.words):
        judged["id"] -= _SERIAL  # a line's number on its page, if there is a better one
    away = shapes.given_away(seen.values)
    if away and max(judged.values(), default=0.0) < LEAST:
        judged[away] = LEAST + 0.01
    return [Guess(seen, name, round(sure, 3)) for name, sure in judged.items() if sure >= LEAST]


#: Words of a container that say whose its fields are: ``father.name`` is no name of the child.
_OWNERS = {"father", "mother", "guardian", "spouse", "parent", "informant", "officer", "institution", "police", "home",
           "birth", "fir", "diary", "hair", "upper", "lower", "photo", "relation",
           "place", "state", "district"}  # fmt: skip


def _readings(seen: Seen) -> list[tuple[float, str]]:
    """How a field's name may be read, each with its weight: the whole path, and its last step or title alone."""
    container, last = seen.container, seen.last
    whole = (0.97 if container else 1.0, seen.path.replace(".", " "))
    if set(words_of(container.replace(".", " "))) & _OWNERS:
        return [(1.0, whole[1])]
    return [whole, (0.95 if seen.title else 1.0, last), (1.0, seen.title)]


def _by_words(name: str, words: frozenset[str]) -> float:
    """How well the best phrase covers the words: 1 where they are the same, 0 where one of the phrase is missing."""
    if words & set(concepts()[name].against):
        return 0.0
    return max((_overlap(phrase, words) for phrase in _phrases()[name] if phrase <= words), default=0.0)


def _overlap(phrase: frozenset[str], words: frozenset[str]) -> float:
    weights = _weights()
    both = sum(weights.get(word, 1.0) for word in phrase)
    # A word that no meaning has (a house style's prefix) says less against the phrase than one that is another's.
    all_words = sum(weights.get(word, 0.5) for word in words if not word.isdigit())
    return 2 * both / (both + max(all_words, both))


def _by_values(name: str, seen: Seen) -> float:
    """What the values add: a little where they fit, a veto where they do not."""
    concept = concepts()[name]
    if concept.table:
        fit = shapes.table_share(concept.table, seen.values)
        return 0.0 if fit is None else 0.05 * fit  # a table that lacks their words is mended, not a reason against
    fit = shapes.share(concept.shape, seen.values)
    if fit is None:
        return 0.0
    if concept.shape == "status":
        return 0.05 * fit
    return -1.0 if fit < 0.5 else 0.1 * fit
