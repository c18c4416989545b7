"""What the hub's tests share: stores on both databases, a matching core simple to foresee, synthetic records."""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from contracts import Birth, ChildRecord, Event, FieldEvidence, Name, Place, Reference
from contracts.codes import AgeBasis, Gender, RecordKind, Status
from hub.core import Linked, plain_number
from hub.flow import Flow
from hub.index import Store
from hub.index.entry import Entry
from hub.index.matches import Pair
from hub.index.migrations import upgrade
from hub.index.payload import KeyHash
from hub.index.records import Compared
from tests.mailbox import Mailbox, serving

START = datetime.datetime(2026, 1, 10, 9, 0, tzinfo=datetime.UTC)


class WordCore:
    """Three bits for each word that both names share, five off for another gender; positive pairs are proposed."""

    key_hash = staticmethod(KeyHash(b"test").of_text)

    best = 10
    tell_bits = 6.0

    def entry(self, record: ChildRecord) -> Entry:
        return Entry(record, self._found_by(record, _words(record)))

    def prepared(self, entries: Sequence[Entry]) -> list[Entry]:
        return [self._prepared(entry, _words(entry.record)) for entry in entries]

    def _prepared(self, entry: Entry, words: list[str]) -> Entry:
        features = json.dumps([words, entry.record.gender]).encode()
        return replace(entry, features=features, keys={self.key_hash(word) for word in words})

    def _found_by(self, record: ChildRecord, words: Iterable[str]) -> set[int]:
        return self._named([*words, *(plain_number(diary.number) for diary in record.diaries)])

    def _named(self, words: Iterable[str]) -> set[int]:
        return {self.key_hash("s:" + word) for word in words}

    def diary_keys(self, number: str) -> set[int]:
        return self._named([plain_number(number)])

    def name_keys(self, text: str) -> set[int]:
        return self._named(text.lower().split())

    def name_likeness(self, text: str, names: Sequence[str]) -> float:
        asked = set(text.lower().split())
        return max((len(asked & set(name.lower().split())) / len(asked) for name in names), default=0.0)

    def score(self, searched: Sequence[Compared], found: Sequence[Compared]) -> list[Pair]:
        return [pair for one in searched for other in found if (pair := self._pair(one, other)) is not None]

    def link(self, searched: Sequence[Compared], found: Sequence[Compared], most: int) -> Linked:
        pairs = {
            one.row: [pair for pair in self.score([one], found) if self._linked(one, pair, found)] for one in searched
        }
        return Linked(pairs, len(searched) * len(found), 0)

    def _linked(self, searched: Compared, pair: Pair, found: Sequence[Compared]) -> bool:
        return any(one.row == pair.found and one.keys & searched.keys for one in found)

    def _pair(self, searched: Compared, found: Compared) -> Pair | None:
        (words, gender), (others, other_gender) = json.loads(searched.features), json.loads(found.features)
        bits = 3.0 * len(set(words) & set(others)) - (5.0 if gender != other_gender else 0.0)
        if bits <= 0:
            return None
        evidence = (FieldEvidence(field="name", level="words", bits=bits, words="names share words"),)
        return Pair(searched.row, found.row, bits, 1 - 2**-bits, 0.0, evidence, "words-1")


def _words(record: ChildRecord) -> list[str]:
    return sorted({word.lower() for name in record.names for word in name.text.split()})


def make_child(
    source_id: str,
    name: str = "Asha Devi",
    *,
    participant: str = "police-br",
    kind: RecordKind = RecordKind.MISSING,
    status: Status | None = None,
    version: int | str = 1,
    at: datetime.datetime | None = None,
    **more: Any,
) -> ChildRecord:
    """A synthetic record; a higher version is a later word unless ``at`` says otherwise."""
    usual = {
        "gender": Gender.FEMALE,
        "birth": Birth(age_from_months=84, age_to_months=95, basis=AgeBasis.STATED, as_of=datetime.date(2026, 1, 1)),
        "event": Event(on=datetime.date(2026, 1, 2), place=Place(raw="Near the bus stand", state=10, district=188)),
    }
    return ChildRecord(
        ref=Reference(participant=participant, source_id=source_id, version=str(version)),
        kind=kind,
        status=status or (Status.REPORTED if kind is RecordKind.MISSING else Status.IN_CARE),
        recorded_at=at or START + datetime.timedelta(hours=int(version) if str(version).isdigit() else 0),
        names=[Name(text=name)] if name else [],
        **usual | more,
    )


def make_found(source_id: str, name: str = "Asha Devi", *, participant: str = "cci-dl", **more: Any) -> ChildRecord:
    """A found child in care."""
    return make_child(source_id, name, participant=participant, kind=RecordKind.FOUND, **more)


@pytest.fixture(scope="session")
def start() -> datetime.datetime:
    """The moment of a record's version 0."""
    return START


@pytest.fixture(scope="session")
def child() -> Callable[..., ChildRecord]:
    """Makes a synthetic record: ``child("M1", "Asha Devi", version=2)``."""
    return make_child


@pytest.fixture(scope="session")
def found() -> Callable[..., ChildRecord]:
    """Makes a synthetic record of a found child."""
    return make_found


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store; the test runs once on SQLite and once on PostgreSQL."""
    opened = Store.at(database_url, pool_size=4)
    upgrade(opened.engine)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def core() -> WordCore:
    """A matching core simple enough to foresee: see ``WordCore``."""
    return WordCore()


@pytest.fixture
def flow(store: Store) -> Flow:
    return Flow(store, WordCore())


@pytest.fixture
def tell(flow: Flow) -> Callable[..., Any]:
    """Submit records, each message under the next id."""
    numbers = iter(range(10_000))

    def _tell(*records: ChildRecord) -> list[str]:
        reply = flow.receive(records[0].ref.participant, f"message-{next(numbers):05d}", records)
        return [outcome.answer.value for outcome in reply.outcomes]

    return _tell


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on a free port of the loopback."""
    with serving() as box:
        yield box
