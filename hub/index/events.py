"""Steps of cases as participants told them."""

import datetime
from collections.abc import Sequence

from sqlalchemy import Connection, select, tuple_

from contracts import CaseEvent
from hub.index import dialect
from hub.index.payload import EVENT, Owner, Seal
from hub.index.schema import events


class Events:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def known(self, sender: str, event_ids: Sequence[str]) -> set[str]:
        query = select(events.c.event_id).where(events.c.sender == sender, events.c.event_id.in_(event_ids))
        return set(self._connection.execute(query).scalars())

    def add(self, sender: str, told: Sequence[CaseEvent], now: datetime.datetime) -> None:
        self._seal.ready([Owner(event.ref.participant, event.ref.source_id) for event in told])
        rows = [
            {
                "sender": sender,
                "event_id": event.event_id,
                "participant": event.ref.participant,
                "source_id": event.ref.source_id,
                "at": event.at,
                "received_at": now,
                "body": self._closed(sender, event),
            }
            for event in told
        ]
        dialect.insert_many(self._connection, events, rows, new_only=True)

    def of(self, references: Sequence[tuple[str, str]]) -> list[CaseEvent]:
        """Events of these (participant, source id), oldest first."""
        about = tuple_(events.c.participant, events.c.source_id)
        query = select(events.c.sender, events.c.event_id, events.c.body).where(about.in_(references))
        rows = self._connection.execute(query.order_by(events.c.at, events.c.event_id)).all()
        opened = self._seal.open_all(
            [row.body for row in rows], EVENT, [row_of(row.sender, row.event_id) for row in rows]
        )
        return [CaseEvent.model_validate_json(body) for body in opened]

    def told_of(self, references: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of these (participant, source id) those of which a step was told."""
        found: list[tuple[str, str]] = []
        for part in dialect.parts(references, 400):
            about = tuple_(events.c.participant, events.c.source_id)
            query = select(events.c.participant, events.c.source_id).where(about.in_(part)).distinct()
            found += [(participant, source_id) for participant, source_id in self._connection.execute(query)]
        return found

    def _closed(self, sender: str, event: CaseEvent) -> bytes:
        plain, owner = event.model_dump_json(exclude_defaults=True).encode(), Owner(*_about(event))
        return self._seal.close(plain, EVENT, owner, row=row_of(sender, event.event_id))


def _about(event: CaseEvent) -> tuple[str, str]:
    return event.ref.participant, event.ref.source_id


def row_of(sender: str, event_id: str) -> str:
    return f"{sender}\0{event_id}"
