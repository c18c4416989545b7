"""What changed at a system between two moments: the owner's own pages, begun at one and left at the other.

The cursor holds the span, where reading stands in it and how much was read, so that whoever saves the cursor with a
batch saves all of it: a reading that was killed goes on behind the last batch that was taken in.
"""

import datetime
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from adapters.base import Adapter, Gap, Words
from adapters.by_manifest import ByManifest
from adapters.mapping.compile import dig
from adapters.mapping.dates import date_in, moment_in
from adapters.mapping.manifest import PullList, Since
from contracts import ChildRecord, Refused

Moment = datetime.datetime


@dataclass(frozen=True)
class Reached:
    """Where a reading stands: the owner's cursor, rows read, and the share of the span that lies behind."""

    at: str | None = None
    read: int = 0
    share: float = 0.0


class Span(Adapter):
    """``begin`` to ``end`` (not included), aware. ``go_on`` is called now and then; its ``Unready`` ends the reading.

    Raises ``Refused`` (``no_dates``) where a list of the system is not asked for by time of change.
    """

    def __init__(
        self,
        inner: ByManifest,
        begin: Moment,
        end: Moment,
        *,
        go_on: Callable[[], None] = lambda: None,
        every: int = 500,
        per_second: float | None = None,
    ) -> None:
        super().__init__(inner.connection)
        if inner.manifest.pull is None or type(inner).pull is not ByManifest.pull:
            raise Refused("no_dates", "this system's lists are not asked for by date; port or pull it whole")
        self._inner, self._begin, self._end = inner, begin, end
        self._go_on, self._every = go_on, every
        self._lists = {source.name: (number, _since(source)) for number, source in enumerate(inner.manifest.pull.lists)}
        self._zone = inner.manifest.adapter.timezone
        self.reached = Reached()
        inner.leaves = self._leaves
        inner.before_page = Pace(per_second).wait

    def pull(self, cursor: str | None) -> Iterator[Words | Gap]:
        """From the cursor of an earlier reading of the same span, else from its beginning."""
        self.reached = reached(cursor)
        self._go_on()
        for item in self._inner.pull(self.reached.at or self._first()):
            if self.reached.read % self._every == 0:
                self._go_on()
            changed = self._changed(item)
            if changed is not None and not self._begin <= changed < self._end:
                continue
            self.reached = Reached(item.cursor, self.reached.read + 1, self._share(item, changed))
            yield self._with_span(item)

    def translate(self, words: Words) -> ChildRecord:
        return self._inner.translate(words)

    def _first(self) -> str | None:
        """The owner's cursor at the beginning of the span; saved files are read whole."""
        if self._inner.connection.url.startswith("file:"):
            return None
        return json.dumps({name: _said(since, self._begin, self._zone) for name, (_, since) in self._lists.items()})

    def _changed(self, item: Words | Gap) -> Moment | None:
        if isinstance(item, Gap):
            return None
        return _change(self._lists[str(item.body["@list"])][1], item.body, self._zone)

    def _leaves(self, source: PullList, row: dict[str, Any]) -> bool:
        """Whether a list in order of change has come to the end of the span."""
        changed = _change(self._lists[source.name][1], row, self._zone)
        return source.order == "oldest_first" and changed is not None and changed >= self._end

    def _share(self, item: Words | Gap, changed: Moment | None) -> float:
        if changed is None or isinstance(item, Gap):
            return self.reached.share
        number = self._lists[str(item.body["@list"])][0]
        return (number + (changed - self._begin) / (self._end - self._begin)) / len(self._lists)

    def _with_span(self, item: Words | Gap) -> Words | Gap:
        cursor = json.dumps({"at": item.cursor, "read": self.reached.read, "share": round(self.reached.share, 6)})
        if isinstance(item, Gap):
            return Gap(item.row, item.reason, cursor)
        return Words(item.source_id, item.body, cursor)


def reached(cursor: str | None) -> Reached:
    """What a cursor of a ``Span`` says."""
    return Reached(**json.loads(cursor)) if cursor else Reached()


class Pace:
    """At most so many pages a second: ``wait`` is called before each."""

    def __init__(self, per_second: float | None) -> None:
        self._apart, self._next = (1 / per_second if per_second else 0.0), 0.0

    def wait(self) -> None:
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._apart


def _since(source: PullList) -> Since:
    if source.since is None or source.since.kind not in ("date", "datetime"):
        raise Refused("no_dates", f"list {source.name} is not asked for by date; port or pull the system whole")
    return source.since


def _said(since: Since, moment: Moment, zone: str) -> str:
    """A moment as the source says moments."""
    local = moment.astimezone(ZoneInfo(zone))
    if since.format:
        return local.strftime(since.format)
    return local.date().isoformat() if since.kind == "date" else local.isoformat()


def _change(since: Since, row: dict[str, Any], zone: str) -> Moment | None:
    """When a row changed; None where it does not say so readably: then it is taken in, since nothing is proven."""
    said = dig(row, since.field.split("."))
    try:
        if since.kind == "date":
            return moment_in(date_in(str(said), since.format).isoformat(), zone)
        return moment_in(str(said), zone, since.format)
    except (ValueError, OverflowError):
        return None
