"""The tables of the state police system, in its own words: nearly all is text, as it was typed at the station."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

metadata = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, String) for name in names]


thana = Table(
    "thana",
    metadata,
    Column("ThanaKod", String, primary_key=True),
    *_text("ThanaNaam", "ThanaNaamHindi", "AnumandalNaam", "ZilaNaam"),
)

#: What both kinds of report say of a person.
_PERSON = (
    "Naam", "NaamHindi", "UpNaam", "PitaKaNaam", "MataKaNaam", "LingKod", "KadCm", "Rang", "SharirikBanavat", "Chehra",
    "Baal", "Aankh", "Pehchan", "Viklangta", "Vastra", "Bhasha", "ThanaKod", "ThanaNaam", "ZilaNaam", "SanhaSankhya",
    "Sthiti", "Tippani", "Chitra",
)  # fmt: skip

gumshuda_bachcha = Table(
    "gumshuda_bachcha",
    metadata,
    Column("PratiVedanId", String, primary_key=True),
    *_text(*_PERSON),
    *_text("UmraVarsh", "UmraMaah", "JanmTithi", "PrathamikiSankhya", "PrathamikiTithi", "Dhara"),
    *_text("GhatnaTithi", "GhatnaSamay", "GhatnaSthal", "Pata", "PinKod", "Prakashan"),
    Column("Sanskaran", Integer, nullable=False, default=1),
    Column("AntimParivartan", String, nullable=False),
    Index("gumshuda_parivartan", "AntimParivartan", "PratiVedanId"),
)

prapt_vyakti = Table(
    "prapt_vyakti",
    metadata,
    Column("PraptId", String, primary_key=True),
    *_text(*_PERSON),
    *_text("UmraSe", "UmraTak", "PraptiTithi", "PraptiSamay", "PraptiSthal", "BatayaPata"),
    *_text("SupurdSanstha", "SupurdTithi"),
    Column("Sanskaran", Integer, nullable=False, default=1),
    Column("AntimParivartan", String, nullable=False),
    Index("prapt_parivartan", "AntimParivartan", "PraptId"),
)

shikayat = Table(
    "shikayat",
    metadata,
    Column("AbhilekhId", String, primary_key=True),
    *_text("ShikayatkartaNaam", "Sambandh", "Mobile", "Pata"),
    *_text("AnusandhanPadadhikari", "AdhikariPad", "AdhikariMobile", "GhatnaVivaran"),
    Column("Sanskaran", Integer, nullable=False, default=1),
    Column("AntimParivartan", String, nullable=False),
    *_text("ParivartanKarta"),
)

suchna = Table(
    "suchna",
    metadata,
    Column("Kram", Integer, primary_key=True, autoincrement=True),
    Column("SuchnaId", String, unique=True, nullable=False),
    *_text("AbhilekhId", "Vishay", "Sandesh", "AnyaSanstha", "AnyaAbhilekh", "MilanAnk", "Pramaan", "BhejaSamay"),
    Column("PraptSamay", String, nullable=False),
)

abhigam = Table(
    "abhigam",
    metadata,
    Column("Kram", Integer, primary_key=True, autoincrement=True),
    *_text("Samay", "AbhilekhId", "Anubhag", "Prayojan", "Prakaran", "AdhikariId", "AdhikariPad", "AdhikariSanstha"),
    *_text("Parinam"),
)

#: The tables that a file of rows may be loaded into.
LOADED = {table.name: table for table in (thana, gumshuda_bachcha, prapt_vyakti, shikayat)}
