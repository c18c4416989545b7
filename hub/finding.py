"""Finding entries: the search, one case with its timeline and matches, and the cards that everybody may see."""

import datetime
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from contracts import ChildRecord, Place, Refused, Relative
from contracts.codes import Relation
from contracts.exchange import Case, GetCase, Search, SearchReply
from hub.access import Caller, Group, Verdict, require_purpose
from hub.core import Core, plain_number
from hub.index import Store, Work
from hub.index.entry import Veil, is_withdrawn
from hub.index.searching import Found
from hub.jurisdiction import tie
from hub.reports import PublicCard
from hub.showing import age_years, hit_of, is_own, listed, may_meet, no_such_entry, shown, sight_of

INDIA = ZoneInfo("Asia/Kolkata")
#: From this likeness on a name counts as found.
_LIKE_ENOUGH = 0.5
_GUARDIANS = (Relation.FATHER, Relation.MOTHER, Relation.GUARDIAN)


def india_today() -> datetime.date:
    """The day it is in India."""
    return datetime.datetime.now(INDIA).date()


class Finding:
    def __init__(self, store: Store, core: Core, today: Callable[[], datetime.date] = india_today) -> None:
        self._store, self._core, self._today = store, core, today

    def search(self, caller: Caller, query: Search) -> SearchReply:
        """Entries that fit, as far as the caller may meet them: by name best first, otherwise newest first."""
        total, found = self.found(caller, query)
        return SearchReply(total=total, hits=[hit_of(caller, one, self._today()) for one in found])

    def found(self, caller: Caller, query: Search) -> tuple[int, list[Found]]:
        """The same as records, before it is decided what of them is shown."""
        today, sight = self._today(), sight_of(caller)
        with self._store.read() as work:
            if _in_clear(query):
                total, found = work.searching.newest(query, sight, today)
            else:
                total, found = work.searching.looked_at(
                    query, sight, today, self._keys(query), self.fits(caller, query)
                )
        return total, found

    def _keys(self, query: Search) -> list[list[int]]:
        named = [list(self._core.name_keys(query.name))] if query.name is not None else []
        return named + ([list(self._core.diary_keys(query.diary_number))] if query.diary_number is not None else [])

    @property
    def today(self) -> datetime.date:
        return self._today()

    def fits(self, caller: Caller, query: Search) -> Callable[[ChildRecord], float | None]:
        """How well a record fits what clear columns cannot tell; None if it does not."""

        def fits(record: ChildRecord) -> float | None:
            record = listed(caller, record)  # nobody finds by what they may not see
            if not (_on_days(record, query) and _speaks(record, query) and _has_diary(record, query)):
                return None
            if query.name is None:
                return 1.0
            likeness = self._core.name_likeness(query.name, [name.text for name in record.names])
            return min(likeness, 1.0) if likeness >= _LIKE_ENOUGH else None

        return fits

    def case(self, work: Work, caller: Caller, wanted: GetCase) -> Case:
        """One entry, with events and matches if the caller may see them. ``Refused``: ``unknown_case``,
        ``no_purpose_stated``, ``purpose_not_allowed``, ``no_case_stated``."""
        row = self._row(work, wanted)
        record = None if row is None else work.records.record(row)
        if record is None or not may_meet(caller, record):
            raise no_such_entry()
        own = is_own(caller.participant, record)
        if not own:
            require_purpose(caller, wanted.purpose, wanted.case)
        tied = tie(work, caller, row.hub_id, record)
        full = own or caller.sees(tied, wanted.purpose, Group.CASE) is Verdict.ALLOW
        told = own or (full and not is_withdrawn(record))
        return Case(
            hub_id=row.hub_id,
            record=shown(caller, record, tied, wanted.purpose),
            events=work.events.of([(row.participant, row.source_id)]) if told else [],
            matches=work.matches.of_entry(row.hub_id, *_matched(caller, own)) if full else [],
            first_seen=row.first_seen,
            updated=row.updated,
        )

    def _row(self, work: Work, wanted: GetCase) -> Any:
        if wanted.hub_id is not None:
            return work.records.find(hub_id=wanted.hub_id)
        if wanted.participant is None or wanted.source_id is None:
            raise Refused("no_case_named", "Name the case by hub_id, or by participant and source_id.")
        return work.records.find(participant=wanted.participant, source_id=wanted.source_id)

    def public_cards(self, limit: int, offset: int) -> list[PublicCard]:
        with self._store.read() as work:
            return [self._card(found) for found in work.searching.public(limit, offset)]

    def public_card(self, public_id: str) -> PublicCard | None:
        with self._store.read() as work:
            found = work.searching.public_one(public_id)
        return None if found is None else self._card(found)

    def public_id(self, hub_id: str) -> str | None:
        with self._store.read() as work:
            return work.searching.public_id(hub_id)

    def has_ended(self, public_id: str) -> bool:
        with self._store.read() as work:
            return work.searching.has_ended(public_id)

    def _card(self, found: Found) -> PublicCard:
        assert found.public_id is not None
        return card_of(found.public_id, found.record, self._today())


def card_of(public_id: str, record: ChildRecord, day: datetime.date) -> PublicCard:
    """What everybody may see of a child that is shown to the public; its age is that of ``day``."""
    age, _ = age_years(record, day)
    where = record.event.place or Place()
    return PublicCard(
        public_id=public_id,
        name=record.names[0].text if record.names else None,
        age_years=age,
        gender=record.gender,
        guardian=_guardian(record.relatives),
        place=where.raw,
        missing_on=record.event.on,
        state=where.state,
        district=where.district,
        participant=record.ref.participant,
    )


def _matched(caller: Caller, own: bool) -> tuple[int, str | None]:
    """Up to which veil, and of which participant whatever the veil, the matches of an entry are shown. Who was told of
    a match by notice meets it at its own entry, but for what was sealed since."""
    sight = sight_of(caller)
    return (Veil.COMMITTEE, sight.participant) if own else (sight.veil, None)


def _guardian(relatives: list[Relative]) -> str | None:
    named = {one.relation: one.names[0].text for one in reversed(relatives)}
    return next((named[relation] for relation in _GUARDIANS if relation in named), None)


def _in_clear(query: Search) -> bool:
    payload = (query.name, query.language, query.diary_number)
    return all(one is None for one in payload) and query.event_from is None and query.event_to is None


def _on_days(record: ChildRecord, query: Search) -> bool:
    day = record.event.on
    if query.event_from is None and query.event_to is None:
        return True
    return day is not None and (query.event_from or day) <= day <= (query.event_to or day)


def _speaks(record: ChildRecord, query: Search) -> bool:
    wanted = query.language
    return wanted is None or wanted.split("-")[0] in {tag.split("-")[0] for tag in record.languages}


def _has_diary(record: ChildRecord, query: Search) -> bool:
    wanted = query.diary_number
    return wanted is None or plain_number(wanted) in {plain_number(diary.number) for diary in record.diaries}
