"""Whom a question is put to now: each owner's system by registry and lane, and why others are not."""

import datetime
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from adapters.base import Adapter, Capability
from contracts import Endpoint, Participant, Refused
from contracts.live import SourceAnswer, SourceState
from hub.index import Work
from hub.lane import opens
from hub.systems import Maker, Systems


@dataclass(frozen=True)
class Source:
    """One owner's system that may be asked, from ``begin`` on (its rate); ``probing`` if it was left alone before."""

    participant: Participant
    adapter: Adapter
    begin: datetime.datetime | None = None
    probing: bool = False

    @property
    def id(self) -> str:
        return self.participant.id

    @property
    def endpoint(self) -> Endpoint:
        assert self.participant.endpoint is not None
        return self.participant.endpoint


@dataclass(frozen=True)
class Chosen:
    """Whom to ask, and those who are not asked, each with why."""

    asked: list[Source]
    not_asked: list[SourceAnswer]


class Sources:
    """Adapters of all owners, made once; those that call over the wire are used in the loop's thread only."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems
        self._kept: dict[str, tuple[Endpoint, Adapter]] = {}
        self._lock = threading.Lock()

    def able(self, participants: Iterable[Participant], what: Capability) -> Chosen:
        """Those of the participants with a system whose system can do ``what`` and whose owner lets it."""
        asked, not_asked = [], []
        makers: dict[str, Maker] = {}
        for one in participants:
            if one.endpoint is None:
                continue
            try:
                asked.append(Source(one, self._allowed(one, what, makers)))
            except Refused as refused:
                not_asked.append(unasked(one.id, refused.code))
        return Chosen(asked, not_asked)

    def _allowed(self, one: Participant, what: Capability, makers: dict[str, Maker]) -> Adapter:
        if not one.active:
            raise Refused("participant_paused", "This participant is paused.")
        assert one.endpoint is not None
        if what is Capability.SEARCH and not one.endpoint.searched_live:
            raise Refused("live_search_not_allowed", "Its owner does not let the hub search it live.")
        adapter = self._adapter(one, one.endpoint, makers)
        if what not in adapter.capabilities:
            if what is Capability.SEARCH:
                raise Refused("cannot_be_searched", "This system offers no live search.")
            raise Refused("owner_cannot_be_read", "The owner's system cannot be read live. Ask the owner directly.")
        return adapter

    def _adapter(self, one: Participant, endpoint: Endpoint, makers: dict[str, Maker]) -> Adapter:
        with self._lock:
            kept = self._kept.get(one.id)
        if kept is not None and kept[0] == endpoint:
            return kept[1]
        made = self._systems.made_for(one, makers)
        if made.over_wire:
            made.prepare()  # here and not in the loop, where all others would wait for it
        with self._lock:
            self._kept[one.id] = endpoint, made
        return made


def at_their_turn(work: Work, chosen: Chosen, now: datetime.datetime, patience: datetime.timedelta) -> Chosen:
    """Those of the chosen whose lanes let them be asked: breaker, hours and rate; a rate is waited for ``patience``.

    A lane that was left alone long enough is tried by one question alone, which keeps the others out meanwhile.
    """
    shut = work.lanes.shut([one.id for one in chosen.asked], now)
    over = [lane for lane, resumes in shut.items() if resumes <= now]
    probing = work.lanes.probe(over, now, now + patience * 2)
    asked, not_asked = [], list(chosen.not_asked)
    for source in chosen.asked:
        begin, why = _turn(work, source, now, patience, shut.keys() - probing)
        if why is not None:
            not_asked.append(unasked(source.id, why))
        else:
            asked.append(Source(source.participant, source.adapter, begin, source.id in probing))
    return Chosen(asked, not_asked)


def _turn(
    work: Work, source: Source, now: datetime.datetime, patience: datetime.timedelta, shut: Collection[str]
) -> tuple[datetime.datetime | None, str | None]:
    """When it may be asked (None: now), or why it may not."""
    terms = source.endpoint.delivery
    if source.id in shut:
        return None, "left_alone"
    if not opens(terms.window, now):
        return None, "outside_hours"
    if terms.per_second is None:
        return None, None
    step = datetime.timedelta(seconds=1 / terms.per_second)
    begin = work.lanes.turn(source.id, now, step, now + patience / 2)
    return begin, "at_its_rate" if begin is None else None


def unasked(participant: str, code: str) -> SourceAnswer:
    return SourceAnswer(participant=participant, state=SourceState.NOT_ASKED, code=code)


def only(participants: Sequence[Participant], wanted: Collection[str], asker: str | None) -> list[Participant]:
    """Those that are meant, without the asker's own. ``Refused`` (``unknown_participant``) for a name that is none."""
    known = {one.id for one in participants}
    for name in wanted:
        if name not in known:
            raise Refused("unknown_participant", "No participant of this id is registered; register it first.")
    return [one for one in participants if one.id != asker and (not wanted or one.id in wanted)]
