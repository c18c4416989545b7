"""Break-glass: a person forces an entry open for an hour, at once seen by those who review it, and judged later."""

import datetime
import uuid
from collections.abc import Callable

import structlog

from contracts import Purpose, Refused
from hub.access import Act, Caller, require_purpose
from hub.index import Store
from hub.index.audit import Line
from hub.index.glass import Broken
from hub.showing import may_meet, no_such_entry

log = structlog.get_logger()
_OPEN = datetime.timedelta(hours=1)
_LEAST_WORDS = 4


class Glass:
    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._now = store, now

    def force(self, caller: Caller, hub_id: str, purpose: Purpose | None, case: str | None, reason: str) -> Broken:
        """Open an entry that lies elsewhere as if it were of the caller's area, for an hour.

        ``Refused``: ``not_allowed``, ``no_purpose_stated``, ``purpose_not_allowed``, ``no_case_stated``, ``no_reason``,
        ``unknown_case``. What the caller may not even meet (sealed, in conflict with law) stays closed.
        """
        caller.require(Act.BREAK_GLASS)
        purpose, case = require_purpose(caller, purpose, case)
        reason = " ".join(reason.split())[:200]
        if len(reason.split()) < _LEAST_WORDS or caller.officer is None:
            raise Refused("no_reason", "Say in a sentence why this cannot wait: it is read by those who review it.")
        officer, now = caller.officer, self._now()
        broken = Broken(
            str(uuid.uuid4()), officer.id, officer.institution, hub_id, purpose.value, case, reason, now, now + _OPEN
        )
        with self._store.write() as work:
            row = work.records.find(hub_id=hub_id)
            record = None if row is None else work.records.record(row)
            if record is None or not may_meet(caller, record):
                raise no_such_entry()
            work.audit.add(_line(caller, Act.BREAK_GLASS, broken, "opened"), now)
            work.glass.add(broken)
            work.alerts.opened(f"glass:{broken.glass_id}", _where(broken), "glass_broken", None, now)
        log.warning("glass_broken", glass=broken.glass_id, who=caller.id, institution=officer.institution)
        return broken

    def to_review(self, caller: Caller, limit: int = 100) -> list[Broken]:
        """Forced looks that wait for review, oldest first; one's own are for others."""
        caller.require(Act.REVIEW_GLASS)
        with self._store.read() as work:
            return [one for one in work.glass.to_review(limit) if f"officer:{one.login}" != caller.id]

    def review(self, caller: Caller, glass_id: str, justified: bool, words: str) -> None:
        """Judge one. ``Refused``: ``not_allowed``, ``no_reason``, ``unknown_glass``, ``own_glass``."""
        caller.require(Act.REVIEW_GLASS)
        if not words.strip() or caller.officer is None:
            raise Refused("no_reason", "Say in a sentence how you judge it and why.")
        with self._store.write() as work:
            broken = work.glass.find(glass_id)
            if broken is None or broken.reviewed_at is not None:
                raise Refused("unknown_glass", "No such look waits for review. Take it from the list.")
            if broken.login == caller.officer.id:
                raise Refused("own_glass", "You forced this one open yourself. Another person reviews it.")
            outcome = "justified" if justified else "not justified"
            work.audit.add(_line(caller, Act.REVIEW_GLASS, broken, outcome), self._now())
            work.alerts.ended(f"glass:{glass_id}", _where(broken), "glass_broken", outcome, self._now())
            work.glass.review(glass_id, caller.officer.id, justified, words.strip()[:200], self._now())
        if not justified:
            log.error("glass_not_justified", glass=glass_id, who=f"officer:{broken.login}")


def _where(broken: Broken) -> str:
    return (broken.institution or "-")[:40]


def _line(caller: Caller, act: Act, broken: Broken, outcome: str) -> Line:
    officer = caller.officer
    return Line(
        who=caller.id,
        role=officer.role if officer else "",
        act=act.value,
        outcome=outcome,
        institution=officer.institution if officer else None,
        purpose=broken.purpose,
        matter=broken.matter,
        detail=f"glass:{broken.glass_id}",
        hub_id=broken.hub_id,
    )
