"""The messages of the state police system's web service, in its own words; their WSDL is drawn from here."""

from typing import Any

import contracts.spyne_compat  # noqa: F401

# isort: split
from spyne import Array, Boolean, ComplexModel, Integer32, Unicode
from sqlalchemy import Integer, Table

from adapters.state_police.node import tables

NAMESPACE = "http://scrb.bihar.example/gumshuda-seva/2019"

Word = Unicode(min_occurs=0)


class Needed(Unicode(min_occurs=1, nillable=False, min_len=1, max_len=1000)):  # type: ignore[misc]
    """A word that must be there."""

    __type_name__, __namespace__ = "Shabd", NAMESPACE


class Size(Integer32(min_occurs=0, ge=1, le=500)):  # type: ignore[misc]
    """How many rows a page may hold."""

    __type_name__, __namespace__ = "Seema", NAMESPACE


def _message(name: str, words: list[tuple[str, Any]]) -> Any:
    return type(name, (ComplexModel,), {"__namespace__": NAMESPACE, "_type_info": words})


def _row_of(name: str, *sources: Table) -> Any:
    columns = {column.name: column for table in sources for column in table.c}
    kinds = [(name, Integer32(min_occurs=0) if isinstance(c.type, Integer) else Word) for name, c in columns.items()]
    return _message(name, kinds)


def _list_of(row: Any) -> Any:
    return Array(row, member_name=row.get_type_name(), min_occurs=1)


GumshudaBachcha = _row_of("GumshudaBachcha", tables.gumshuda_bachcha)
PraptVyakti = _row_of("PraptVyakti", tables.prapt_vyakti)

SuchiPrashn = _message(
    "SuchiPrashn",
    [("ParivartanSe", Word), ("Sanket", Word), ("Seema", Size)],
)
"""Ask for a list: changed since (Indian time, ``yyyy-MM-dd HH:mm:ss``), or on from a ``Sanket``, at most ``Seema``."""

_MORE = [("AgleKaSanket", Word), ("Aur", Boolean(min_occurs=1))]
GumshudaSuchiUttar = _message("GumshudaSuchiUttar", [("Suchi", _list_of(GumshudaBachcha)), *_MORE])
PraptSuchiUttar = _message("PraptSuchiUttar", [("Suchi", _list_of(PraptVyakti)), *_MORE])

EkPrashn = _message("EkPrashn", [("AbhilekhId", Needed)])

Suchna = _message(
    "Suchna",
    [
        ("SuchnaId", Needed), ("AbhilekhId", Needed), ("Vishay", Needed), ("Sandesh", Needed), ("AnyaSanstha", Word),
        ("AnyaAbhilekh", Word), ("MilanAnk", Word), ("Pramaan", Word), ("BhejaSamay", Word),
    ],
)  # fmt: skip
Pavati = _message("Pavati", [("PavatiSankhya", Needed), ("PehleSePrapt", Boolean(min_occurs=1))])

VivaranPrashn = _message(
    "VivaranPrashn",
    [
        ("AbhilekhId", Needed), ("Prayojan", Needed), ("Prakaran", Needed),
        ("AdhikariId", Needed), ("AdhikariPad", Needed), ("AdhikariSanstha", Word),
    ],
)  # fmt: skip
"""Ask for a part of a file: for which purpose, in which case, and who asks."""

KhojPrashn = _message(
    "KhojPrashn",
    [
        ("Naam", Word), ("LingKod", Word), ("Seema", Size), ("Prayojan", Needed), ("Prakaran", Needed),
        ("AdhikariId", Needed), ("AdhikariPad", Needed), ("AdhikariSanstha", Word),
    ],
)  # fmt: skip
"""Search both kinds of report by name and sex: for which purpose, in which case, and who looks."""
KhojUttar = _message("KhojUttar", [("Gumshuda", _list_of(GumshudaBachcha)), ("Prapt", _list_of(PraptVyakti))])

_GUPT = ("Gupt", Unicode(max_occurs="unbounded", min_occurs=0))
Shikayat = _row_of("Shikayat", tables.shikayat)
ShikayatUttar = _message("ShikayatUttar", [("Shikayat", Shikayat), _GUPT])
Parichay = _row_of("Parichay", tables.gumshuda_bachcha, tables.prapt_vyakti)
ParichayUttar = _message("ParichayUttar", [("Parichay", Parichay), _GUPT])

SamparkPrashn = _message("SamparkPrashn", [("Sandarbh", Word)])
SamparkUttar = _message("SamparkUttar", [("Seva", Needed), ("Sanskaran", Needed), ("Samay", Needed)])
