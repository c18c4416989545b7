"""The lines by which the audit proves that a notice was taken: which, by whom, its hash, when sent and acknowledged."""

import datetime

from contracts import Notice
from hub.evidence.offline.bundle import digest
from hub.index.audit import Line

TAKEN = "notice_taken"


def taken(notice: Notice, how: str, sent_at: datetime.datetime | None = None) -> Line:
    """``how``: ``pushed`` and acknowledged, ``asked`` (the owner was found to have it) or ``fetched`` by the owner."""
    hashed = digest(notice.model_dump_json().encode())
    who = f"participant:{notice.to}"
    return Line(who, "machine", TAKEN, how, matter=notice.notice_id, detail=f"sha256:{hashed}", sent_at=sent_at)
