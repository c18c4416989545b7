"""The database of the homes' software: residents of many homes, and their eFiles in versions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select, true, update
from sqlalchemy.exc import IntegrityError

from adapters.cci.node import tables
from adapters.cci.node.forms import forms
from adapters.cci.node.passes import Passes
from adapters.cci.node.photographs import Photographs
from adapters.cci.node.telling_time import moment
from adapters.lookalike.rows import Database, Row, holding, position, rows_in

#: Of a resident, what the software itself writes.
OF_ITS_OWN = frozenset({"admission_no", "home_unit", "revision", "last_modified", "modified_by"})


class Overtaken(Exception):
    """Somebody else wrote it since the writer read it."""


class Register:
    """Homes, residents, eFile sections, notices and the log of who read what.

    ``home`` None: of all homes; else of that one alone.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        self._database = Database(url, tables.metadata, Path(__file__).with_name("migrations"))
        self.passes, self.photographs = Passes(self._database, key), Photographs(self._database)

    def close(self) -> None:
        self._database.close()

    def load(self, path: Path) -> None:
        """Take in a file of rows in this system's words (see ``adapters.lookalike.rows``)."""
        self.take(rows_in(path))

    def take(self, rows: Iterable[Row]) -> None:
        """Raises ``KeyError`` for a table, column, section or entry that does not exist."""
        self._database.take((_checked(row) for row in rows), tables.LOADED)

    # Homes ------------------------------------------------------------------------------------------------------

    def homes(self, home: str | None = None) -> list[Row]:
        return [row for row in self._database.all(tables.home) if home in (None, row["home_unit"])]

    def home(self, home_unit: str) -> Row | None:
        return self._database.one(tables.home, home_unit)

    def change_home(self, home_unit: str, said: Row, by: str) -> None:
        """Write what is kept of a home, a new one too; what was kept before stays readable."""
        before = self.home(home_unit) or {}
        row = {**before, **said, "home_unit": home_unit}
        self._database.take([{"table": "home", **row}], tables.LOADED)
        self._note_change({"home_unit": home_unit}, {name: before.get(name) for name in said}, said, by)

    def living_in(self, home_unit: str) -> int:
        """Residents whose case is not ended there."""
        c = tables.resident.c
        query = select(func.count()).where(c.home_unit == home_unit, c.case_status.not_in(_GONE))
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    # Residents --------------------------------------------------------------------------------------------------

    def residents(
        self, since: str | None, mark: str | None, limit: int, home: str | None = None
    ) -> tuple[list[Row], str | None]:
        """One page of residents, oldest change first, and the mark of the next page, if there is one."""
        of = self._of(home)
        found = self._database.changed(tables.resident, "last_modified", since, mark, limit + 1, of)
        page = found[:limit]
        last = position(tables.resident, "last_modified", page[-1]) if len(found) > limit else None
        return self._with_homes(page), last

    def resident(self, number: str) -> Row | None:
        row = self._database.one(tables.resident, number)
        return None if row is None else self._with_homes([row])[0]

    def search(self, words: str, sex: str | None, limit: int, home: str | None = None) -> list[Row]:
        """Residents in whose names every word occurs, newest admission record first."""
        c = tables.resident.c
        where = [holding(words, c.inmate_name, c.name_in_hindi, c.alias)] + ([c.sex == sex] if sex else [])
        found = self._database.found(tables.resident, *where, self._of(home), newest="last_modified", limit=limit)
        return self._with_homes(found)

    def admit(self, home_unit: str, said: Row, by: str) -> str:
        """A new resident; the admission number, given in the order of the year where ``said`` has none."""
        number = said.pop("admission_no", None) or self._next_number(home_unit)
        row = {**said, "admission_no": number, "home_unit": home_unit, "last_modified": moment(), "modified_by": by}
        try:
            with self._database.writing() as connection:
                connection.execute(tables.resident.insert().values(**row))
        except IntegrityError:
            raise Overtaken from None
        self._note_change({"home_unit": home_unit, "admission_no": number}, {}, said, by)
        return str(number)

    def change_resident(self, row: Row, said: Row, seen: int, by: str) -> int:
        """Write what is kept of a resident after revision ``seen``; the new revision. Raises ``Overtaken``."""
        number = row["admission_no"]
        at = (tables.resident.c.admission_no == number) & (tables.resident.c.revision == seen)
        new = {**said, "revision": seen + 1, "last_modified": moment(), "modified_by": by}
        with self._database.writing() as connection:
            if not connection.execute(update(tables.resident).where(at).values(**new)).rowcount:
                raise Overtaken
        keys = {"home_unit": row["home_unit"], "admission_no": number}
        self._note_change(keys, {name: row[name] for name in said}, said, by)
        return seen + 1

    def changes(self, home_unit: str, admission_no: str | None) -> list[Row]:
        """What was changed of a resident (or of the home, for None), by whom and when, the newest first."""
        c = tables.change.c
        query = select(tables.change).where(c.home_unit == home_unit, c.admission_no.is_not_distinct_from(admission_no))
        return self._rows(query.order_by(c.serial.desc()))

    # Sections ---------------------------------------------------------------------------------------------------

    def section(self, number: str, section: str) -> Row | None:
        """The newest version of one section."""
        return next(iter(self.versions(number, section)), None)

    def versions(self, number: str, section: str) -> list[Row]:
        """Every version of one section, newest first."""
        efile = tables.efile.c
        query = select(tables.efile).where(efile.admission_no == number, efile.section == section)
        return self._rows(query.order_by(efile.revision.desc()))

    def written(self, write_no: str) -> Row | None:
        """The version that came of a writing, if that writing came."""
        return next(iter(self._rows(select(tables.efile).where(tables.efile.c.write_no == write_no))), None)

    def write(
        self, number: str, section: str, content: dict[str, str], seen: int, by: str, why: Row | None = None
    ) -> Row:
        """Add a version after version ``seen`` (0: the first). Raises ``Overtaken`` if there is another by now.

        ``why`` may name ``write_no``, ``purpose``, ``case_ref``, ``office``; a write_no that is there is overtaken.
        """
        row = {
            "admission_no": number, "section": section, "revision": seen + 1, "content": content,
            "written_by": by, "written_at": moment(), **(why or {}),
        }  # fmt: skip
        newest = self.section(number, section)
        if (newest["revision"] if newest else 0) != seen:
            raise Overtaken
        try:
            with self._database.writing() as connection:
                connection.execute(tables.efile.insert().values(**row))
        except IntegrityError:
            raise Overtaken from None
        return row

    # Notices and the log ----------------------------------------------------------------------------------------

    def take_notice(self, notice: Row) -> tuple[int, bool]:
        """Keep a notice once: its serial, and whether it was known already."""
        return self._database.keep_once(tables.notice, "notice_no", {**notice, "received_at": moment()})

    def notices(self, home: str | None, limit: int = 100) -> list[Row]:
        """The newest notices."""
        return self._database.found(tables.notice, self._of(home, tables.notice), newest="serial", limit=limit)

    def log(self, line: Row) -> None:
        """Note who asked for which section, why, and what came of it."""
        with self._database.writing() as connection:
            connection.execute(tables.access_log.insert().values(at=moment(), **line))

    def accesses(self, number: str) -> list[Row]:
        """Who asked for what of one resident, the newest first."""
        of = tables.access_log.c.admission_no == number
        return self._database.found(tables.access_log, of, newest="serial", limit=500)

    def all(self, name: str) -> list[Row]:
        """Every row of one table, for those who run this system."""
        return self._database.all(tables.metadata.tables[name])

    def _of(self, home: str | None, table: Table = tables.resident) -> ColumnElement[bool]:
        return true() if home is None else table.c.home_unit == home

    def _note_change(self, keys: Row, before: Row, after: Row, by: str) -> None:
        row = {"before": before, "after": after, "changed_by": by, "changed_at": moment()}
        with self._database.writing() as connection:
            connection.execute(tables.change.insert().values(**keys, **row))

    def _next_number(self, home_unit: str) -> str:
        start = f"{home_unit}/{moment()[:4]}/"
        c = tables.resident.c.admission_no
        with self._database.reading() as connection:
            taken = connection.execute(select(c).where(c.startswith(start, autoescape=True))).scalars().all()
        serials = [int(rest) for one in taken if (rest := one.removeprefix(start)).isdecimal()]
        return f"{start}{max(serials, default=0) + 1:04d}"

    def _with_homes(self, rows: list[Row]) -> list[Row]:
        home = tables.home.c
        query = select(home.home_unit, home.home_name, home.home_type)
        homes = {
            row["home_unit"]: row for row in self._rows(query.where(home.home_unit.in_({r["home_unit"] for r in rows})))
        }
        return [row | homes.get(row["home_unit"], {"home_name": None, "home_type": None}) for row in rows]

    def _rows(self, query: Select[Any]) -> list[Row]:
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


#: Where a case stands of whom the home does not hold any more.
_GONE = ("RESTORED", "TRANSFERRED", "ABSCONDED", "ATTAINED 18", "DIED", "DISCHARGED")


def _checked(row: Row) -> Row:
    if row["table"] == "efile" and (unknown := forms()[row["section"]].unknown(row["content"])):
        raise KeyError(f"section {row['section']} has no entry {unknown[0]}")
    return row
