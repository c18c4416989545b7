"""A history that was saved somewhere: taken in from files and archives, each with a checkpoint of its own.

A source is known by its path: a port that was ended in the middle, by whatever, goes on behind the last batch that was
taken in, and a source taken in whole brings nothing when it is named again. What could not be read, and which stations
the directory does not know, is told in a report.
"""

import csv
import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters import archives
from contracts import Refused
from contracts.cells import safe
from hub.index import Store
from hub.pulling import Batch, cursor_name
from registry.gazetteer import Suggestion
from registry.stations import Stations

#: Different spellings that are counted; a column with more of them is no list of stations.
_MOST_SPELLINGS = 20_000


@dataclass(frozen=True)
class UnknownStation:
    """A station as it was written, that the directory does not know: how often, and which ones may be meant."""

    written: str
    state: int | None
    times: int
    suggestions: list[Suggestion]


@dataclass
class Seen:
    """What a port met: stations as they were written, with their State (LGD code)."""

    participant: str
    stations: Counter[tuple[str, int | None]] = field(default_factory=Counter)

    def batch(self, batch: Batch) -> None:
        """Count the stations of one batch."""
        for record in batch.records:
            state = record.event.place.state if record.event.place else None
            for diary in record.diaries:
                said = (diary.station_raw or "", state)
                if diary.station_raw and (said in self.stations or len(self.stations) < _MOST_SPELLINGS):
                    self.stations[said] += 1

    def unknown(self, stations: Stations) -> list[UnknownStation]:
        """Those that the directory does not know, most frequent first, each with what may be meant."""
        return [
            UnknownStation(written, state, times, stations.suggest(written, state))
            for (written, state), times in self.stations.most_common()
            if stations.place_of(self.participant, written, None, state).station is None
        ]


def checkpoint(participant: str, source: Path) -> str:
    """The name under which the cursor of one source is kept."""
    return cursor_name("port", f"{participant} {source.resolve()}")


def sources(named: Sequence[Path]) -> list[Path]:
    """What is named, behind each folder the archives in it. ``Refused`` (``no_such_source``) where one is missing."""
    found: list[Path] = []
    for one in named:
        if not one.exists():
            raise Refused("no_such_source", "A file or folder that was named is not there. Check the path.")
        inner = sorted(path for path in one.rglob("*") if archives.is_archive(path)) if one.is_dir() else []
        found += [one.resolve(), *(path.resolve() for path in inner)]
    return list(dict.fromkeys(found))


def write_rejects(store: Store, participant: str, path: Path) -> int:
    """What ports laid aside and is not mended yet, as a CSV: file and row, id, rule and field; how many.

    No word of a row stands in it; the row itself is in the list of what is set aside.
    """
    number = 0
    with store.read() as work, path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["row", "id", "reason", "field", "rule", "what to do"])
        for laid in work.aside.of_ports(participant):
            number += 1
            place = laid["original"].get("@place") or laid["original"].get("row", "")
            cells = (place, laid["source_id"], laid["reason"], laid["field"], laid["rule"], laid["message"])
            rows.writerow([safe(str(cell)) for cell in cells])
    return number


@contextmanager
def much_at_once() -> Iterator[None]:
    """While millions of short-lived objects pass, the collector of cycles looks seldom: it took half of the time."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
