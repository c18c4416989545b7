"""The tables of the panchayat register, in its own words: nearly all is text, as the Anganwadi worker wrote it."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

metadata = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, String) for name in names]


gram = Table(
    "gram",
    metadata,
    Column("gram_kod", Integer, primary_key=True),  # LGD village code
    *_text("gram", "panchayat", "prakhand", "zila"),
    Column("panchayat_kod", Integer),  # LGD codes too
    Column("zila_kod", Integer),
    *_text("gram_pradhan", "vcpc_sachiv"),
)

bal_panji = Table(
    "bal_panji",
    metadata,
    Column("register_no", String, primary_key=True),
    *_text("shreni", "darja", "darj_tithi"),
    *_text("bachche_ka_naam", "pukar_naam", "ling", "janm_tithi", "janm_varsh", "umra", "umra_kab"),
    *_text("mata", "pita", "abhibhavak", "bhasha"),
    *_text("tola", "gram", "panchayat", "prakhand", "zila", "rajya", "pin"),
    Column("gram_kod", Integer),
    Column("zila_kod", Integer),
    *_text("kab_se", "kahan_se", "kahan_gaye", "kiske_sath"),
    *_text("kad", "rang", "kad_kathi", "pehchan_chinh", "kapde", "divyang"),
    *_text("vidyalaya", "kaksha", "thana", "prathamiki", "sahmati", "tippani"),
    Column("sanshodhan", Integer, nullable=False, default=1),
    Column("badla_gaya", String, nullable=False),
    Index("bal_panji_badla", "badla_gaya", "register_no"),
)

ghar_satyapan = Table(
    "ghar_satyapan",
    metadata,
    Column("register_no", String, primary_key=True),
    *_text("abhibhavak_ka_naam", "rishta", "mobile", "pata", "pahchan_patra"),
    *_text("ghar_ki_sthiti", "parivar_ke_sadasya", "aay_ka_srot", "bachche_ki_ichchha", "nishkarsh"),
    *_text("satyapan_karta", "satyapan_tithi"),
    Column("sanshodhan", Integer, nullable=False, default=1),
    Column("badla_gaya", String, nullable=False),
    *_text("badla_kisne"),
)

suchna_peti = Table(
    "suchna_peti",
    metadata,
    Column("kram", Integer, primary_key=True, autoincrement=True),
    Column("suchna_no", String, unique=True, nullable=False),
    *_text("register_no", "vishay", "sandesh", "anya_sanstha", "anya_no", "bheja_gaya"),
    *_text("gram_pradhan", "vcpc_sachiv", "prapt_samay", "padha_gaya"),
    Column("gram_kod", Integer),
    *_text("sandarbh"),  # whose record it is about, where the register has none
)

#: What somebody of the village has to do: verify a home, visit a family after the child came back.
karya = Table(
    "karya",
    metadata,
    Column("kram", Integer, primary_key=True, autoincrement=True),
    Column("suchna_no", String, unique=True, nullable=False),
    *_text("prakar", "register_no", "sandarbh", "niyat_tithi", "kisko", "banaya_gaya"),
    Column("gram_kod", Integer),
    *_text("uttar", "uttar_karta", "poora_hua"),
)

#: Families that leave the village for work, with children, and when they are expected back.
palayan_parivar = Table(
    "palayan_parivar",
    metadata,
    Column("kram", Integer, primary_key=True, autoincrement=True),
    Column("gram_kod", Integer, nullable=False),
    *_text("mukhiya", "kahan_gaye", "kaam", "thekedar", "gaye_tithi", "vapsi_tithi", "laute_tithi", "darj_kisne"),
    Column("bachche", Integer, nullable=False),
)

dekhne_ki_panji = Table(
    "dekhne_ki_panji",
    metadata,
    Column("kram", Integer, primary_key=True, autoincrement=True),
    *_text("samay", "register_no", "uddeshya", "prakaran", "adhikari", "pad", "sanstha", "natija"),
)

#: The tables that a file of rows may be loaded into.
LOADED = {table.name: table for table in (gram, bal_panji, ghar_satyapan)}
