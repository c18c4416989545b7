"""Replies kept under a caller's idempotency keys, beside those of messages that have an id of their own."""

import datetime
import hashlib

from sqlalchemy import Connection, delete, select

from hub.index import dialect
from hub.index.inbox import Received
from hub.index.payload import Seal
from hub.index.schema import inbox

_KEPT = datetime.timedelta(hours=1)


class Replies:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def find(self, sender: str, key: str) -> Received | None:
        """What was answered under the key."""
        mine = (inbox.c.sender == sender) & (inbox.c.message_id == _id_of(key))
        row = self._connection.execute(select(inbox.c.body_hash, inbox.c.reply).where(mine)).one_or_none()
        return None if row is None else Received(row.body_hash, row.reply)

    def keep(self, sender: str, key: str, received: Received, now: datetime.datetime) -> None:
        """Keep an answer under the key; the first one stays."""
        said = {"sender": sender, "message_id": _id_of(key), "at": now}
        said |= {"body_hash": self._seal.tag(received.body_hash), "reply": received.reply}
        dialect.insert_new(self._connection, inbox, said)

    def first(self, sender: str, signature: str, now: datetime.datetime) -> bool:
        """Whether a signature comes for the first time; kept for an hour, which is longer than a message may be old."""
        digest = hashlib.sha256(signature.encode()).hexdigest()
        if digest.startswith("00"):  # now and then, so that it costs little
            mine = (inbox.c.sender == sender) & inbox.c.message_id.startswith("sig:")
            self._connection.execute(delete(inbox).where(mine & (inbox.c.at < now - _KEPT)))
        said = {"sender": sender, "message_id": f"sig:{digest[:56]}", "at": now, "body_hash": digest, "reply": "{}"}
        return dialect.insert_new(self._connection, inbox, said)


def _id_of(key: str) -> str:
    """Keys and message ids share the table and stay apart."""
    return f"key:{hashlib.sha256(key.encode()).hexdigest()[:56]}"
