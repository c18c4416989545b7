"""Notices to the owners of a pair: what is told, to whom, in one sentence."""

import datetime
import uuid
from collections.abc import Iterator

from contracts import Notice, NoticeKind, Reference
from hub.index import Work
from hub.index.matches import Pair
from hub.index.records import Compared, Known

_WORDS = {
    NoticeKind.MATCH_PROPOSED: "{one} may be the same child as {other}. Please review the evidence and decide.",
    NoticeKind.MATCH_CONFIRMED: "{one} was confirmed to be the same child as {other}.",
    NoticeKind.MATCH_REJECTED: "{one} was found not to be the same child as {other}.",
    NoticeKind.MATCH_WITHDRAWN: "{one} is no longer thought to be the same child as {other}.",
    NoticeKind.REUNITED: "{one} and its match {other} are closed: the child is accounted for.",
    NoticeKind.TWIN_CLOSED: "{other}, confirmed as the same child, was closed by its owner. Please close {one}.",
    NoticeKind.RECORD_WITHDRAWN: "{other}, told to you for {one}, was withdrawn. Please delete what you keep of it.",
}

Entry = Compared | Known


def tell_both(
    work: Work,
    kinds: tuple[NoticeKind, NoticeKind],
    match_id: str,
    entries: tuple[Entry, Entry],
    now: datetime.datetime,
    pair: Pair | None = None,
) -> None:
    """Owe one notice to the owner of each entry, in this transaction; ``kinds`` in the order of ``entries``."""
    work.outbox.add(notices(kinds, match_id, entries, now, pair), now)


def notices(
    kinds: tuple[NoticeKind, NoticeKind],
    match_id: str,
    entries: tuple[Entry, Entry],
    now: datetime.datetime,
    pair: Pair | None = None,
) -> Iterator[Notice]:
    """One notice to the owner of each entry."""
    one, other = entries
    yield notice(kinds[0], match_id, one, other, now, pair)
    yield notice(kinds[1], match_id, other, one, now, pair)


def notice(
    kind: NoticeKind, match_id: str, mine: Entry, other: Entry, now: datetime.datetime, pair: Pair | None = None
) -> Notice:
    """What the owner of ``mine`` is told about it and ``other``."""
    about, twin = _reference(mine), _reference(other)
    return Notice(
        notice_id=str(uuid.uuid4()),
        kind=kind,
        to=about.participant,
        about=about,
        other=twin,
        match_id=match_id,
        bits=pair.bits if pair else None,
        probability=pair.probability if pair else None,
        evidence=list(pair.evidence) if pair else [],
        model=pair.model if pair else None,
        created_at=now,
        text=_WORDS[kind].format(one=f"Your record {about.source_id}", other=f"a record of {twin.participant}"),
    )


def _reference(entry: Entry) -> Reference:
    return Reference(participant=entry.participant, source_id=entry.source_id, version=entry.version)
