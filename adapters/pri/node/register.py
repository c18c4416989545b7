"""The panchayat register: its one database, and what may be asked of it."""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapters.lookalike.rows import Database, Row, holding, position, rows_in
from adapters.pri.node import tables
from adapters.pri.node.tasks import Tasks

INDIAN_TIME = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
#: Why somebody may look (uddeshya): comparing, restoration, inquiry, care, verifying the home, audit.
PURPOSES = frozenset({"milan", "punarvas", "jaanch", "dekhbhal", "ghar_satyapan", "lekha_pariksha"})
_HEADER = frozenset({"register_no", "sanshodhan", "badla_gaya", "badla_kisne"})
#: What is kept back for a purpose; restoration, inquiry and home verification are told everything.
_KEPT_BACK = {"milan": frozenset({"mobile", "pahchan_patra"}), "dekhbhal": frozenset({"pahchan_patra"})}

#: How workers write a child's sex, for what is asked as balak, balika or anya.
_SEXES = {
    "balak": ("ल", "लड़का", "बालक", "balak", "ladka"),
    "balika": ("लड़की", "बालिका", "balika", "ladki"),
    "anya": ("अन्य", "anya"),
}


def moment() -> str:
    """Now, in Indian time, as this system writes it."""
    return datetime.datetime.now(INDIAN_TIME).isoformat(timespec="seconds")


class Register:
    """Children of the villages, the verification of their homes, notices to the village, and who looked at what."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, tables.metadata, Path(__file__).with_name("migrations"))
        self.tasks = Tasks(self._database, moment)

    def close(self) -> None:
        self._database.close()

    def load(self, path: Path) -> None:
        """Take in a file of rows in this system's words (see ``adapters.lookalike.rows``)."""
        self.take(rows_in(path))

    def take(self, rows: Iterable[Row]) -> None:
        self._database.take(rows, tables.LOADED)

    def changed(self, since: str | None, mark: str | None, limit: int) -> tuple[list[Row], str | None]:
        """One page of children, oldest change first, and the mark of the next page, if there is one."""
        found = self._database.changed(tables.bal_panji, "badla_gaya", since, mark, limit + 1)
        page = found[:limit]
        return page, position(tables.bal_panji, "badla_gaya", page[-1]) if len(found) > limit else None

    def search(self, name: str, sex: str | None, limit: int) -> list[Row]:
        """Children in whose names every word occurs, latest change first."""
        c = tables.bal_panji.c
        where = [holding(name, c.bachche_ka_naam, c.pukar_naam)] + ([c.ling.in_(_SEXES[sex])] if sex else [])
        return self._database.found(tables.bal_panji, *where, newest="badla_gaya", limit=limit)

    def child(self, number: str) -> Row | None:
        return self._database.one(tables.bal_panji, number)

    def take_notice(self, notice: dict[str, Any], gram_kod: int | None) -> tuple[int, bool]:
        """Put a notice into the inbox of a village, once, with the task of it: its number, and whether it was known.

        Without a village it goes to whoever runs the register, who passes it on.
        """
        village = self._database.one(tables.gram, gram_kod) if gram_kod is not None else None
        told = {name: (village or {}).get(name) for name in ("gram_pradhan", "vcpc_sachiv")}
        row = {**notice, **told, "gram_kod": gram_kod, "prapt_samay": moment()}
        due = row.pop("niyat_tithi", None)
        kept = self._database.keep_once(tables.suchna_peti, "suchna_no", row)
        self.tasks.of_notice(row | {"niyat_tithi": due})
        return kept

    def verification(self, number: str, purpose: str) -> tuple[Row, list[str]] | None:
        """The home verification as it is shown for a purpose, and the names of what is kept back."""
        row = self._database.one(tables.ghar_satyapan, number)
        if row is None:
            return None
        told = {name for name, value in row.items() if value not in (None, "")}
        kept_back = told - _HEADER if purpose == "lekha_pariksha" else told & _KEPT_BACK.get(purpose, frozenset())
        return {name: value for name, value in row.items() if name in told - kept_back}, sorted(kept_back)

    def log(self, line: Row) -> None:
        """Note who asked for which home, why, and what came of it."""
        with self._database.writing() as connection:
            connection.execute(tables.dekhne_ki_panji.insert().values(samay=moment(), **line))

    def all(self, name: str) -> list[Row]:
        """Every row of one table, for those who run this system."""
        return self._database.all(tables.metadata.tables[name])
