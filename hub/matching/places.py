"""Places by hierarchy of LGD codes first, then by distance between points, districts or states."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sin

import numpy as np
import numpy.typing as npt

from hub.matching.columns import Ints, Pairs
from hub.matching.features import EARTH, position
from hub.matching.reached import Reached, Truths, first_that_holds

_NONE, _STATE, _DISTRICT, _POINT = 0, 1, 2, 3


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


def _table(points: Mapping[int, tuple[float, float]]) -> Ints:
    table = np.zeros((max(points, default=0) + 2, 3), dtype=np.int64)
    for code, (latitude, longitude) in points.items():
        table[code] = position(latitude, longitude)
    return table


@dataclass(frozen=True)
class _Located:
    at: Ints
    precision: npt.NDArray[np.int64]


def _within(km: int) -> int:
    """Square of the chord, in (100 m)**2, that spans an arc of so many kilometres."""
    return round((2 * EARTH * sin(km * 10 / (2 * EARTH))) ** 2)


def place(which: str, pairs: Pairs, centroids: Centroids) -> Reached:
    """Levels: same locality; same district; within 60 km; within 200 km; same state; within 800 km; further."""
    codes = {c: pairs.number(which, c) for c in ("state", "district", "sub_district", "village", "pin", "station")}
    left, right = (_located(side, which, pairs, codes, centroids) for side in (0, 1))
    apart = ((left.at - right.at) ** 2).sum(axis=1)
    precise = np.minimum(left.precision, right.precision)
    same = {name: (a == b) & (a > 0 if name != "station" else a != 0) for name, (a, b) in codes.items()}
    known = np.logical_or.reduce([precise > _NONE, *same.values()])
    fine = precise >= _DISTRICT
    tests = [
        same["village"] | same["station"] | same["pin"] | same["sub_district"],
        same["district"] | (fine & (precise == _POINT) & (apart <= _within(10))),
        fine & (apart <= _within(60)),
        fine & (apart <= _within(200)),
        same["state"],
        apart <= _within(800),
        np.ones(len(pairs), dtype=bool),
    ]
    return Reached(first_that_holds(known, tests))


def _located(
    side: int, which: str, pairs: Pairs, codes: dict[str, tuple[Ints, Ints]], centroids: Centroids
) -> _Located:
    """The best known position: the point told, else the district's, else the state's."""
    point = np.stack([pairs.number(which, axis)[side] for axis in "xyz"], axis=1)
    district = centroids.of_districts(codes["district"][side])
    state = centroids.of_states(codes["state"][side])
    in_state, in_district, at_point = (_has(one) for one in (state, district, point))
    at = np.where(at_point[:, None], point, np.where(in_district[:, None], district, state))
    precision = np.where(in_district, _DISTRICT, np.where(in_state, _STATE, _NONE))
    return _Located(at, np.where(at_point, _POINT, precision))


def _has(position: Ints) -> Truths:
    return np.asarray(position.any(axis=1))
