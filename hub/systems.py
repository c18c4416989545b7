"""The participants' systems: the adapter that speaks to each, its secret read from where the registry points."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from adapters import catalog
from adapters.base import Adapter, Capability, Connection
from adapters.outgoing import ANYWHERE, OPEN_INTERNET, Outgoing
from contracts import Participant, Refused
from contracts.participants import Delivery
from registry import Registry, secrets

log = structlog.get_logger()
Maker = Callable[[Connection], Adapter]


class Systems:
    """Adapters by participant; each thread keeps its own, since a transport's session is not shared."""

    def __init__(self, registry: Registry, outside: Sequence[Path] = (), outgoing: Outgoing = OPEN_INTERNET) -> None:
        self._registry, self._outside, self.outgoing = registry, outside, outgoing
        self._kept = threading.local()

    def adapter(self, participant_id: str) -> Adapter:
        """``Refused``: ``unknown_participant``, ``participant_paused``, ``no_endpoint``, ``secret_missing``."""
        participant = self._registry.participants.require(participant_id)
        if not participant.active:
            raise Refused("participant_paused", "This participant is paused. Activate it in the registry first.")
        if participant.endpoint is None:
            raise Refused("no_endpoint", "This participant has no system to speak to. Give it an endpoint.")
        kept: dict[str, tuple[str, Adapter]] = self._kept.__dict__
        said = participant.endpoint.model_dump_json() + ",".join(participant.certificates)
        if participant_id not in kept or kept[participant_id][0] != said:
            kept[participant_id] = said, self.made_for(participant)
        return kept[participant_id][1]

    def made_for(self, participant: Participant, makers: dict[str, Maker] | None = None) -> Adapter:
        """A new adapter to the system of a participant that has one; ``Refused`` where its entry is not in order.

        Whoever makes many gives a dict, in which what makes each kind is kept for the next.
        """
        makers = {} if makers is None else makers
        endpoint = participant.endpoint
        assert endpoint is not None
        secret = secrets.read(endpoint.secret) if endpoint.secret is not None else None
        connection = Connection(
            participant.id,
            endpoint.url,
            secret,
            endpoint.timeout_seconds,
            certificates=tuple(participant.certificates),
            outgoing=self.outgoing,
        )
        if endpoint.adapter not in makers:
            makers[endpoint.adapter] = catalog.maker(endpoint.adapter, self._outside)
        return makers[endpoint.adapter](connection)

    def reading_saved(self, participant: Participant, where: Path) -> Adapter:
        """An adapter that reads what was saved of a participant's system, by the kind that its endpoint names.

        Whoever names a path does so at the machine's own console. ``Refused``: ``no_endpoint``.
        """
        if participant.endpoint is None:
            raise Refused("no_endpoint", "This participant has no system to speak to. Give it an endpoint.")
        connection = Connection(participant.id, where.resolve().as_uri(), outgoing=ANYWHERE)
        return catalog.adapter(participant.endpoint.adapter, connection, self._outside)

    def terms(self, participant_id: str) -> Delivery:
        """What a participant's system can bear; the usual for one without an endpoint."""
        participant = self._registry.participants.get(participant_id)
        endpoint = participant.endpoint if participant is not None else None
        return endpoint.delivery if endpoint is not None else Delivery()

    def able(self, participant_id: str, what: Capability) -> Adapter | None:
        """The adapter if the participant is active, has an endpoint and can do ``what``; else None."""
        participant = self._registry.participants.get(participant_id)
        if participant is None or not participant.active or participant.endpoint is None:
            return None
        adapter = self.adapter(participant_id)
        return adapter if what in adapter.capabilities else None

    def all_able(self, what: Capability) -> list[Participant]:
        """Active participants whose system can do ``what``; one whose endpoint is not in order is passed over."""
        return [one for one in self._registry.participants.all(active=True) if self._can(one.id, what)]

    def _can(self, participant_id: str, what: Capability) -> bool:
        try:
            return self.able(participant_id, what) is not None
        except Refused as refused:
            log.warning("endpoint_not_in_order", participant=participant_id, code=refused.code)
            return False
