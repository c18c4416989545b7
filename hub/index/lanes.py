"""How each participant's system answers: one row a lane, shared by every courier of every process."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select, update

from hub.index import dialect
from hub.index.alerts import Alerts
from hub.index.columns import Moment, Values
from hub.index.schema import lanes

_HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class LaneState:
    """``opened_at`` is when the incident began that still lasts; ``next_at`` is before when nothing is sent."""

    lane: str
    failures: int
    resume_at: datetime.datetime
    opened_at: datetime.datetime | None
    next_at: datetime.datetime | None
    hour_from: datetime.datetime | None
    hour_failures: int
    tried_at: datetime.datetime | None
    answered_at: datetime.datetime | None
    failed_at: datetime.datetime | None
    last_code: str | None
    seconds: float | None = None
    """How long its last live answer took, roughly."""


# Made once: putting a statement together takes longer than the database needs for it.
_SECOND = datetime.timedelta(seconds=1)
_IS = lanes.c.lane == bindparam("is_lane")
_HELD = select(lanes).where(_IS).with_for_update()
#: What the alerts call it.
DOES_NOT_ANSWER = "does_not_answer"
_CALM = select(lanes.c.answered_at).where(_IS, lanes.c.failures == 0, lanes.c.opened_at.is_(None))
_NOW = bindparam("now", type_=Moment)
_ANSWERED = update(lanes).where(_IS).values(failures=0, answered_at=_NOW, opened_at=None, resume_at=_NOW)
_BEGUN = update(lanes).where(_IS).values(tried_at=_NOW, next_at=bindparam("next", type_=Moment))
_TOOK = update(lanes).where(_IS).values(seconds=bindparam("took"))


class Lanes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, lane: str, now: datetime.datetime) -> LaneState:
        """The lane as it stands; no other courier touches it until this transaction ends."""
        found = self._connection.execute(_HELD, {"is_lane": lane}).one_or_none()
        if found is None:
            dialect.insert_new(self._connection, lanes, {"lane": lane, "failures": 0, "resume_at": now})
            found = self._connection.execute(_HELD, {"is_lane": lane}).one()
        return LaneState(**found._mapping)

    def all(self) -> list[LaneState]:
        """Every lane that was ever served."""
        return [LaneState(**row._mapping) for row in self._connection.execute(select(lanes).order_by(lanes.c.lane))]

    def begun(self, lane: str, now: datetime.datetime, next_at: datetime.datetime | None) -> None:
        """Something is on its way; nothing more before ``next_at``."""
        self._connection.execute(_BEGUN, {"is_lane": lane, "now": now, "next": next_at})

    def keep_out(self, lane: str, until: datetime.datetime) -> None:
        """One goes first to a system that did not answer; all others wait until ``until`` for what it meets."""
        self._change(lane, {"resume_at": until})

    def answered(self, lane: str, now: datetime.datetime) -> bool:
        """The system answers; true if that ends an incident. Where all is well it is written once a second."""
        calm = self._connection.execute(_CALM, {"is_lane": lane}).scalar_one_or_none()
        if calm is not None and abs(now - calm) < _SECOND:
            return False
        before = self.hold(lane, now)
        self._connection.execute(_ANSWERED, {"is_lane": lane, "now": now})
        if before.opened_at is not None:
            Alerts(self._connection).ended(f"lane:{lane}", lane, DOES_NOT_ANSWER, None, now)
        return before.opened_at is not None

    def failed(self, lane: str, code: str, now: datetime.datetime, in_a_row: bool = True) -> LaneState:
        """One more failure, counted in this hour and, if it speaks of the system, in a row; the lane with it."""
        before = self.hold(lane, now)
        same_hour = before.hour_from is not None and now - before.hour_from < _HOUR
        counted: Values = {
            "failures": before.failures + in_a_row,
            "hour_from": before.hour_from if same_hour else now,
            "hour_failures": before.hour_failures + 1 if same_hour else 1,
            "failed_at": now,
            "last_code": code[:80],
        }
        self._change(lane, counted)
        return LaneState(**(before.__dict__ | counted))

    def leave_alone(self, lane: str, until: datetime.datetime, now: datetime.datetime) -> bool:
        """Nobody tries this participant again before ``until``; true if an incident begins with it."""
        state = self.hold(lane, now)
        begins = state.opened_at is None
        self._change(lane, {"resume_at": until} | ({"opened_at": now} if begins else {}))
        if begins:
            Alerts(self._connection).opened(f"lane:{lane}", lane, DOES_NOT_ANSWER, state.last_code, now)
        return begins

    # Many at once: a question that is put to many systems.

    def shut(self, names: Sequence[str], now: datetime.datetime) -> dict[str, datetime.datetime]:
        """Lanes in an incident, or left alone now, with when they may be tried again."""
        query = select(lanes.c.lane, lanes.c.resume_at).where(
            or_(lanes.c.opened_at.is_not(None), lanes.c.resume_at > now)
        )
        wanted = set(names)
        return {row.lane: row.resume_at for row in self._connection.execute(query) if row.lane in wanted}

    def probe(self, names: Sequence[str], now: datetime.datetime, until: datetime.datetime) -> set[str]:
        """Those of the lanes in an incident that may be tried now; all others are kept out of them until ``until``."""
        if not names:
            return set()
        due = lanes.c.lane.in_(names) & lanes.c.opened_at.is_not(None) & (lanes.c.resume_at <= now)
        taken = update(lanes).where(due).values(resume_at=until).returning(lanes.c.lane)
        return set(self._connection.execute(taken).scalars())

    def turn(
        self, lane: str, now: datetime.datetime, step: datetime.timedelta, latest: datetime.datetime
    ) -> datetime.datetime | None:
        """When the lane's rate lets it be asked next, which is taken; None if that is later than ``latest``."""
        state = self.hold(lane, now)
        begin = max(now, state.next_at or now)
        if begin > latest:
            return None
        self._change(lane, {"next_at": begin + step})
        return begin

    def seconds(self) -> dict[str, float]:
        """How long each system's last live answer took."""
        known = select(lanes.c.lane, lanes.c.seconds).where(lanes.c.seconds.is_not(None))
        return {row.lane: row.seconds for row in self._connection.execute(known)}

    def all_answered(self, took: Mapping[str, float], now: datetime.datetime) -> list[str]:
        """These systems answered, each in so many seconds; the lanes whose incident ends with it."""
        names = sorted(took)
        fresh = [{"lane": name, "failures": 0, "resume_at": now} for name in names]
        dialect.insert_many(self._connection, lanes, fresh, new_only=True)
        ended: list[str] = []
        for some in dialect.parts(names, 500):
            those = lanes.c.lane.in_(some)
            before = self._connection.execute(
                select(lanes.c.lane, lanes.c.opened_at, lanes.c.seconds).where(those)
            ).all()
            ended += [row.lane for row in before if row.opened_at is not None]
            calm: Values = {"failures": 0, "tried_at": now, "answered_at": now}
            self._connection.execute(update(lanes).where(those).values(calm))
            if slower := [
                {"is_lane": row.lane, "took": took[row.lane]} for row in before if _unlike(row.seconds, took[row.lane])
            ]:
                self._connection.execute(_TOOK, slower)
        for lane in ended:
            self._change(lane, {"opened_at": None, "resume_at": now})
        return ended

    def _change(self, lane: str, values: Values) -> None:
        self._connection.execute(update(lanes).where(lanes.c.lane == lane).values(values))


def _unlike(before: float | None, took: float) -> bool:
    """Whether it is worth a write: a quarter more or less than was known."""
    return before is None or abs(took - before) > before / 4
