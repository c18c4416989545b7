"""The tables of the register's first release; a database of that release has them already."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("gram"):
        return
    op.create_table(
        "gram",
        sa.Column("gram_kod", sa.Integer(), primary_key=True),
        *_text("gram panchayat prakhand zila"),
        sa.Column("panchayat_kod", sa.Integer()),
        sa.Column("zila_kod", sa.Integer()),
        *_text("gram_pradhan vcpc_sachiv"),
    )
    op.create_table(
        "bal_panji",
        sa.Column("register_no", sa.String(), primary_key=True),
        *_text("shreni darja darj_tithi bachche_ka_naam pukar_naam ling janm_tithi janm_varsh umra umra_kab mata pita"),
        *_text("abhibhavak bhasha tola gram panchayat prakhand zila rajya pin"),
        sa.Column("gram_kod", sa.Integer()),
        sa.Column("zila_kod", sa.Integer()),
        *_text("kab_se kahan_se kahan_gaye kiske_sath kad rang kad_kathi pehchan_chinh kapde divyang"),
        *_text("vidyalaya kaksha thana prathamiki sahmati tippani"),
        sa.Column("sanshodhan", sa.Integer(), nullable=False),
        sa.Column("badla_gaya", sa.String(), nullable=False),
    )
    op.create_index("bal_panji_badla", "bal_panji", ["badla_gaya", "register_no"])
    op.create_table(
        "ghar_satyapan",
        sa.Column("register_no", sa.String(), primary_key=True),
        *_text("abhibhavak_ka_naam rishta mobile pata pahchan_patra ghar_ki_sthiti parivar_ke_sadasya aay_ka_srot"),
        *_text("bachche_ki_ichchha nishkarsh satyapan_karta satyapan_tithi"),
        sa.Column("sanshodhan", sa.Integer(), nullable=False),
        sa.Column("badla_gaya", sa.String(), nullable=False),
        *_text("badla_kisne"),
    )
    op.create_table(
        "suchna_peti",
        sa.Column("kram", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("suchna_no", sa.String(), unique=True, nullable=False),
        *_text("register_no vishay sandesh anya_sanstha anya_no bheja_gaya gram_pradhan vcpc_sachiv prapt_samay"),
        *_text("padha_gaya"),
    )
    op.create_table(
        "dekhne_ki_panji",
        sa.Column("kram", sa.Integer(), primary_key=True, autoincrement=True),
        *_text("samay register_no uddeshya prakaran adhikari pad sanstha natija"),
    )


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String()) for name in names.split()]
