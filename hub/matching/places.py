"""Places by hierarchy of LGD codes first, then by distance between points, districts or states."""

from collections.abc import Iterable, Mapping
from math import atan2, degrees, hypot, sin

import numpy as np

from hub.matching.columns import Ints, Pairs, Rows, Tables, Truths
from hub.matching.features import EARTH, position
from hub.matching.reached import Reached, any_of, by_value, first_that_holds, where_told

NONE, STATE, DISTRICT, POINT = 0, 1, 2, 3


class Centroids:
    """Middle points of states and districts by LGD code; where a district has none, its state's stands in, coarsely."""

    def __init__(
        self,
        states: Mapping[int, tuple[float, float]],
        districts: Mapping[int, tuple[float, float]] | None = None,
    ) -> None:
        self.states, self.districts = dict(states), dict(districts or {})
        self._states, self._districts = _table(self.states), _table(self.districts)

    def of_states(self, codes: Ints) -> Ints:
        found: Ints = self._states[np.clip(codes, 0, len(self._states) - 1)]
        return found

    def of_districts(self, codes: Ints) -> Ints:
        found: Ints = self._districts[np.where(codes < len(self._districts), codes, 0)]
        return found


def district_points(tables: Iterable[Rows], least: int = 5) -> dict[int, tuple[float, float]]:
    """Middle points of districts, LGD code to (latitude, longitude), where so many places of records tell a point.

    The median in each direction: a point that was typed wrong does not move it.
    """
    told = [table[which] for table in tables for which in ("event", "home")]
    told = [slot[(slot["district"] > 0) & (slot["x"] != 0)] for slot in told]
    code = np.concatenate([slot["district"] for slot in told]) if told else np.zeros(0, dtype=np.int64)
    at = np.concatenate([np.stack([slot[axis] for axis in "xyz"], axis=1) for slot in told]) if told else code
    found = {}
    for district in np.unique(code).tolist():
        points = at[code == district]
        if len(points) >= least:
            x, y, z = np.median(points, axis=0).tolist()
            found[district] = (round(degrees(atan2(z, hypot(x, y))), 3), round(degrees(atan2(y, x)), 3))
    return found


def _table(points: Mapping[int, tuple[float, float]]) -> Ints:
    table = np.zeros((max(points, default=0) + 2, 3), dtype=np.int64)
    for code, (latitude, longitude) in points.items():
        table[code] = position(latitude, longitude)
    return table


def within(km: int) -> int:
    """Square of the chord, in (100 m)**2, that spans an arc of so many kilometres."""
    return round((2 * EARTH * sin(km * 10 / (2 * EARTH))) ** 2)


#: How many levels ``place`` has.
LEVELS = 8
LOCALITIES = ("village", "station", "pin", "sub_district")


def place(which: str, pairs: Pairs, centroids: Centroids) -> Reached:
    """Levels: locality; district; state where one tells no more; within 60 km; 200 km; state; 800 km; further."""
    return by_value(pairs, which, lambda some: _by_row(which, some, centroids))


def _by_row(which: str, pairs: Pairs, centroids: Centroids) -> Reached:
    both = pairs.tables.once((which, "told"), lambda: told(pairs.tables, which))
    return where_told(pairs, both, lambda some: _place_told(which, some, centroids))


def told(tables: Tables, which: str) -> tuple[Truths, Truths]:
    columns = [tables.column(which, part) for part in ("state", "district", "x", "y", *LOCALITIES)]
    left, right = (np.logical_or.reduce([column[side] != 0 for column in columns]) for side in (0, 1))
    return left, right


def finer(tables: Tables, which: str) -> tuple[Truths, Truths]:
    """Whether the rows of either table tell more of a place than its state."""
    columns = [tables.column(which, part) for part in ("district", "x", "y", *LOCALITIES)]
    left, right = (np.logical_or.reduce([column[side] != 0 for column in columns]) for side in (0, 1))
    return left, right


def _place_told(which: str, pairs: Pairs, centroids: Centroids) -> Reached:
    located = pairs.tables.once((which, centroids), lambda: _located(pairs.tables, which, centroids))
    at = [pairs.gathered((located[0][axis], located[1][axis])) for axis in range(4)]
    apart = sum(((left - right) ** 2 for left, right in at[:3]), np.zeros(len(pairs), dtype=np.int64))
    precise = np.minimum(*at[3])
    here, district, state = (_same(pairs, which, parts) for parts in (LOCALITIES, ("district",), ("state",)))
    fine = precise >= DISTRICT
    vague = np.minimum(*pairs.gathered(pairs.tables.once((which, "finer"), lambda: finer(pairs.tables, which)))) == 0
    tests = [
        here,
        district | (fine & (precise == POINT) & (apart <= within(10))),
        state & vague,
        fine & (apart <= within(60)),
        fine & (apart <= within(200)),
        state,
        apart <= within(800),
        np.ones(len(pairs), dtype=bool),
    ]
    return Reached(first_that_holds((precise > NONE) | here | district | state, tests))


def _same(pairs: Pairs, which: str, parts: tuple[str, ...]) -> Truths:
    """Whether any of these codes is told by both and equal."""
    same = np.zeros(len(pairs), dtype=bool)
    for part in parts:
        left, right = pairs.tables.column(which, part)
        if pairs.tables.once((which, part, "used"), lambda: bool(left.any() and right.any())):  # noqa: B023
            mine, theirs = pairs.gathered((left, right))
            same |= (mine == theirs) & (mine != 0)
    return same


_Located = tuple[list[Ints], list[Ints]]


def _located(tables: Tables, which: str, centroids: Centroids) -> _Located:
    """For the rows of either table: x, y, z and the precision of the best position known (point, district, state)."""
    left, right = (positions(tables, which, side, centroids) for side in (0, 1))
    return left, right


def positions(tables: Tables, which: str, side: int, centroids: Centroids) -> list[Ints]:
    point = np.stack([tables.column(which, axis)[side].astype(np.int64) for axis in "xyz"], axis=1)
    district = centroids.of_districts(tables.column(which, "district")[side].astype(np.int64))
    state = centroids.of_states(tables.column(which, "state")[side].astype(np.int64))
    in_state, in_district, at_point = (any_of(one != 0) for one in (state, district, point))
    at = np.where(at_point[:, None], point, np.where(in_district[:, None], district, state))
    precision = np.where(at_point, POINT, np.where(in_district, DISTRICT, np.where(in_state, STATE, NONE)))
    return [*np.ascontiguousarray(at.T), precision.astype(np.int64)]
