"""Takes citizens' reports, shows them to the police who are responsible, and tells their senders how far they are."""

import datetime
import hashlib
import json
import secrets
import uuid
from collections.abc import Callable

from contracts import AreaKind, InstitutionKind, Refused
from hub.access import Act, Caller, Scope
from hub.citizens import pictures
from hub.citizens.reports import CitizenReport, Kind, Letter, Outcome, Standing, Tracked
from hub.flow import utc_now
from hub.index import Store, Work
from hub.index.audit import Line
from hub.index.citizens import Reported
from registry import Registry

#: Crockford's base 32: no I, L, O or U, which are misread.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110", " -")
NUMBER_LETTERS = 12
"""60 bits: nobody comes upon another's number by trying."""


def new_number() -> str:
    """A number to follow a report by, such as ``7K3Q-9MXW-2D4T``."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(NUMBER_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, NUMBER_LETTERS, 4))


def _hash(number: str) -> str:
    return hashlib.sha256(number.upper().translate(_MISREAD).encode()).hexdigest()


class Citizens:
    def __init__(
        self,
        store: Store,
        registry: Registry,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._store, self._registry, self._now = store, registry, now

    def report(
        self, said: CitizenReport, photo: bytes | None, answer: Callable[[str], Letter], notice: Letter | None = None
    ) -> str:
        """Keep a report and owe its letters; the number by which its sender follows it.

        ``answer(number)`` is the letter to a sender who gave an address, ``notice`` the one to a station that has one.
        ``Refused``: ``unknown_place``, ``photo_unreadable``, ``photo_too_large``.
        """
        self._check_place(said)
        drawn = None if photo is None else pictures.redrawn(photo)
        number, report_id, now = new_number(), str(uuid.uuid4()), self._now()
        row = {"report_id": report_id, "number_hash": _hash(number), "received_at": now}
        routed = {name: getattr(said, name) for name in ("kind", "state", "district", "station")}
        station_mail = self._mail_of(said.station)
        with self._store.write() as work:
            work.citizens.add(row | routed, said.model_dump_json(exclude_defaults=True).encode(), drawn)
            if said.mail is not None:
                self._owe(work, report_id, said.mail, answer(number), now)
            if station_mail is not None and notice is not None:
                self._owe(work, report_id, station_mail, notice, now)
        return number

    def track(self, number: str) -> Tracked:
        """How far a report is; ``Refused`` (``unknown_report``)."""
        with self._store.read() as work:
            found = work.citizens.of_number(_hash(number))
        if found is None:
            raise Refused("unknown_report", "There is no report of this number. Check its letters and digits.")
        return _tracked(found)

    def waiting(self, caller: Caller, open_only: bool = True, limit: int = 100) -> list[tuple[Reported, CitizenReport]]:
        """Reports of the caller's jurisdiction, those for its own station first."""
        caller.require(Act.TAKE_REPORTS)
        scope = caller.scope
        with self._store.read() as work:
            found = work.citizens.within(scope.states, scope.districts, scope.everywhere, open_only, limit)
        mine = self._station_of(scope)
        found.sort(key=lambda one: (one.taken_at is not None, mine is None or one.station != mine))
        return [(one, _said(one)) for one in found]

    def open(self, caller: Caller, report_id: str) -> tuple[Reported, CitizenReport]:
        """One report; the look is audited. ``Refused`` (``unknown_report``) outside the caller's jurisdiction."""
        with self._store.write() as work:
            found = self._mine(work, caller, report_id)
            work.audit.add(_line(caller, "see_report", report_id, "shown"), self._now())
        return found, _said(found)

    def photo(self, caller: Caller, report_id: str) -> bytes | None:
        """Its picture, as JPEG."""
        with self._store.read() as work:
            self._mine(work, caller, report_id)
            return work.citizens.photo(report_id)

    def take(self, caller: Caller, report_id: str, answer: Callable[[CitizenReport], Letter]) -> None:
        """The caller takes it up; its sender is told. A second one who does so changes nothing."""
        with self._store.write() as work:
            said, now = _said(self._mine(work, caller, report_id)), self._now()
            if not work.citizens.take(report_id, caller.id, now):
                return
            work.audit.add(_line(caller, "take_report", report_id, "taken"), now)
            if said.mail is not None:
                self._owe(work, report_id, said.mail, answer(said), now)

    def end(self, caller: Caller, report_id: str, outcome: Outcome) -> None:
        """It was dealt with."""
        with self._store.write() as work:
            self._mine(work, caller, report_id)
            work.citizens.take(report_id, caller.id, self._now())
            if work.citizens.end(report_id, caller.id, outcome, self._now()):
                work.audit.add(_line(caller, "end_report", report_id, outcome), self._now())

    def _mine(self, work: Work, caller: Caller, report_id: str) -> Reported:
        caller.require(Act.TAKE_REPORTS)
        found, scope = work.citizens.find(report_id), caller.scope
        if found is None or not (scope.everywhere or found.state in scope.states or found.district in scope.districts):
            raise Refused("unknown_report", "There is no such report in your jurisdiction. Open it from the list.")
        return found

    def _owe(self, work: Work, report_id: str, to: str, letter: Letter, now: datetime.datetime) -> None:
        words = {"to": to, "subject": letter.subject, "text": letter.text}
        work.citizens.owe(report_id, json.dumps(words, ensure_ascii=False).encode(), now)

    def _check_place(self, said: CitizenReport) -> None:
        district = self._registry.areas.by_lgd(AreaKind.DISTRICT, said.district)
        station = None if said.station is None else self._registry.areas.get(said.station)
        fits = district is not None and self._registry.areas.state_of(district.id) == said.state
        if not fits or (said.station is not None and (station is None or station.kind != AreaKind.POLICE_STATION)):
            raise Refused("unknown_place", "Choose the State, the district and the police station from the lists.")

    def _mail_of(self, station: str | None) -> str | None:
        if station is None:
            return None
        thanas = self._registry.institutions.responsible(InstitutionKind.THANA, station)
        return next((one.email for one in thanas if one.area == station and one.email), None)

    def _station_of(self, scope: Scope) -> str | None:
        found = None if scope.institution is None else self._registry.institutions.get(scope.institution)
        return None if found is None else found.area


def _said(found: Reported) -> CitizenReport:
    return CitizenReport.model_validate_json(found.words)


def _tracked(found: Reported) -> Tracked:
    outcome = None if found.outcome is None else Outcome(found.outcome)
    standing = Standing.ENDED if found.closed_at else Standing.TAKEN if found.taken_at else Standing.RECEIVED
    return Tracked(
        Kind(found.kind),
        standing,
        found.state,
        found.district,
        found.station,
        found.received_at,
        found.taken_at,
        found.closed_at,
        outcome,
    )


def _line(caller: Caller, act: str, report_id: str, outcome: str) -> Line:
    officer = caller.officer
    role, institution = (officer.role, officer.institution) if officer else ("", None)
    return Line(who=caller.id, role=role, act=act, outcome=outcome, institution=institution, matter=report_id)
