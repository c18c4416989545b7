"""What a village has to do, what it did, and what goes up of it to the block, the sub-division and the district."""

import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select, update

from adapters.lookalike.rows import Database, Row
from adapters.pri.node import tables

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
#: Subject of a notice -> the task that comes of it, and whose it is.
_TASKS = {"ghar_satyapan": ("ghar_satyapan", "VCPC"), "punarvas_bhent": ("punarvas_bhent", "VCPC, BCPC")}
#: To whom a report goes -> the column of a village by which it is gathered.
LEVELS = {"BDO": "prakhand", "SDO": "zila", "DM": "zila", "ZP": "zila"}
_HOME = tables.ghar_satyapan.c.keys()[1:12]


class Uttar(BaseModel):
    """The answer to a task: what was found, by whom; of a home also its entries."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    uttar: Text
    uttar_karta: Word
    ghar: dict[str, Text] = {}


class Palayan(BaseModel):
    """A family that leaves the village, with how many children."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    gram_kod: int
    bachche: Annotated[int, Field(ge=0, le=30)]
    mukhiya: Word
    kahan_gaye: Word | None = None
    kaam: Word | None = None
    thekedar: Word | None = None
    gaye_tithi: Word | None = None
    vapsi_tithi: Word | None = None
    darj_kisne: Word | None = None


class Tasks:
    """The tasks of all villages, and the reports drawn from the register."""

    def __init__(self, database: Database, moment: Any) -> None:
        self._database, self._moment = database, moment

    def of_notice(self, notice: Row) -> None:
        """A notice that asks for something becomes a task, once."""
        prakar, kisko = _TASKS.get(notice["vishay"], (None, None))
        if prakar is None:
            return
        row = {name: notice.get(name) for name in ("suchna_no", "register_no", "sandarbh", "niyat_tithi", "gram_kod")}
        told = {**row, "prakar": prakar, "kisko": kisko, "banaya_gaya": self._moment()}
        self._database.keep_once(tables.karya, "suchna_no", told)

    def open(self, gram_kod: int | None) -> list[Row]:
        """What is not done, the earliest due first."""
        c = tables.karya.c
        query = select(tables.karya).where(c.poora_hua.is_(None)).order_by(c.niyat_tithi, c.kram)
        return self._rows(query if gram_kod is None else query.where(c.gram_kod == gram_kod))

    def answer(self, kram: int, uttar: Uttar) -> Row | None:
        """Close a task with what was found; a home's entries go into its verification. None: no such task."""
        c = tables.karya.c
        task = next(iter(self._rows(select(tables.karya).where(c.kram == kram))), None)
        if task is None:
            return None
        done = {"uttar": uttar.uttar, "uttar_karta": uttar.uttar_karta, "poora_hua": self._moment()}
        with self._database.writing() as connection:
            connection.execute(update(tables.karya).where(c.kram == kram, c.poora_hua.is_(None)).values(**done))
        if task["prakar"] == "ghar_satyapan" and task["register_no"]:
            self._verified(task["register_no"], uttar)
        return {**task, **done}

    def _verified(self, number: str, uttar: Uttar) -> None:
        before = self._database.one(tables.ghar_satyapan, number) or {}
        today = self._moment()
        row = {**before, **uttar.ghar, "register_no": number, "nishkarsh": uttar.uttar, "badla_gaya": today}
        row |= {"satyapan_karta": uttar.uttar_karta, "badla_kisne": uttar.uttar_karta, "satyapan_tithi": today[:10]}
        row |= {"sanshodhan": (before.get("sanshodhan") or 0) + 1}
        self._database.take([{"table": "ghar_satyapan", **row}], tables.LOADED)

    def leaves(self, family: Palayan) -> int:
        """Note a family that leaves; its number."""
        with self._database.writing() as connection:
            made = connection.execute(tables.palayan_parivar.insert().values(**family.model_dump()))
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])

    def report(self, column: str, name: str) -> Row:
        """Counts of one block or district, no child named: register by category, tasks, families away."""
        g, b, k = tables.gram.c, tables.bal_panji.c, tables.karya.c
        villages = [row["gram_kod"] for row in self._rows(select(g.gram_kod).where(g[column] == name))]
        away = tables.palayan_parivar.c
        today = datetime.date.today().isoformat()
        by_category = select(b.shreni, func.count().label("kitne")).where(b.gram_kod.in_(villages)).group_by(b.shreni)
        tasks = select(tables.karya).where(k.gram_kod.in_(villages))
        done = self._rows(tasks)
        gone = self._rows(
            select(func.count().label("parivar"), func.coalesce(func.sum(away.bachche), 0).label("bachche")).where(
                away.gram_kod.in_(villages), away.laute_tithi.is_(None)
            )
        )[0]
        return {
            "gram": len(villages),
            "panji": {row["shreni"]: row["kitne"] for row in self._rows(by_category)},
            "karya_poore": sum(row["poora_hua"] is not None for row in done),
            "karya_baki": sum(row["poora_hua"] is None for row in done),
            "karya_der_se": sum(not row["poora_hua"] and (row["niyat_tithi"] or "9") < today for row in done),
            "palayan": gone,
        }

    def _rows(self, query: Any) -> list[Row]:
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def routes(tasks: Tasks) -> APIRouter:
    """The routes of tasks, families and reports."""
    router = APIRouter()

    @router.get("/karya")
    def listed(gram_kod: int | None = None) -> dict[str, Any]:
        return {"karya": tasks.open(gram_kod)}

    @router.post("/karya/{kram}/uttar")
    def answer(kram: int, uttar: Uttar) -> dict[str, Any]:
        if unknown := sorted(uttar.ghar.keys() - set(_HOME)):
            raise HTTPException(422, f"ghar satyapan has no entry {unknown[0]}")
        task = tasks.answer(kram, uttar)
        if task is None:
            raise HTTPException(404, "karya nahi mila: no task has this number")
        return task

    @router.post("/palayan-parivar")
    def leaves(family: Palayan) -> dict[str, int]:
        return {"kram": tasks.leaves(family)}

    @router.get("/prativedan/{star}/{naam}")
    def report(star: Literal["BDO", "SDO", "DM", "ZP"], naam: str) -> dict[str, Any]:
        return {"star": star, "naam": naam, **tasks.report(LEVELS[star], naam)}

    return router
