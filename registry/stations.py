"""Police stations by the words people use for them: recognised, suggested, and taught new spellings."""

import datetime
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select

from contracts import AreaKind, Problem, Refused
from registry.areas import Areas
from registry.gazetteer import Gazetteer, Suggestion, Whereabouts
from registry.snapshot import load
from registry.spans import today
from registry.spelling import fold_district, fold_station
from registry.store import Store, revision, touch, upsert
from registry.tables import spellings as table

_CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class TaughtSpelling:
    """An entry of the table of spellings. ``district`` is folded; empty: whatever the district."""

    participant: str
    what: str
    state: int
    district: str
    raw: str
    target: str


class Stations:
    """Answers from a snapshot in memory; a change, also one by another process, is seen within five seconds."""

    def __init__(self, store: Store, areas: Areas) -> None:
        self._store, self._areas = store, areas
        self._lock = threading.Lock()
        self._held: tuple[int, datetime.date, Gazetteer] | None = None
        self._look_again = 0.0

    def place_of(
        self,
        participant: str,
        raw_station: str | None,
        raw_district: str | None = None,
        state: int | None = None,
        lgd_district: int | None = None,
    ) -> Whereabouts:
        """Station and LGD district meant by a participant's raw words, within the state (LGD code) if it is known.

        Where the district was not told in words, ``lgd_district`` may stand for it, or ``raw_station`` may be written
        ``KAPASHERA, SOUTH WEST``. Never raises and never guesses between two places: what is not certain stays absent.
        Microseconds when asked again for the same words.
        """
        return self.gazetteer().place_of(participant, raw_station, raw_district, state, lgd_district)

    def suggest(self, raw_station: str, state: int | None = None, raw_district: str | None = None) -> list[Suggestion]:
        """Up to five stations that may be meant, best first: what a person chooses from before teaching a spelling."""
        return self.gazetteer().suggest(raw_station, state, raw_district)

    def civil_district(self, participant: str, raw_district: str | None, state: int | None) -> int | None:
        """LGD code of the district meant by a name that is known to be a civil district's (an address, a panchayat)."""
        return self.gazetteer().civil_district(participant, raw_district, state)

    def teach(self, participant: str, raw_station: str, station: str, raw_district: str | None = None) -> None:
        """From now on this participant's spelling means that station; ``*`` teaches it for everybody.

        With ``raw_district`` only beside that district. Raises ``Refused`` (``unknown_area``, ``bad_spelling``).
        """
        kinds = {AreaKind.POLICE_STATION}
        self._teach(
            participant, "station", raw_station, station, kinds, fold_station, fold_district(raw_district or "")
        )

    def teach_district(self, participant: str, raw_district: str, district: str) -> None:
        """From now on this participant's spelling means that police or civil district (its area id)."""
        kinds = {AreaKind.POLICE_DISTRICT, AreaKind.DISTRICT}
        self._teach(participant, "district", raw_district, district, kinds, fold_district, "")

    def forget(self, participant: str, raw_station: str, state: int) -> bool:
        """Take back a spelling of a station; true if it was there."""
        held = (table.c.participant == participant) & (table.c.what == "station") & (table.c.state == state)
        with self._store.writing() as connection:
            gone = connection.execute(delete(table).where(held, table.c.folded == fold_station(raw_station))).rowcount
            touch(connection)
        self._look_again = 0.0
        return gone > 0

    def spellings(self, participant: str | None = None) -> list[TaughtSpelling]:
        """All entries, or those of one participant."""
        query = select(*(c for c in table.c if c.name != "folded")).order_by(*table.primary_key)
        if participant is not None:
            query = query.where(table.c.participant == participant)
        with self._store.reading() as connection:
            return [TaughtSpelling(**row._mapping) for row in connection.execute(query)]

    def gazetteer(self) -> Gazetteer:
        """The snapshot, renewed if the directory changed (looked up at most every five seconds) or the day did."""
        held = self._held
        if held is not None and time.monotonic() < self._look_again:
            return held[2]
        with self._lock, self._store.reading() as connection:
            current = (revision(connection), today())
            if self._held is None or self._held[:2] != current:
                self._held = (*current, load(connection, current[1]))
            self._look_again = time.monotonic() + _CHECK_SECONDS
            return self._held[2]

    def _teach(
        self,
        participant: str,
        what: str,
        raw: str,
        target: str,
        kinds: set[AreaKind],
        fold: Callable[[str], str],
        district: str,
    ) -> None:
        area = self._areas.require(target)
        if area.kind not in kinds or not raw.strip():
            words = f"Give what was written and the id of a {' or '.join(sorted(kinds))}."
            raise Refused("bad_spelling", words, [Problem(field="target", rule="wrong_area_kind", message=words)])
        entry = {"participant": participant, "what": what, "state": self._areas.state_of(target), "district": district}
        with self._store.writing() as connection:
            upsert(connection, table, [{**entry, "folded": fold(raw), "raw": raw.strip()[:200], "target": target}])
            touch(connection)
        self._look_again = 0.0
