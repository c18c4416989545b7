"""Photographs of residents: kept once each by what they hash to, given as they came."""

import base64
import binascii
import hashlib
from typing import Any

from sqlalchemy import select

from adapters.cci.node import tables
from adapters.cci.node.telling_time import moment
from adapters.lookalike.rows import Database, Row

LARGEST = 700_000
"""Bytes of one image; a longer request than 1 MB is refused unread."""
#: How the kinds of image that are taken begin.
_BEGINS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}
_TOLD = ("serial", "sha256", "media_type", "taken_on", "shows", "kept_by", "kept_at")


class NoImage(ValueError):
    """What was sent is not an image of a kind that is taken; the sentence says what to send."""


class Photographs:
    """The photographs of all residents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, admission_no: str, data: str, about: Row) -> tuple[int, bool]:
        """Keep an image (base64) once: its serial, and whether it was there. Raises ``NoImage``."""
        image = _image(data)
        row = {"admission_no": admission_no, "image": image, "media_type": _media_type(image), **about}
        digest = hashlib.sha256(image).hexdigest()
        known = next((one["serial"] for one in self.of(admission_no) if one["sha256"] == digest), None)
        if known is not None:
            return int(known), True
        with self._database.writing() as connection:
            made = connection.execute(tables.photograph.insert().values(**row, sha256=digest, kept_at=moment()))
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0]), False

    def of(self, admission_no: str) -> list[Row]:
        """What is told of a resident's photographs, the newest first, without the images."""
        c = tables.photograph.c
        query = select(*(c[name] for name in _TOLD)).where(c.admission_no == admission_no).order_by(c.serial.desc())
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def one(self, serial: int) -> Row | None:
        """One photograph with its image."""
        with self._database.reading() as connection:
            query = select(tables.photograph).where(tables.photograph.c.serial == serial)
            row = connection.execute(query).mappings().first()
        return None if row is None else dict(row)

    def shown(self, admission_no: str, most: int = 2) -> list[dict[str, Any]]:
        """The newest photographs as an answer to a reading holds them."""
        rows = [self.one(row["serial"]) for row in self.of(admission_no)[:most]]
        return [
            {"caption": row["shows"] or row["taken_on"] or "", "media_type": row["media_type"],
             "data": base64.b64encode(row["image"]).decode()}
            for row in rows
            if row is not None
        ]  # fmt: skip


def _image(data: str) -> bytes:
    try:
        image = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise NoImage("the image must be base64") from None
    if len(image) > LARGEST:
        raise NoImage(f"an image has at most {LARGEST} bytes; make it smaller")
    return image


def _media_type(image: bytes) -> str:
    found = next((kind for kind, begin in _BEGINS.items() if image.startswith(begin)), None)
    if found is None:
        raise NoImage("an image is JPEG, PNG or WebP")
    return found
