"""Messages taken in, each with the reply that was given, so that the same one gets the same reply for ever."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from hub.index.payload import Seal
from hub.index.schema import inbox

_IS = (inbox.c.sender == bindparam("sender_is")) & (inbox.c.message_id == bindparam("id_is"))
_FIND = select(inbox.c.body_hash, inbox.c.reply).where(_IS)
_ADD = inbox.insert()


@dataclass(frozen=True)
class Received:
    body_hash: str
    reply: str


class Inbox:
    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal

    def find(self, sender: str, message_id: str) -> Received | None:
        """What was answered to this message, if it was taken in before.

        Ask ``records.hold_sender`` first: then two equal messages that arrive at once follow one another.
        """
        row = self._connection.execute(_FIND, {"sender_is": sender, "id_is": message_id}).one_or_none()
        return None if row is None else Received(row.body_hash, row.reply)

    def is_same(self, kept: Received, body_hash: str) -> bool:
        """Whether what was kept came with a body of this hash; hubs of before kept the hash itself."""
        return kept.body_hash in (self._seal.tag(body_hash), body_hash)

    def add(self, sender: str, message_id: str, received: Received, now: datetime.datetime) -> None:
        values = {"sender": sender, "message_id": message_id, "at": now}
        values |= {"body_hash": self._seal.tag(received.body_hash), "reply": received.reply}
        self._connection.execute(_ADD, values)
