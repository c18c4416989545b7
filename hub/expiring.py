"""Warns 30, 7 and 1 days before a certificate or key runs out, and names the flows that stop with it."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from adapters.base import Capability
from adapters.signing import Identity, certificate_text, certificates_of
from adapters.signing.identity import fingerprint
from contracts import Participant, Permission, Refused
from hub.flow import utc_now
from hub.index import Store
from hub.index.alerts import Alert
from hub.systems import Systems
from registry import KnownKey, Registry, secrets

Moment = datetime.datetime
STAGES = (1, 7, 30)
HUB = "hub"
WHAT = "runs_out"
_PEM = "-----BEGIN CERTIFICATE"
_BY_PERMISSION = {
    Permission.SUBMIT_RECORDS: "submit",
    Permission.SUBMIT_EVENTS: "submit",
    Permission.NOTICES: "fetch_notices",
    Permission.SEARCH: "search",
    Permission.SEARCH_LIVE: "live_search",
    Permission.GET_CASE: "search",
}
_BY_CAPABILITY = {Capability.PULL: "pull", Capability.PUSH: "push", Capability.FETCH: "live_read"}


@dataclass(frozen=True)
class Expiring:
    """The last of a participant's means of one ``kind`` (``certificate``, ``key``, ``call_certificate``).

    ``participant`` is ``hub`` for the hub's own; ``name`` a fingerprint's first 16 digits or a key's public id;
    ``flows`` stop at ``until``.
    """

    participant: str
    kind: str
    name: str
    until: Moment
    flows: tuple[str, ...]

    def days(self, now: Moment) -> int:
        """Whole days left; below zero when it has run out."""
        return (self.until - now) // datetime.timedelta(days=1)


class Expiry:
    """What runs out, by the registry and the hub's own files; ``warn`` opens and ends the incidents."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        systems: Systems,
        own: Identity | None,
        now: Callable[[], Moment] = utc_now,
    ) -> None:
        self._store, self._registry, self._systems, self._own, self._now = store, registry, systems, own, now

    def all(self) -> list[Expiring]:
        """All that runs out some day and is not replaced by what lasts longer, soonest first."""
        return sorted(self._found(), key=lambda one: one.until)

    def soon(self, days: int = max(STAGES)) -> list[Expiring]:
        """Those that run out within ``days``, or have run out."""
        edge = self._now() + datetime.timedelta(days=days)
        return [one for one in self.all() if one.until <= edge]

    def warn(self) -> int:
        """One incident for each stage that was entered; those of what was replaced are ended. How many alerts."""
        wanted = {_incident(one, stage): (one, stage) for one in self.soon() if (stage := _stage(one, self._now()))}
        with self._store.write() as work:
            now, alerts = self._now(), work.alerts
            over = [one for one in alerts.lasting() if one.what == WHAT and one.incident not in wanted]
            ended = [alerts.ended(one.incident, one.participant, WHAT, _why_over(one, wanted), now) for one in over]
            opened = [
                alerts.opened(incident, one.participant, WHAT, f"{one.kind}_{stage}_days", now, ", ".join(one.flows))
                for incident, (one, stage) in wanted.items()
            ]
        return sum(ended) + sum(opened)

    def _found(self) -> Iterator[Expiring]:
        participants = self._registry.participants.all(active=True)
        if self._own is not None:
            signing = [one.id for one in participants if one.certificates]
            yield _last(HUB, "certificate", [self._own.text], ("signed_answers", *signing))
        for one in participants:
            calls = self._calls(one)
            secured = _secured(one)
            yield from self._certificates(one, calls if secured else ())
            yield from _keys(one, self._registry.keys.of(one.id), self._now())
            if secured:
                yield _last(one.id, "call_certificate", secured, calls)

    def _certificates(self, one: Participant, calls: tuple[str, ...]) -> Iterator[Expiring]:
        if one.certificates:
            yield _last(one.id, "certificate", one.certificates, ("signed_soap", *_asked(one), *calls))

    def _calls(self, one: Participant) -> tuple[str, ...]:
        """What the hub asks of the participant's system; one whose entry is not in order is asked nothing."""
        try:
            return tuple(flow for able, flow in _BY_CAPABILITY.items() if self._systems.able(one.id, able))
        except Refused:
            return ()


def _keys(one: Participant, keys: Iterable[KnownKey], now: Moment) -> Iterator[Expiring]:
    """The key that lasts longest, where keys are taken at all and none lasts for ever."""
    held = [key for key in keys if key.revoked_at is None]
    ends = {key.valid_to: key for key in held if key.valid_to is not None}
    if len(held) == len([key for key in held if key.valid_to]) and ends and (one.bearer or not one.certificates):
        until = max(ends)
        yield Expiring(one.id, "key", ends[until].key_id, until, _asked(one) or ("all_calls",))


def _last(participant: str, kind: str, texts: Iterable[str], flows: tuple[str, ...]) -> Expiring:
    until, text = max((certificate_text(text).not_valid_after_utc, text) for text in texts)
    return Expiring(participant, kind, fingerprint(text)[:16], until, flows)


def _asked(one: Participant) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_BY_PERMISSION[may] for may in one.permissions if may in _BY_PERMISSION))


def _secured(one: Participant) -> list[str]:
    """The hub's certificates at the participant's endpoint, where its secret holds them."""
    try:
        secret = secrets.read(one.endpoint.secret) if one.endpoint and one.endpoint.secret else ""
        return certificates_of(secret[secret.index(_PEM) :])[:1] if _PEM in secret else []
    except Refused:
        return []


def _stage(one: Expiring, now: Moment) -> int | None:
    return next((stage for stage in STAGES if one.until - now <= datetime.timedelta(days=stage)), None)


def _incident(one: Expiring, stage: int) -> str:
    return f"runs out {one.participant[:24]} {one.kind} {one.name} {stage}"


def _why_over(old: Alert, wanted: Iterable[str]) -> str:
    stem = old.incident.rpartition(" ")[0]
    return "nearer" if any(one.startswith(stem + " ") for one in wanted) else "replaced"
