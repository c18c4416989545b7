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
    for participant, source_id, match_id in work.erasing.told(held):
        own = (participant, source_id) == (held.participant, held.source_id)
        about = gone if own else _reference(work, participant, source_id)
        yield Notice(
            notice_id=str(uuid.uuid4()),
            kind=NoticeKind.RECORD_WITHDRAWN,
            to=participant,
            about=about,
            other=None if own else gone,
            match_id=match_id,
            created_at=now,
            text=(_OWN if own else _OTHERS).format(whose=held.participant, mine=source_id),
        )


def _reference(work: Work, participant: str, source_id: str) -> Reference:
    mine = work.records.known(participant, [source_id]).get(source_id)
    version = _NO_VERSION if mine is None else mine.version
    return Reference(participant=participant, source_id=source_id, version=version)
