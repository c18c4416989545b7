"""The adapter of homes' software: all as the manifest says, and a live search among the residents."""

import datetime
from pathlib import Path
from typing import Any

from adapters.base import Adapter, Capability, Connection, Words
from adapters.by_manifest import ByManifest
from adapters.mapping.compile import Hooks
from adapters.mapping.dates import INDIA
from adapters.mapping.manifest import Call, Manifest
from contracts import ChildRecord, Skipped
from contracts.codes import Gender
from contracts.exchange import Search

_SEXES = {Gender.MALE: "Boy", Gender.FEMALE: "Girl", Gender.TRANSGENDER: "Transgender"}
_LIST = "resident"
_MONTHS = 12


class Homes(ByManifest):
    """Adds ``search``: the homes' software looks by name and sex, the rest is chosen from its answer here."""

    def __init__(self, connection: Connection, manifest: Manifest, folder: Path, hooks: Hooks | None = None) -> None:
        super().__init__(connection, manifest, folder, hooks)
        self.capabilities |= {Capability.SEARCH}

    def search(self, query: Search) -> list[ChildRecord]:
        wanted: dict[str, Any] = {"name": query.name or "", "limit": 200}
        if query.gender is not None:
            wanted["sex"] = _SEXES[query.gender]
        answer = self.transport.ask(Call(path=self.manifest.own["search"], method="POST"), wanted)
        records = (self._record(row) for row in answer.get("residents", []))
        today = datetime.datetime.now(INDIA).date()
        fitting = [record for record in records if record is not None and fits(record, query, today)]
        return fitting[query.offset : query.offset + query.limit]

    def _record(self, row: dict[str, Any]) -> ChildRecord | None:
        try:
            return self.translate(Words(str(row.get("admission_no")), {"@list": _LIST, **row}, ""))
        except Skipped:
            return None


def fits(record: ChildRecord, query: Search, today: datetime.date) -> bool:
    """Whether a record holds all criteria but the name; an unknown age or date is kept."""
    if record.ended and not query.include_ended:
        return False
    place, on = record.event.place, record.event.on
    return (
        query.kind in (None, record.kind)
        and query.status in (None, record.status)
        and query.state in (None, place.state if place else None)
        and query.district in (None, place.district if place else None)
        and (query.language is None or query.language in record.languages)
        and (query.diary_number is None or any(query.diary_number == diary.number for diary in record.diaries))
        and (on is None or (query.event_from or on) <= on <= (query.event_to or on))
        and _of_age(record, query, today)
    )


def _of_age(record: ChildRecord, query: Search, today: datetime.date) -> bool:
    if record.birth is None:
        return True
    youngest, oldest = (months // _MONTHS for months in record.birth.months_on(today))
    highest = oldest if query.age_years_to is None else query.age_years_to
    return youngest <= highest and oldest >= (query.age_years_from or 0)


def create(connection: Connection, manifest: Manifest, folder: Path, hooks: Hooks | None = None) -> Adapter:
    """What ``adapters.catalog`` calls."""
    return Homes(connection, manifest, folder, hooks)
