"""Pictures that strangers send: drawn anew, so that nothing but the picture is kept (no EXIF, no place)."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from contracts import Refused

MOST_BYTES = 8_000_000
"""Bytes that a picture may have as it comes."""
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1_280
_FORMATS = ("JPEG", "PNG", "WEBP")


def redrawn(told: bytes) -> bytes:
    """A JPEG of at most 1,280 pixels a side, upright, without metadata.

    ``Refused``: ``photo_unreadable`` for what is no picture, ``photo_too_large`` for one with too many bytes or pixels.
    """
    if len(told) > MOST_BYTES:
        raise _too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _redrawn(told)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused(
            "photo_unreadable", "The picture could not be read. Send a JPEG, PNG or WebP file, or leave it out."
        ) from None


def _redrawn(told: bytes) -> bytes:
    with Image.open(io.BytesIO(told), formats=_FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_large()
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    made = io.BytesIO()
    clean.save(made, "JPEG", quality=80, optimize=True)
    return made.getvalue()


def _too_large() -> Refused:
    return Refused("photo_too_large", "The picture is too large. Send one of at most 8 MB and 60 million pixels.")
