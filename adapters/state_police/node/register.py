"""The register of the state police system: its one database, and what may be asked of it."""

import datetime
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Table

from adapters.lookalike.rows import Database, Row, holding, position, rows_in
from adapters.state_police.node import tables

INDIAN_TIME = datetime.timezone(datetime.timedelta(hours=5, minutes=30))

#: How stations write a person's sex, by the code it is asked for with.
_SEXES = {"1": ("1", "पु", "M", "Male"), "2": ("2", "म", "F", "Female"), "3": ("3", "तृतीय लिंग", "T")}


def moment() -> str:
    """Now, as this system writes it: Indian time without a zone, to the second."""
    return datetime.datetime.now(INDIAN_TIME).strftime("%Y-%m-%d %H:%M:%S")


class Register:
    """The two kinds of report, the complaints behind them, the notices received and the log of who read what."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, tables.metadata)

    def close(self) -> None:
        self._database.close()

    def load(self, path: Path) -> None:
        """Take in a file of rows in this system's words (see ``adapters.lookalike.rows``)."""
        self.take(rows_in(path))

    def take(self, rows: Iterable[Row]) -> None:
        self._database.take(rows, tables.LOADED)

    def changed(
        self, table: Table, since: str | None, mark: str | None, limit: int
    ) -> tuple[list[Row], str | None, bool]:
        """One page of a list, oldest change first: its rows, the mark to go on from, and whether there is more."""
        found = self._database.changed(table, "AntimParivartan", since, mark, limit + 1)
        page = found[:limit]
        return page, position(table, "AntimParivartan", page[-1]) if page else mark, len(found) > limit

    def one(self, table: Table, number: str) -> Row | None:
        return self._database.one(table, number)

    def search(self, table: Table, name: str, sex: str | None, limit: int) -> list[Row]:
        """Reports in whose names every word occurs, latest change first."""
        where = [holding(name, table.c.Naam, table.c.NaamHindi, table.c.UpNaam)]
        where += [table.c.LingKod.in_(_SEXES.get(sex, (sex,)))] if sex else []
        return self._database.found(table, *where, newest="AntimParivartan", limit=limit)

    def report(self, number: str) -> Row | None:
        """The missing child's or recovered person's report with this id."""
        return self.one(tables.gumshuda_bachcha, number) or self.one(tables.prapt_vyakti, number)

    def take_notice(self, notice: Row) -> tuple[str, bool]:
        """Keep a notice once: its receipt number, and whether it was known already."""
        number, known = self._database.keep_once(tables.suchna, "SuchnaId", {**notice, "PraptSamay": moment()})
        return f"PAV/{number:06d}", known

    def log(self, line: Row) -> None:
        """Note who asked for which part of a file, why, and what came of it."""
        with self._database.writing() as connection:
            connection.execute(tables.abhigam.insert().values(Samay=moment(), **line))

    def all(self, name: str) -> list[Row]:
        """Every row of one table, for those who run this system."""
        return self._database.all(tables.metadata.tables[name])
