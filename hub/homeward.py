"""The way home: the village is told that its child was found, asked to verify the home, and given the visits after."""

import datetime
import uuid
from collections.abc import Iterable

from contracts import ChildRecord, Notice, NoticeKind, ParticipantKind, Purpose, Reference, Refused
from contracts.codes import RecordKind
from contracts.exchange import Match, MatchState
from hub.access import Act, Caller, require_purpose
from hub.index import Store, Work
from hub.index.audit import Line
from hub.reading import record_of
from registry import Registry

#: Follow-up visits after a restoration, in days: Form 7 part D asks for them after 2 months and after 6.
FOLLOW_UP_DAYS = (60, 180)
_WORDS = {
    NoticeKind.CHILD_FOUND: "A child of this village was found. Please tell the Gram Pradhan and the VCPC.",
    NoticeKind.HOME_VERIFICATION: "Please verify the home of this child, and write down what you found.",
    NoticeKind.FOLLOW_UP: "A child is back in this village. Please visit the family by the day named.",
}


class Homeward:
    """What panchayats are owed; each notice waits in the outbox until the village's system is there again."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store, self._registry = store, registry

    def decided(self, work: Work, match: Match, now: datetime.datetime) -> None:
        """In the transaction of a decision: the alert when a child is found, the visits when it is home.

        The visits once, however many found records were confirmed to be the child.
        """
        if match.state is MatchState.CONFIRMED:
            self._owe(work, match, NoticeKind.CHILD_FOUND, [None], now)
        elif match.state is MatchState.REUNITED:
            days = [(now + datetime.timedelta(days=days)).date() for days in FOLLOW_UP_DAYS]
            self._owe(work, match, NoticeKind.FOLLOW_UP, days, now)

    def ask(self, caller: Caller, hub_id: str, purpose: Purpose, case: str, now: datetime.datetime) -> list[str]:
        """Ask the panchayats of the child's home to verify it; the participants that were asked.

        Raises ``Refused`` (``not_allowed``, ``purpose_not_allowed``, ``unknown_case``, ``no_panchayat``).
        """
        caller.require(Act.ASK_HOME)
        purpose, case = require_purpose(caller, purpose, case)
        with self._store.write() as work:
            record, _ = record_of(work, caller, hub_id)
            asked = self._panchayats(record)
            if not asked:
                raise Refused("no_panchayat", "No panchayat of the child's home takes part. Ask the district's unit.")
            notices = [_notice(NoticeKind.HOME_VERIFICATION, one, record, None, None, None, now) for one in asked]
            work.outbox.add(notices, now)
            work.audit.add(_line(caller, hub_id, purpose, case, asked), now)
        return asked

    def _owe(
        self,
        work: Work,
        match: Match,
        kind: NoticeKind,
        days: Iterable[datetime.date | None],
        now: datetime.datetime,
    ) -> None:
        days, told = list(days), set[str]()
        for ref, other in ((match.ref, match.other), (match.other, match.ref)):
            record = _record(work, ref)
            for lane in [] if record is None else self._panchayats(record):
                assert record is not None
                if lane not in told and not (kind is NoticeKind.FOLLOW_UP and _is_visited(work, lane, ref)):
                    told.add(lane)
                    made = [_notice(kind, lane, record, other, match.match_id, due, now) for due in days]
                    work.outbox.add(made, now)

    def _panchayats(self, record: ChildRecord) -> list[str]:
        """Participants that are panchayats of the state the child's home lies in."""
        state = _home_state(record)
        if state is None:
            return []
        known = self._registry.participants.all(active=True)
        return [one.id for one in known if one.kind is ParticipantKind.PRI and (not one.states or state in one.states)]


def _is_visited(work: Work, lane: str, ref: Reference) -> bool:
    """Whether the visits of this child were asked for already, with another match of it."""
    row = work.records.find(participant=ref.participant, source_id=ref.source_id)
    known = [] if row is None else work.matches.of_row(row.row)
    return any(work.outbox.last_told(lane, ref.source_id, one.match_id) == NoticeKind.FOLLOW_UP for one in known)


def _home_state(record: ChildRecord) -> int | None:
    """Where the owner wrote down no state of the home, as a station at home, it is where the child was missed."""
    told = None if record.home is None else record.home.state
    if told is None and record.kind is RecordKind.MISSING and record.event.place is not None:
        return record.event.place.state
    return told


def _record(work: Work, ref: Reference) -> ChildRecord | None:
    row = work.records.find(participant=ref.participant, source_id=ref.source_id)
    return None if row is None else work.records.record(row)


def _notice(
    kind: NoticeKind,
    lane: str,
    record: ChildRecord,
    other: Reference | None,
    match_id: str | None,
    due: datetime.date | None,
    now: datetime.datetime,
) -> Notice:
    home = record.home
    return Notice(
        notice_id=str(uuid.uuid4()),
        kind=kind,
        to=lane,
        about=record.ref,
        other=other,
        match_id=match_id,
        village=None if home is None else home.village,
        due=due,
        created_at=now,
        text=_WORDS[kind],
    )


def _line(caller: Caller, hub_id: str, purpose: Purpose, case: str, asked: list[str]) -> Line:
    officer = caller.officer
    return Line(
        who=caller.id,
        role=officer.role if officer else ", ".join(sorted(caller.roles)),
        institution=officer.institution if officer else None,
        act=Act.ASK_HOME.value,
        purpose=purpose.value,
        matter=case[:200],
        detail=", ".join(asked)[:200],
        hub_id=hub_id,
        outcome="asked",
    )
