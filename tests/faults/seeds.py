"""Twelve bugs that delivery systems are known to have, each seeded by changing from outside what the parts do.

The product holds no switch for them: they exist in the process of a trial and nowhere else.
"""

import datetime
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from contracts import Notice
from contracts.exchange import Answer, SubmitReply
from hub import flow
from hub.app import Hub
from hub.courier import Courier
from hub.index.inbox import Inbox, Received
from hub.index.lanes import Lanes
from hub.index.leases import Leases
from hub.index.outbox import Outbox, Owed
from hub.index.schema import inbox, outbox
from hub.lane import Lane

Patch = pytest.MonkeyPatch
_LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def no_outbox(patch: Patch) -> None:
    """Notices are kept in memory until the courier comes."""
    kept: list[tuple[list[Notice], datetime.datetime]] = []
    add, deliver = Outbox.add, Courier.deliver

    def flushed(self: Courier, *told: Any) -> Any:
        with self._shared.store.write() as work:
            while kept:
                add(work.outbox, *kept.pop(0))
        return deliver(self, *told)

    patch.setattr(Outbox, "add", lambda self, notices, now: kept.append((list(notices), now)))
    patch.setattr(Courier, "deliver", flushed)


def taken_off_before_told(patch: Patch) -> None:
    """What is claimed is no longer in the queue (the retry deleted before it is saved)."""
    claim = Outbox.claim

    def taken(self: Outbox, *told: Any) -> list[Owed]:
        owed = claim(self, *told)
        gone = outbox.c.seq.in_([one.seq for one in owed])
        self._connection.execute(update(outbox).where(gone).values(state="done"))
        return owed

    patch.setattr(Outbox, "claim", taken)


def no_unique_key(patch: Patch) -> None:
    """Every message is new."""
    add = Inbox.add
    patch.setattr(Inbox, "find", lambda *_: None)
    patch.setattr(Inbox, "add", lambda self, sender, _, *told: add(self, sender, secrets.token_hex(16), *told))


def window_of_an_hour(patch: Patch) -> None:
    """Messages are known again for an hour."""
    find = Inbox.find

    def lately(self: Inbox, sender: str, message_id: str) -> Received | None:
        mine = (inbox.c.sender == sender) & (inbox.c.message_id == message_id)
        at = self._connection.execute(select(inbox.c.at).where(mine)).scalar_one_or_none()
        if at is None or datetime.datetime.now(datetime.UTC) - at > datetime.timedelta(hours=1):
            self._connection.execute(inbox.delete().where(mine))
            return None
        return find(self, sender, message_id)

    patch.setattr(Inbox, "find", lately)


def reply_not_kept(patch: Patch) -> None:
    """A message told again is answered anew."""

    def anew(kept: Received, _: str) -> SubmitReply:
        said = SubmitReply.model_validate_json(kept.reply)
        return said.model_copy(
            update={"outcomes": [one.model_copy(update={"answer": Answer.UNCHANGED}) for one in said.outcomes]}
        )

    patch.setattr(flow, "_the_same_again", anew)


def acknowledged_before_commit(patch: Patch) -> None:
    """The reply is given while the work still waits to be done."""
    later: list[Callable[[], Any]] = []
    submit = Hub.submit_records

    def soon(self: Hub, caller: Any, message: Any, *told: Any) -> SubmitReply:
        later.append(lambda: submit(self, caller, message, *told))
        return SubmitReply(message_id=message.message_id, outcomes=[])

    patch.setattr(Hub, "submit_records", soon)


def refused_is_retried(patch: Patch) -> None:
    """What an owner refused is sent again."""
    patch.setattr(Lane, "_dead", lambda self, owed, why, _: self._again(owed, why.code, None))


def breaker_in_memory(patch: Patch) -> None:
    """Each process finds out by itself that a system is down."""
    patch.setattr(Lanes, "leave_alone", lambda *_: False)


def order_lost(patch: Patch) -> None:
    """A later notice of a child does not wait for an earlier one."""

    def claim(self: Outbox, lane: str, holder: str, now: Any, until: Any, limit: int) -> list[Owed]:
        free = outbox.c.held_until.is_(None) | (outbox.c.held_until <= now)
        query = select(outbox.c.seq, outbox.c.notice_id, outbox.c.body, outbox.c.attempts).where(
            outbox.c.lane == lane, outbox.c.state == "owed", outbox.c.due <= now, free
        )
        rows = self._connection.execute(query.order_by(outbox.c.seq).limit(limit)).all()
        held = update(outbox).where(outbox.c.seq.in_([row.seq for row in rows]))
        self._connection.execute(held.values(holder=holder, held_until=until))
        notices = zip(rows, self._opened(rows), strict=True)
        return [Owed(row.seq, notice, row.attempts) for row, notice in notices if notice is not None]

    patch.setattr(Outbox, "claim", claim)


def sent_again_in_doubt(patch: Patch) -> None:
    """A system that cannot tell a notice it knows is not asked."""
    patch.setattr(Lane, "_told", lambda self, owed: ("pushed", self.adapter.push(owed.notice).foreign_id))


def no_fence(patch: Patch) -> None:
    """Whoever lost a lease goes on writing."""
    patch.setattr(Leases, "still_held", lambda *_: True)


def lease_for_ever(patch: Patch) -> None:
    """What a dead process held stays held."""
    take = Leases.take
    patch.setattr(Leases, "take", lambda self, name, holder, _, until: take(self, name, holder, _LONG_AGO, until))
