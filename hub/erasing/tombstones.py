"""Tombstones: what the owners of other records are told when one that they were told of was erased."""

import datetime
import uuid
from collections.abc import Iterator

from contracts import Notice, NoticeKind, Reference
from hub.index import Work
from hub.index.erasing import Erasure
from hub.index.payload import Owner
from hub.index.records import Known

_OTHERS = "A record of {whose}, told to you for your record {mine}, was erased by order. Destroy what you keep of it."
_OWN = "Your record {mine} was erased here by order. Destroy what you were told about it, and the record as ordered."
_ESCALATED = "Record {gone} of {whose}, told to you, was erased here by order. Destroy what you keep of it."
#: Of a record that the hub no longer holds.
_NO_VERSION = "-"


def tell(work: Work, held: Known, erasure: Erasure, now: datetime.datetime) -> int:
    """Owe a tombstone to everybody who was sent a notice of a match of this record; how many.

    Asked before the record is removed. They are closed by a key of the erasure's own, so that they can be told
    although the records they name are gone.
    """
    notices = list(_notices(work, held, now))
    work.outbox.add(notices, now, Owner("-", erasure.erasure_id))
    work.erasing.tell(erasure.erasure_id, [one.notice_id for one in notices])
    return len(notices)


def _notices(work: Work, held: Known, now: datetime.datetime) -> Iterator[Notice]:
    gone = Reference(participant=held.participant, source_id=held.source_id, version=held.version)
    for one in work.erasing.told(held):
        own = (one.participant, one.source_id) == (held.participant, held.source_id)
        to_other = one.source_id is not None and not own
        about = _reference(work, one.participant, one.source_id) if one.source_id and to_other else gone
        yield Notice(
            notice_id=str(uuid.uuid4()),
            kind=NoticeKind.RECORD_WITHDRAWN,
            to=one.participant,
            about=about,
            other=gone if to_other else None,
            match_id=one.match_id,
            created_at=now,
            text=(_OTHERS if to_other else _OWN if own else _ESCALATED).format(
                whose=held.participant, gone=held.source_id, mine=about.source_id
            ),
        )


def _reference(work: Work, participant: str, source_id: str) -> Reference:
    mine = work.records.known(participant, [source_id]).get(source_id)
    version = _NO_VERSION if mine is None else mine.version
    return Reference(participant=participant, source_id=source_id, version=version)
