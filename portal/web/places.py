"""Names of States, districts and participants for what a page shows by code, remembered for some minutes."""

import time
from collections.abc import Callable
from typing import TypeVar

from contracts import AreaKind, Participant
from contracts.exchange import Area
from hub.app import Hub

Answer = TypeVar("Answer")
REMEMBERED_SECONDS = 300.0


class Places:
    """Asks the hub for names and remembers them: a page of results must not ask for each line."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: dict[object, tuple[float, object]] = {}

    def states(self) -> list[Area]:
        """All States and Union Territories that the registry knows today, by name."""
        return self._remember("states", lambda: self._hub.areas(AreaKind.STATE))

    def districts(self, state: int) -> list[Area]:
        """The districts of one State, by name."""
        return self._remember(("districts", state), lambda: self._hub.areas(AreaKind.DISTRICT, state))

    def participants(self) -> dict[str, Participant]:
        """Participant id -> participant."""
        return self._remember("participants", lambda: {one.id: one for one in self._hub.participants()})

    def name(self, state: int | None, district: int | None = None) -> str:
        """``Gaya, Bihar`` for a pair of LGD codes; the code itself where the registry does not know it."""
        parts = []
        if district is not None and state is not None:
            parts.append(_named(self.districts(state), district))
        if state is not None:
            parts.append(_named(self.states(), state))
        return ", ".join(parts)

    def district(self, lgd: int) -> str:
        """The name of a district of any State."""
        return _named(self._remember("all districts", lambda: self._hub.areas(AreaKind.DISTRICT)), lgd)

    def station(self, id_: str | None, state: int | None) -> str:
        """The name of a police station of one State; its id where the registry does not know it."""
        if id_ is None or state is None:
            return id_ or ""
        names = self._remember(("stations", state), lambda: self._stations(state))
        return names.get(id_, id_)

    def _stations(self, state: int) -> dict[str, str]:
        return {area.id: area.name for area in self._hub.areas(AreaKind.POLICE_STATION, state)}

    def participant(self, id_: str) -> str:
        """The name of a participant; its id where it is not registered any more."""
        known = self.participants().get(id_)
        return known.name if known else id_

    def _remember(self, key: object, ask: Callable[[], Answer]) -> Answer:
        until, answer = self._known.get(key, (0.0, None))
        if until < time.monotonic():
            answer = ask()
            self._known[key] = (time.monotonic() + REMEMBERED_SECONDS, answer)
        return answer  # type: ignore[return-value]  # what stands under a key is what its question answers


def _named(areas: list[Area], lgd: int) -> str:
    return next((area.name for area in areas if area.lgd == lgd), f"LGD {lgd}")
