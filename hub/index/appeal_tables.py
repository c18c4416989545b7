"""Table of the public alerts: one row per CAP message, without a word about a child."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from hub.index.columns import Moment, metadata, number

#: ``identifier`` is drawn anew for each message. ``digest`` is a keyed hash of what the message says: it is shown only
#: while the entry still says the same. State and district (LGD) stay, so that a Cancel reaches where the alert went.
appeals = Table(
    "appeals",
    metadata,
    number("seq"),
    Column("identifier", String(40), nullable=False, unique=True),
    Column("public_id", String(40), nullable=False),
    Column("kind", String(6), nullable=False),
    Column("sent", Moment, nullable=False),
    Column("state", Integer),
    Column("district", Integer),
    Column("digest", LargeBinary),
    # ``records.updated`` of the entry when it was last compared with the message.
    Column("seen", Moment),
    # The newest message of its child.
    Column("newest", Boolean, nullable=False),
)
Index("ix_appeals_public_id", appeals.c.public_id)
Index("ix_appeals_newest", appeals.c.newest, appeals.c.seq)
