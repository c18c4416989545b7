"""Entries of one owner that may be one child: those that share a number and a name, and those confirmed as one."""

import datetime
from collections.abc import Collection

from sqlalchemy import Connection, and_, delete, func, select

from contracts import ChildRecord
from contracts.exchange import MatchState
from hub.index import dialect
from hub.index.case_tables import case_findings
from hub.index.columns import microseconds
from hub.index.entry import TO_FIND
from hub.index.payload import RECORD, Seal, load_record
from hub.index.schema import markers, match_keys, matches, records

_ONE_CHILD = [MatchState.CONFIRMED.value, MatchState.REUNITED.value]


class Doubles:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def changed(self, marker: str, limit: int) -> list[tuple[int, ChildRecord]]:
        """The next entries in the order of their last change, and the marker moved on behind them."""
        said = self._connection.execute(select(markers.c.value).where(markers.c.name == marker)).scalar_one_or_none()
        updated, row = (int(part) for part in (said or "0 0").split())
        moment = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(microseconds=updated)
        after = (records.c.updated > moment) | ((records.c.updated == moment) & (records.c.row > row))
        query = select(records.c.row, records.c.record, records.c.updated).where(after)
        found = self._connection.execute(query.order_by(records.c.updated, records.c.row).limit(limit)).all()
        if found:
            at = f"{microseconds(found[-1].updated)} {found[-1].row}"
            dialect.upsert(self._connection, markers, {"name": marker, "value": at})
        opened = self._seal.open_all([one.record for one in found], RECORD)
        return [(one.row, load_record(record)) for one, record in zip(found, opened, strict=True)]

    def sharing(
        self, row: int, participant: str, some: Collection[int], others: Collection[int], most: int
    ) -> list[tuple[int, ChildRecord]]:
        """Other entries of the owner that are found by a key of ``some`` and by one of ``others``."""
        if not some or not others:
            return []
        numbered, named = match_keys.alias("numbered"), match_keys.alias("named")
        both = and_(named.c.row == numbered.c.row, named.c.side == TO_FIND, named.c.key.in_(others))
        query = (
            select(records.c.row, records.c.record)
            .join_from(numbered, named, both)
            .join(records, records.c.row == numbered.c.row)
            .where(numbered.c.side == TO_FIND, numbered.c.key.in_(some), numbered.c.row != row)
            .where(records.c.participant == participant)
            .distinct()
            .limit(most)
        )
        found = self._connection.execute(query).all()
        opened = self._seal.open_all([one.record for one in found], RECORD)
        return [(one.row, load_record(record)) for one, record in zip(found, opened, strict=True)]

    def settle(self, row: int, rule: str) -> None:
        """What was said of this entry and others is looked at anew."""
        about = (case_findings.c.row == row) | (case_findings.c.other == row)
        self._connection.execute(delete(case_findings).where(case_findings.c.rule == rule, about))

    def mark_confirmed(self, rule: str, now: datetime.datetime) -> None:
        """Entries of one owner of which each was confirmed to be the same third one."""
        self._connection.execute(delete(case_findings).where(case_findings.c.rule == rule))
        for mine, third in ((matches.c.searched, matches.c.found), (matches.c.found, matches.c.searched)):
            self._mark(rule, mine.name, third.name, now)

    def _mark(self, rule: str, mine: str, third: str, now: datetime.datetime) -> None:
        one, other = matches.alias("one"), matches.alias("other")
        first, second = records.alias("first"), records.alias("second")
        pairs = (
            select(one.c[mine], func.min(other.c[mine]))
            .join_from(one, other, and_(one.c[third] == other.c[third], one.c[mine] != other.c[mine]))
            .join(first, first.c.row == one.c[mine])
            .join(second, and_(second.c.row == other.c[mine], second.c.participant == first.c.participant))
            .where(one.c.state.in_(_ONE_CHILD), other.c.state.in_(_ONE_CHILD))
            .group_by(one.c[mine])
        )
        rows = [
            {"row": row, "rule": rule, "place": twin, "step": None, "at": None, "other": twin, "found_at": now}
            for row, twin in self._connection.execute(pairs)
        ]
        dialect.insert_many(self._connection, case_findings, rows, new_only=True)
