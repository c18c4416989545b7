"""The look-alike's own database: two lists of persons, an inbox of alerts, and settings of how it misbehaves."""

import contextlib
import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from adapters.lookalike.rows import Database, holding, rows_in
from adapters.zipnet.node.columns import MISSING_DETAIL, MISSING_LIST, NUMBERS, UNIDENTIFIED

Row = dict[str, Any]
_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
_metadata = sa.MetaData()


def _persons(name: str, key: str, columns: Iterable[str]) -> sa.Table:
    made = sa.Table(
        name, _metadata,
        *(sa.Column(c, sa.Integer if c in NUMBERS else sa.Text, primary_key=c == key) for c in columns),
        # Ours, not ZIPNET's: the moment to sort by, and whether the row crashes whatever shows it.
        sa.Column("created_key", sa.Text, nullable=False),
        sa.Column("Poison", sa.Boolean, nullable=False, server_default=sa.false()),
    )  # fmt: skip
    # Ordering and paging run on the index alone; rows are looked up for one page only.
    sa.Index(f"ix_{name}_newest", made.c.created_key, made.c[key])
    sa.Index(f"ix_{name}_state", made.c.State, made.c.created_key, made.c[key])
    return made


missing_persons = _persons("missing_persons", "MissingPersonId", (*MISSING_LIST, *MISSING_DETAIL))
unidentified_persons = _persons("unidentified_persons", "UnIdentifiedPersonId", UNIDENTIFIED)
sa.Index("ix_missing_serial", missing_persons.c.SerialNumber)
sa.Index("ix_unidentified_serial", unidentified_persons.c.UIPFSerialNumber)
alerts = sa.Table(
    "alerts", _metadata,
    sa.Column("AlertId", sa.Integer, primary_key=True),
    sa.Column("NoticeId", sa.Text, nullable=False, unique=True),
    sa.Column("Body", sa.Text, nullable=False),
    sa.Column("ReceivedOn", sa.Text, nullable=False),
)  # fmt: skip
#: casing = pascal | camel (camel answers whole rows) · ties = steady | restless · charset = utf-8 | windows-1252
settings = sa.Table(
    "settings", _metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
loads = sa.Table("loads", _metadata, sa.Column("sha256", sa.Text, primary_key=True), sa.Column("file", sa.Text))
TABLES = {"missing_persons": missing_persons, "unidentified_persons": unidentified_persons, "settings": settings}


class Store:
    """All SQL of the node, over the database at an SQLAlchemy URL of SQLite."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _metadata)
        self._requests = 0

    def close(self) -> None:
        self._database.close()

    def load(self, path: Path) -> None:
        """Take in JSON-lines of own words, ``{"table": NAME, ...columns}``; a file taken in before is left alone."""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with self._database.reading() as connection:
            known = connection.scalar(sa.select(loads.c.sha256).where(loads.c.sha256 == digest))
        if not known:
            self.add(rows_in(path))
            self._database.take([{"table": "loads", "sha256": digest, "file": path.name}], {"loads": loads})

    def add(self, rows: Iterable[Row]) -> None:
        """Insert or replace rows in own words, as ``load`` does. ``KeyError`` for an unknown table or column."""
        self._database.take(map(_stored, rows), TABLES)

    def setting(self, name: str, default: str) -> str:
        found = self._database.one(settings, name)
        return str(found["value"]) if found else default

    def page(
        self,
        table: sa.Table,
        start: int,
        length: int,
        states: Sequence[str] = (),
        wanted: dict[str, str] | None = None,
    ) -> tuple[int, list[Row]]:
        """How many rows there are, and ``length`` of them from ``start``, newest first.

        Rows created at one moment have no order of their own: with ``ties = restless`` it differs from call to call.
        """
        self._requests += 1
        turned = self.setting("ties", "steady") == "restless" and self._requests % 2 == 1
        where: list[sa.ColumnElement[bool]] = [table.c.State.in_(states)] if states else []
        where += _looked_for(table, wanted or {})
        with self._database.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0
            keys = _keys(connection, table, where, start, min(length, max(0, total - start)), total, turned)
            key = _key(table)
            found = {row[key.name]: dict(row) for row in connection.execute(
                sa.select(table).where(key.in_(keys))).mappings()}  # fmt: skip
        return total, [found[key] for key in keys]

    def one(self, table: sa.Table, *, id: int | None = None, serial: str | None = None) -> Row | None:
        """A record by its key or its serial number."""
        column = _key(table) if id is not None else table.c[_serial(table)]
        with self._database.reading() as connection:
            query = sa.select(table).where(column == (id if id is not None else serial))
            row = connection.execute(query).mappings().first()
        return dict(row) if row else None

    def receive(self, notice_id: str, body: Row) -> tuple[int, bool]:
        """Keep an alert once; its number, and whether it was there before."""
        now = datetime.datetime.now(datetime.UTC).isoformat()
        row = {"NoticeId": notice_id, "Body": json.dumps(body), "ReceivedOn": now}
        return self._database.keep_once(alerts, "NoticeId", row)

    def inbox(self) -> list[Row]:
        rows = self._database.all(alerts)
        return [{**json.loads(row["Body"]), "AlertId": row["AlertId"], "ReceivedOn": row["ReceivedOn"]} for row in rows]


def _looked_for(table: sa.Table, wanted: dict[str, str]) -> list[sa.ColumnElement[bool]]:
    where = [holding(wanted["Name"], table.c.Name)] if "Name" in wanted else []
    return where + ([sa.func.upper(table.c.Sex) == wanted["Sex"].upper()] if "Sex" in wanted else [])


def _keys(connection: sa.Connection, table: sa.Table, where: list[Any], start: int, length: int, total: int,
          turned: bool) -> list[Any]:  # fmt: skip
    """Primary keys of a page, read off the index from whichever end is nearer."""
    key, moment = _key(table), table.c.created_key
    far = start > total // 2
    order = (moment.asc() if far else moment.desc(), key.asc() if far is not turned else key.desc())
    offset = max(0, total - start - length) if far else start
    found = connection.scalars(sa.select(key).where(*where).order_by(*order).limit(length).offset(offset)).all()
    return list(reversed(found)) if far else list(found)


def _key(table: sa.Table) -> sa.Column[Any]:
    return next(iter(table.primary_key.columns))


def _serial(table: sa.Table) -> str:
    return "SerialNumber" if table is missing_persons else "UIPFSerialNumber"


def _stored(row: Row) -> Row:
    if row["table"] not in ("missing_persons", "unidentified_persons"):
        return row
    images = row.get("ImageUrls")
    ours = {"Poison": bool(row.get("Poison")), "created_key": _moment(str(row.get("CreatedOn") or ""))}
    return {**row, **ours, "ImageUrls": json.dumps(images) if images is not None else None}


def _moment(said: str) -> str:
    """CreatedOn as text that sorts; what cannot be read sorts oldest."""
    for form in _FORMS:
        with contextlib.suppress(ValueError):
            return datetime.datetime.strptime(re.sub(r"\.\d+$", "", said.strip()), form).isoformat()
    return ""
