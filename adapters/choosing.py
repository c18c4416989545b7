"""Whether a record fits a search, for systems that look by less than they are asked for."""

import datetime

from adapters.mapping.dates import INDIA
from contracts import ChildRecord
from contracts.exchange import Search

_MONTHS = 12


def chosen(records: list[ChildRecord], query: Search) -> list[ChildRecord]:
    """Those of ``records`` that fit, in their order: the page that ``query`` asks for."""
    today = datetime.datetime.now(INDIA).date()
    fitting = [record for record in records if fits(record, query, today)]
    return fitting[query.offset : query.offset + query.limit]


def fits(record: ChildRecord, query: Search, today: datetime.date) -> bool:
    """Whether a record holds all criteria but the name; an unknown age is kept, as in a search of the index."""
    if record.ended and not query.include_ended and query.status is None:
        return False
    place = record.event.place
    return (
        query.kind in (None, record.kind)
        and query.status in (None, record.status)
        and query.gender in (None, record.gender)
        and query.state in (None, place.state if place else None)
        and query.district in (None, place.district if place else None)
        and (query.language is None or query.language in record.languages)
        and (query.diary_number is None or any(query.diary_number == diary.number for diary in record.diaries))
        and _on_days(record, query)
        and _of_age(record, query, today)
    )


def _on_days(record: ChildRecord, query: Search) -> bool:
    on = record.event.on
    if query.event_from is None and query.event_to is None:
        return True
    return on is not None and (query.event_from or on) <= on <= (query.event_to or on)


def _of_age(record: ChildRecord, query: Search, today: datetime.date) -> bool:
    if record.birth is None:
        return True
    youngest, oldest = (months // _MONTHS for months in record.birth.months_on(today))
    highest = oldest if query.age_years_to is None else query.age_years_to
    return youngest <= highest and oldest >= (query.age_years_from or 0)
