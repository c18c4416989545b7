"""The database of the homes' software: residents of many homes, and their eFiles in versions."""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from adapters.cci.node import tables
from adapters.cci.node.forms import forms
from adapters.lookalike.rows import Database, Row, holding, position, rows_in

INDIAN_TIME = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


def moment() -> str:
    """Now, in Indian time, as this system writes it."""
    return datetime.datetime.now(INDIAN_TIME).isoformat(timespec="seconds")


class Overtaken(Exception):
    """Somebody else wrote the section since the writer read it."""


class Register:
    """Homes, residents, eFile sections, notices and the log of who read what."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, tables.metadata)

    def close(self) -> None:
        self._database.close()

    def load(self, path: Path) -> None:
        """Take in a file of rows in this system's words (see ``adapters.lookalike.rows``)."""
        self.take(rows_in(path))

    def take(self, rows: Iterable[Row]) -> None:
        """Raises ``KeyError`` for a table, column, section or entry that does not exist."""
        self._database.take((_checked(row) for row in rows), tables.LOADED)

    def homes(self) -> list[Row]:
        return self._database.all(tables.home)

    def residents(self, since: str | None, mark: str | None, limit: int) -> tuple[list[Row], str | None]:
        """One page of residents, oldest change first, and the mark of the next page, if there is one."""
        found = self._database.changed(tables.resident, "last_modified", since, mark, limit + 1)
        page = found[:limit]
        last = position(tables.resident, "last_modified", page[-1]) if len(found) > limit else None
        return self._with_homes(page), last

    def resident(self, number: str) -> Row | None:
        row = self._database.one(tables.resident, number)
        return None if row is None else self._with_homes([row])[0]

    def _with_homes(self, rows: list[Row]) -> list[Row]:
        home = tables.home.c
        query = select(home.home_unit, home.home_name, home.home_type)
        homes = {
            row["home_unit"]: row for row in self._rows(query.where(home.home_unit.in_({r["home_unit"] for r in rows})))
        }
        return [row | homes.get(row["home_unit"], {"home_name": None, "home_type": None}) for row in rows]

    def search(self, words: str, sex: str | None, limit: int) -> list[Row]:
        """Residents in whose names every word occurs, newest admission record first."""
        c = tables.resident.c
        where = [holding(words, c.inmate_name, c.name_in_hindi, c.alias)] + ([c.sex == sex] if sex else [])
        return self._with_homes(self._database.found(tables.resident, *where, newest="last_modified", limit=limit))

    def section(self, number: str, section: str) -> Row | None:
        """The newest version of one section."""
        return next(iter(self.versions(number, section)), None)

    def versions(self, number: str, section: str) -> list[Row]:
        """Every version of one section, newest first."""
        efile = tables.efile.c
        query = select(tables.efile).where(efile.admission_no == number, efile.section == section)
        return self._rows(query.order_by(efile.revision.desc()))

    def write(self, number: str, section: str, content: dict[str, str], seen: int, by: str) -> Row:
        """Add a version after version ``seen`` (0: the first). Raises ``Overtaken`` if there is another by now."""
        row = {
            "admission_no": number,
            "section": section,
            "revision": seen + 1,
            "content": content,
            "written_by": by,
            "written_at": moment(),
        }
        newest = self.section(number, section)
        if (newest["revision"] if newest else 0) != seen:
            raise Overtaken
        try:
            with self._database.writing() as connection:
                connection.execute(tables.efile.insert().values(**row))
        except IntegrityError:
            raise Overtaken from None
        return row

    def take_notice(self, notice: Row) -> tuple[int, bool]:
        """Keep a notice once: its serial, and whether it was known already."""
        return self._database.keep_once(tables.notice, "notice_no", {**notice, "received_at": moment()})

    def log(self, line: Row) -> None:
        """Note who asked for which section, why, and what came of it."""
        with self._database.writing() as connection:
            connection.execute(tables.access_log.insert().values(at=moment(), **line))

    def all(self, name: str) -> list[Row]:
        """Every row of one table, for those who run this system."""
        return self._database.all(tables.metadata.tables[name])

    def _rows(self, query: Select[Any]) -> list[Row]:
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _checked(row: Row) -> Row:
    if row["table"] == "efile" and (unknown := forms()[row["section"]].unknown(row["content"])):
        raise KeyError(f"section {row['section']} has no entry {unknown[0]}")
    return row
