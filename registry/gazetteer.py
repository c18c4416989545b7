"""From raw words to places: which station and which LGD district somebody's spelling means; pure, on one snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from registry.spelling import fold_district, fold_station, nearest

EVERYBODY = "*"
#: From this likeness on a misspelt name is taken for a known one, if no other is as near and the district agrees.
SURE = 0.9
_LEAD = 0.04
_MOST_REMEMBERED = 200_000


class How(StrEnum):
    """How a station was recognised."""

    SPELLING = "spelling"
    """By a spelling that was entered for this participant or for everybody."""
    SAME = "same"
    NEAR = "near"
    """Misspelt, and only one station is near."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Station:
    """A police station of today."""

    id: str
    name: str
    state: int
    folded: str
    police_district: str | None


@dataclass(frozen=True)
class District:
    """A police district (``lgd`` is None) or a civil one of today."""

    id: str
    name: str
    state: int
    folded: str
    lgd: int | None = None


@dataclass(frozen=True)
class Spelling:
    """What somebody writes for an area. ``district`` is folded; empty: whatever the district."""

    participant: str
    what: str
    state: int
    district: str
    folded: str
    target: str


@dataclass(frozen=True)
class Whereabouts:
    """What raw words of a place came to. Absent is unknown: nothing here is a guess between two places."""

    state: int | None = None
    station: str | None = None
    police_district: str | None = None
    civil_district: int | None = None
    """LGD district code."""
    how: How = How.UNKNOWN
    """How the station was recognised."""
    likeness: float = 0.0


@dataclass(frozen=True)
class Suggestion:
    """A station that may be meant, and how like it is written, 0 to 1."""

    station: str
    name: str
    police_district: str | None
    likeness: float


@dataclass(frozen=True)
class Gazetteer:
    """All names of one moment; asking it touches no database."""

    stations: Sequence[Station]
    districts: Sequence[District]
    spellings: Sequence[Spelling]
    lgd_of: Mapping[str, tuple[int, ...]]
    """Police area id -> LGD codes of the districts it lies in."""

    def place_of(
        self,
        participant: str,
        station: str | None,
        district: str | None = None,
        state: int | None = None,
        lgd_district: int | None = None,
    ) -> Whereabouts:
        """Station and LGD district meant by raw words; a police district's name is not taken for an LGD district."""
        words = (participant, station or "", district or "", state or 0, lgd_district or 0)
        known = self._remembered.get(words)
        if known is None:
            known = self._place_of(*words)
            if len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[words] = known
        return known

    def civil_district(self, participant: str, district: str | None, state: int | None) -> int | None:
        """LGD code meant by the name of a civil district."""
        folded = fold_district(district or "")
        entered = self._entered(participant, "district", state or 0, "", folded)
        named = self._district_ids(folded, state or 0) if entered is None else {entered}
        codes = {d.lgd for d in self.districts if d.id in named and d.lgd is not None}
        return next(iter(codes)) if len(codes) == 1 else None

    def suggest(self, station: str, state: int | None = None, district: str | None = None) -> list[Suggestion]:
        """Up to five stations written much like this, those of the district first among equals."""
        folded, wanted = fold_station(station), fold_district(district or "")
        near = dict(nearest(folded, self._by_name(state or 0), at_least=0.7, limit=10, strict=False))
        found = [
            Suggestion(s.id, s.name, s.police_district, round(near[s.folded], 3))
            for name in near
            for s in self._by_name(state or 0)[name]
        ]
        here = self._here(EVERYBODY, state or 0, wanted)
        return sorted(found, key=lambda s: (-s.likeness, s.police_district not in here, s.name))[:5]

    def _place_of(
        self, participant: str, raw_station: str, raw_district: str, state: int, lgd_district: int
    ) -> Whereabouts:
        if not raw_district and not lgd_district:
            raw_station, raw_district = self._parted(participant, raw_station, state)
        station, district = fold_station(raw_station), fold_district(raw_district)
        here = self._here(participant, state, district) or self._within(lgd_district)
        found, how, likeness = self._station(participant, state, station, district, here) if station else _NOBODY
        if found is None:
            return self._by_district(state, here)
        lgd = self._one(self.lgd_of.get(found.id, ()), district, lgd_district)
        return Whereabouts(found.state, found.id, found.police_district, lgd, how, likeness)

    def _parted(self, participant: str, raw_station: str, state: int) -> tuple[str, str]:
        """``KAPASHERA, SOUTH WEST`` in its two parts, if the second names a district."""
        station, comma, district = raw_station.rpartition(",")
        known = comma and station.strip() and self._here(participant, state, fold_district(district))
        return (station, district) if known else (raw_station, "")

    def _within(self, lgd_district: int) -> frozenset[str]:
        civil = frozenset(d.id for d in self.districts if lgd_district and d.lgd == lgd_district)
        return self._police_of(civil) | civil

    def _station(
        self, participant: str, state: int, station: str, district: str, here: frozenset[str]
    ) -> tuple[Station | None, How, float]:
        entered = self._entered(participant, "station", state, district, station)
        if entered is not None and entered in self._by_id:
            return self._by_id[entered], How.SPELLING, 1.0
        same = _only(self._by_name(state).get(station, ()), here)
        if same is not None:
            return same, How.SAME, 1.0
        return self._near(state, station, here)

    def _near(self, state: int, station: str, here: frozenset[str]) -> tuple[Station | None, How, float]:
        if station in self._by_name(state):  # several of that name
            return _NOBODY
        among = defaultdict(list)
        for one in (one for district in here for one in self._by_police_district.get(district, ())):
            among[one.folded].append(one)
        near = nearest(station, among, at_least=0.8, limit=2)
        if not near or near[0][1] < SURE or (len(near) > 1 and near[1][1] > near[0][1] - _LEAD):
            return _NOBODY
        only = among[near[0][0]]
        return (only[0], How.NEAR, round(near[0][1], 3)) if len(only) == 1 else _NOBODY

    def _by_district(self, state: int, here: frozenset[str]) -> Whereabouts:
        police = sorted(area for area in here if area in self._police)
        # A civil district that was named is itself the answer; a police district only if it lies in a single one.
        codes = {d.lgd for d in self.districts if d.id in here and d.lgd is not None}
        codes = codes or {code for area in police for code in self.lgd_of.get(area, ())}
        return Whereabouts(
            state=state or self._state_of(here),
            police_district=police[0] if len(police) == 1 else None,
            civil_district=next(iter(codes)) if len(codes) == 1 else None,
        )

    def _one(self, codes: Sequence[int], district: str, lgd_district: int) -> int | None:
        """The only LGD district, or the one of several that was told, by its code or by its name."""
        named = [code for code in codes if code == lgd_district or self._lgd_name.get(code) == district]
        return codes[0] if len(codes) == 1 else named[0] if len(named) == 1 else None

    def _district_ids(self, district: str, state: int) -> frozenset[str]:
        """Ids of the districts of this name, police and civil; misspelt ones only if one name alone is near."""
        names = self._districts_by_name(state)
        if not district:
            return frozenset()
        if district not in names:
            near = nearest(district, names, at_least=0.86, limit=2)
            if not near or (len(near) > 1 and near[1][1] > near[0][1] - _LEAD):
                return frozenset()
            district = near[0][0]
        return frozenset(d.id for d in names[district])

    def _here(self, participant: str, state: int, district: str) -> frozenset[str]:
        """Ids of the districts that a name means: the police ones, or else the civil ones and the police in them."""
        words = (participant, state, district)
        if words not in self._heres:
            self._heres[words] = self._meant(*words)
        return self._heres[words]

    def _meant(self, participant: str, state: int, district: str) -> frozenset[str]:
        entered = self._entered(participant, "district", state, "", district)
        named = self._district_ids(district, state) if entered is None else frozenset({entered})
        return named & self._police or self._police_of(named) | named

    def _police_of(self, civil: frozenset[str]) -> frozenset[str]:
        """Police districts that lie in one of the civil districts, wholly or in part."""
        codes = {d.lgd for d in self.districts if d.id in civil and d.lgd is not None}
        return frozenset(area for area in self._police if codes.intersection(self.lgd_of.get(area, ())))

    def _entered(self, participant: str, what: str, state: int, district: str, folded: str) -> str | None:
        keys = ((who, what, state, where, folded) for who in (participant, EVERYBODY) for where in (district, ""))
        return next((self._spellings[key] for key in keys if key in self._spellings), None)

    def _state_of(self, here: frozenset[str]) -> int | None:
        states = {d.state for d in self.districts if d.id in here}
        return next(iter(states)) if len(states) == 1 else None

    @cached_property
    def _remembered(self) -> dict[tuple[str, str, str, int, int], Whereabouts]:
        return {}

    @cached_property
    def _heres(self) -> dict[tuple[str, int, str], frozenset[str]]:
        return {}

    @cached_property
    def _by_id(self) -> dict[str, Station]:
        return {station.id: station for station in self.stations}

    @cached_property
    def _by_police_district(self) -> dict[str, list[Station]]:
        found: dict[str, list[Station]] = defaultdict(list)
        for station in self.stations:
            found[station.police_district or ""].append(station)
        return found

    @cached_property
    def _police(self) -> frozenset[str]:
        return frozenset(d.id for d in self.districts if d.lgd is None)

    @cached_property
    def _lgd_name(self) -> dict[int, str]:
        return {d.lgd: d.folded for d in self.districts if d.lgd is not None}

    @cached_property
    def _spellings(self) -> dict[tuple[str, str, int, str, str], str]:
        return {(s.participant, s.what, s.state, s.district, s.folded): s.target for s in self.spellings}

    def _by_name(self, state: int) -> Mapping[str, Sequence[Station]]:
        return self._stations_by_state.get(state, {})

    def _districts_by_name(self, state: int) -> Mapping[str, Sequence[District]]:
        return self._districts_by_state.get(state, {})

    @cached_property
    def _stations_by_state(self) -> dict[int, dict[str, list[Station]]]:
        return _grouped(self.stations)

    @cached_property
    def _districts_by_state(self) -> dict[int, dict[str, list[District]]]:
        return _grouped(self.districts)


_Named = TypeVar("_Named", Station, District)
_NOBODY: tuple[None, How, float] = (None, How.UNKNOWN, 0.0)


def _only(stations: Sequence[Station], here: frozenset[str]) -> Station | None:
    """The one station of that name, or the one of several that lies in the district told."""
    if len(stations) == 1:
        return stations[0]
    inside = [station for station in stations if station.police_district in here]
    return inside[0] if len(inside) == 1 else None


def _grouped(items: Iterable[_Named]) -> dict[int, dict[str, list[_Named]]]:
    """State -> folded name -> items; state 0 holds all of them."""
    grouped: dict[int, dict[str, list[_Named]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        for state in (item.state, 0):
            grouped[state][item.folded].append(item)
    return {state: dict(names) for state, names in grouped.items()}
