"""A search as a part of an address: encrypted for the session it was asked in, so that no log holds a child's name.

Names in addresses end up in server logs, proxies and browser histories. So a search is sent as a form (POST) and
answered with a redirect to ``/search/SEALED``: back button, reloading and paging work, nothing is kept on the server,
and the address is worth nothing to anybody else, nor after signing out, nor after an hour.
"""

import base64
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken
from pydantic import BaseModel

from contracts.exchange import Search

LASTS_SECONDS = 3_600
M = TypeVar("M", bound=BaseModel)


def seal(key: bytes, query: BaseModel) -> str:
    """``query`` as an opaque word for an address; ``key`` has 32 bytes."""
    said = query.model_dump_json(exclude_defaults=True)
    return Fernet(base64.urlsafe_b64encode(key)).encrypt(said.encode()).decode().rstrip("=")


def unseal(key: bytes, word: str) -> Search | None:
    """The query behind ``word``; None if it is of another session, too old, or not ours at all."""
    return unsealed(key, word, Search)


def unsealed(key: bytes, word: str, model: type[M]) -> M | None:
    """The same for a question of another kind; the key must be for that kind alone."""
    padded = word.encode() + b"=" * (-len(word) % 4)
    try:
        said = Fernet(base64.urlsafe_b64encode(key)).decrypt(padded, ttl=LASTS_SECONDS)
    except InvalidToken:
        return None
    return model.model_validate_json(said)
