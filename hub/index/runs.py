"""Pulls and ports: where each participant's cursor stands, and the report of each run."""

import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.index import dialect
from hub.index.schema import cursors, runs
from hub.reports import PullReport


class Runs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cursor(self, participant: str) -> str | None:
        query = select(cursors.c.cursor).where(cursors.c.participant == participant)
        return self._connection.execute(query).scalar_one_or_none()

    def save_cursor(self, participant: str, cursor: str, now: datetime.datetime) -> None:
        dialect.upsert(self._connection, cursors, {"participant": participant, "cursor": cursor, "updated": now})

    def save(self, report: PullReport, what: str) -> None:
        """The run as it stands; written with each batch."""
        dialect.upsert(self._connection, runs, report.model_dump() | {"what": what})

    def last(self) -> dict[str, PullReport]:
        """Participant -> its latest run."""
        newest = select(runs.c.participant, func.max(runs.c.started_at).label("at")).group_by(runs.c.participant)
        latest = newest.subquery()
        joined = (runs.c.participant == latest.c.participant) & (runs.c.started_at == latest.c.at)
        rows = self._connection.execute(select(runs).join(latest, joined))
        return {row.participant: _report(row) for row in rows}


def _report(row: Row[Any]) -> PullReport:
    values = dict(row._mapping)
    values.pop("what")
    return PullReport.model_validate(values)
