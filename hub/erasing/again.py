"""Erasing again what a restored backup brought back: what the ledger names, and whatever lost its key meanwhile."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import replace

from hub.erasing import tombstones
from hub.index import Work, restoring
from hub.index.erasing import Erasure


def erase_again(work: Work, gone: Mapping[str, Erasure], now: datetime.datetime) -> int:
    """How many. Who had been told of them by then is told once more: what was told after the backup is not known."""
    known = work.erasing.ids()
    keyless = [one for one in restoring.keyless(work.connection) if one not in gone]
    wanted = {one: gone[one] for one in gone.keys() - known} | {one: _lost(one, now) for one in keyless}
    held = {one.hub_id: one for one in work.records.of_ids(wanted.keys())}
    for hub_id, entry in held.items():
        erasure = replace(wanted[hub_id], participant=entry.participant)
        told = tombstones.tell(work, entry, erasure, now)
        work.erasing.remove(entry)
        work.erasing.note(replace(erasure, told=told), entry.source_id)
    return len(held)


def _lost(hub_id: str, now: datetime.datetime) -> Erasure:
    said = "its key was not there when a backup was restored"
    return Erasure(str(uuid.uuid4()), hub_id, "-", "-", said, None, "restore", now)
