"""The port: what the hub asks of every foreign system, on one page for whoever writes an adapter.

An adapter says what its system can do (``capabilities``) and implements those methods; the hub calls no other.
Errors say what to do next: ``Refused`` (somebody must change something), ``Unready`` (try later), ``Skipped`` (set this
record aside and go on). Anything else that escapes is a defect.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adapters.outgoing import OPEN_INTERNET, Outgoing
from contracts import ChildRecord, Notice, Section, SectionRequest, SectionWriting, SectionWritten, Unready
from contracts.live import SearchRequest


class Capability(StrEnum):
    PULL = "pull"
    PUSH = "push"
    FETCH = "fetch"
    STORE = "store"
    SEARCH = "search"
    INVENTORY = "inventory"
    ONE = "one"


@dataclass(frozen=True)
class Words:
    """One record in its owner's own words.

    ``body`` holds plain JSON values only, so that it can be kept as the original beside a reason when it is set aside.
    ``cursor`` is where a later pull may resume *after this one was taken in*; the adapter alone understands it.
    """

    source_id: str
    body: dict[str, Any]
    cursor: str


@dataclass(frozen=True)
class Gap:
    """A row that the source could not give us (it crashed the source): named, so that it is counted and not lost."""

    row: str
    reason: str
    cursor: str


@dataclass(frozen=True)
class Listed:
    """One record in a system's inventory: its id, and version and moment of change as ``translate`` would say them.

    ``place`` tells the lists of a system apart. ``cursor`` is where listing may resume after this one.
    """

    source_id: str
    cursor: str
    place: str = ""
    version: str | None = None
    changed_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """The owner took a notice. ``foreign_id`` is its own id for it, where it gives one."""

    foreign_id: str | None = None
    already_known: bool = False


@dataclass(frozen=True)
class Finds:
    """What an owner's system found: records, and how many more of its rows could not be read as records."""

    records: list[ChildRecord]
    left_out: int = 0


@dataclass(frozen=True)
class Step:
    """One step of ``check``: what was tried, whether it worked, and what to do if not."""

    name: str
    ok: bool
    detail: str = ""
    to_do: str = ""


@dataclass(frozen=True)
class Connection:
    """How to reach one participant's system; the secret is already read from where the registry points."""

    participant: str
    url: str
    secret: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20.0
    outgoing: Outgoing = OPEN_INTERNET
    """What it may lie in besides the open Internet: nothing, unless the hub's settings say so."""
    certificates: tuple[str, ...] = ()
    """The participant's certificates (base64 DER): by one of them its system signs what it answers."""


class Adapter:
    """Base of all adapters; methods not offered by a system stay as they are here."""

    capabilities: frozenset[Capability] = frozenset()
    dedupes: bool = True
    """False where the system would take a notice twice as two: it is asked (``has``) before one is sent again."""

    over_wire: bool = False
    """True if every call goes through ``adapters.rest`` or ``adapters.soap``: then ``fetch`` and ``search`` of many
    systems are under way at once in one thread (``adapters.wire``). False: each takes a thread of its own."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def prepare(self) -> None:
        """Do beforehand what takes long before a first call (reading a WSDL); ``Refused`` where it cannot be done."""
        return

    def check(self) -> list[Step]:
        """Try each thing that must work, in order, and say what to do where one does not."""
        raise NotImplementedError

    def pull(self, cursor: str | None) -> Iterator[Words | Gap]:
        """Yield what changed since ``cursor`` (all, if None) in the owner's words, oldest change first.

        Must be tie-safe: resuming from the cursor of the last item taken in may repeat items and never misses one.
        Raises ``Unready`` when the source is down: what was yielded before stays valid.
        """
        raise self._cannot(Capability.PULL)

    def translate(self, words: Words) -> ChildRecord:
        """Pure: the owner's words as a contract record. Raises ``Skipped`` with field and rule (``adult``)."""
        raise self._cannot(Capability.PULL)

    def inventory(self, cursor: str | None) -> Iterator[Listed | Gap]:
        """Yield every record that the system has now (those behind ``cursor``), without its content, in any order.

        It is read page by page; what changes meanwhile may come twice or not at all: the hub looks again before it
        believes a difference. Raises ``Unready`` when the source is down.
        """
        raise self._cannot(Capability.INVENTORY)

    def count(self) -> int | None:
        """How many records the system says it has; None where it does not say."""
        return None

    def one(self, source_id: str) -> Words | None:
        """One record in the owner's words as it stands now; None where the system has none of that id."""
        raise self._cannot(Capability.ONE)

    def push(self, notice: Notice) -> Receipt:
        """Tell the owner. Must be harmless when told twice (``notice_id`` stays the same), or ``dedupes`` is False."""
        raise self._cannot(Capability.PUSH)

    def rest(self) -> None:
        """Nothing more is asked for now: let go of connections. What is asked later finds new ones."""

    def has(self, notice: Notice) -> bool | None:
        """Whether the owner has this notice, found by its own key; None where the system cannot be asked."""
        return None

    def fetch(self, request: SectionRequest) -> Section:
        """Read one section live from the owner, for the purpose and officer named in the request."""
        raise self._cannot(Capability.FETCH)

    def store(self, writing: SectionWriting) -> SectionWritten:
        """Write some entries of one section at the owner. The same ``write_id`` twice has one effect.

        Raises ``Refused`` (``section_overtaken``) where the owner has another version than the one that was seen.
        """
        raise self._cannot(Capability.STORE)

    def search(self, request: SearchRequest) -> Finds:
        """The owner's own records that fit, found live for the purpose and officer named; nothing of them is kept.

        At most ``request.query.limit`` from ``offset`` on. Raises ``Unready`` (``unexpected_answer``,
        ``unreadable_answer``) where the answer is not what was promised: then nothing of it is used.
        """
        raise self._cannot(Capability.SEARCH)

    def _cannot(self, what: Capability) -> Exception:
        return NotImplementedError(f"{type(self).__name__} does not {what}; see its capabilities")


def now() -> datetime.datetime:
    """The present moment, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC)


__all__ = [
    "Adapter",
    "Capability",
    "Connection",
    "Finds",
    "Gap",
    "Listed",
    "Receipt",
    "Step",
    "Unready",
    "Words",
    "now",
]
