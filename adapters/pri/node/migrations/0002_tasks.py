"""What the village has to do and by when, notices to a village by its code, and families that leave for work."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suchna_peti", sa.Column("gram_kod", sa.Integer()))
    op.add_column("suchna_peti", sa.Column("sandarbh", sa.String()))
    op.create_table(
        "karya",
        sa.Column("kram", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("suchna_no", sa.String(), unique=True, nullable=False),
        *_text("prakar register_no sandarbh niyat_tithi kisko banaya_gaya"),
        sa.Column("gram_kod", sa.Integer()),
        *_text("uttar uttar_karta poora_hua"),
    )
    op.create_table(
        "palayan_parivar",
        sa.Column("kram", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("gram_kod", sa.Integer(), nullable=False),
        *_text("mukhiya kahan_gaye kaam thekedar gaye_tithi vapsi_tithi laute_tithi darj_kisne"),
        sa.Column("bachche", sa.Integer(), nullable=False),
    )


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String()) for name in names.split()]
