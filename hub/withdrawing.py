"""Withdrawals that no message tells: of records that their source has no longer, and of those whose day has come."""

import datetime
from collections.abc import Collection

from contracts import ChildRecord
from hub.flow import Flow
from hub.index import Work
from hub.index.entry import as_it_stands, is_withdrawn, tombstone

#: The version of a record that its owner never withdrew by a word, but has no longer.
GONE = "gone"
_AT_ONCE = 500
#: Later than the last word that was heard, and earlier than any that the owner may still say.
_JUST_AFTER = datetime.timedelta(microseconds=1)


def withdraw(flow: Flow, work: Work, participant: str, source_ids: Collection[str]) -> list[str]:
    """Take back what the source no longer has; which of them were withdrawn by it.

    An older word that comes late does not bring them back, a newer one does; so does the same word found at the source
    by a reconciliation (``returned``).
    """
    work.records.hold_sender(participant)
    held = [record for one in sorted(source_ids) if (record := _held(work, participant, one)) is not None]
    _put(flow, work, participant, [_gone(record) for record in held])
    return [record.ref.source_id for record in held]


def expire(flow: Flow) -> int:
    """Take back every record whose day has come; how many."""
    total = 0
    while True:
        with flow.store.write() as work:
            due = work.records.expired(flow.now(), _AT_ONCE)
        if not due:
            return total
        for participant, source_ids in due.items():
            total += _expire(flow, participant, source_ids)


def _expire(flow: Flow, participant: str, source_ids: Collection[str]) -> int:
    with flow.store.write() as work:
        work.records.hold_sender(participant)
        held = [record for one in sorted(source_ids) if (record := _held(work, participant, one)) is not None]
        # A newer version may have come since, with another day.
        over = [done for record in held if is_withdrawn(done := as_it_stands(record, flow.now()))]
        _put(flow, work, participant, over)
    return len(over)


def _put(flow: Flow, work: Work, participant: str, records: list[ChildRecord]) -> None:
    known = work.records.known(participant, [record.ref.source_id for record in records])
    if records:
        flow.put(work, records, known, flow.now())


def _held(work: Work, participant: str, source_id: str) -> ChildRecord | None:
    """The record that stands; None if there is none or it is withdrawn already."""
    row = work.records.find(participant=participant, source_id=source_id)
    record = None if row is None else work.records.record(row)
    return None if record is None or is_withdrawn(record) else record


def _gone(record: ChildRecord) -> ChildRecord:
    reference = record.ref.model_copy(update={"version": GONE})
    return tombstone(record, ref=reference, recorded_at=record.recorded_at + _JUST_AFTER)
