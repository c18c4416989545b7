"""The poster of a missing child as PDF: what its public card says, and a QR code to it, as the request speaks."""

import datetime
import io
import tempfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import segno
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from hub.casework.papers.printing import printed
from hub.reports import PublicCard
from portal.web import words, words_public
from portal.web.assets import STATIC
from portal.web.language import _, current, plural


def pdf_of(card: PublicCard, address: str, on: datetime.date) -> bytes:
    """The poster; ``address`` is that of the card, ``on`` the day of printing."""
    template = resources.files("portal.web").joinpath("poster.typ")
    return printed(template, {"poster": _said(card, address, on)}, [_fonts().folder.name])


def _said(card: PublicCard, address: str, on: datetime.date) -> dict[str, Any]:
    language = current.get()
    return {
        "title": _("Missing child"),
        "name": card.name or _("Name not known"),
        "lines": [line for line in _lines(card) if line[1]],
        "ask": _("Have you seen this child?"),
        "stay": _("Stay with the child if you can, and call:"),
        "calls": [f"{_('police')}: 112", f"{_('Childline')}: 1098"],
        "look": _("Scan this, or open the address, to see whether the child is still missing:"),
        "printed": _("Printed on %(day)s", day=words.day(on)),
        "draft": _("No speaker has checked this translation yet.") if language.draft else None,
        "address": address,
        "qr": qr(address),
        "fonts": ["Noto Sans", *_fonts().families],
        "lang": language.code,
        "rtl": language.direction == "rtl",
    }


def _lines(card: PublicCard) -> list[tuple[str, str]]:
    age = "" if card.age_years is None else _years(card.age_years)
    return [
        (_("Age"), age),
        (_("Gender"), words_public.gender(card.gender) if card.gender in words_public.GENDERS else ""),
        (_("Father or guardian"), card.guardian or ""),
        (_("Missing from"), card.place or ""),
        (_("Missing since"), words.day(card.missing_on)),
    ]


def _years(age: int) -> str:
    return plural("%(num)s year", "%(num)s years", age, num=current.get().number(age))


def qr(address: str) -> str:
    """The address as a QR code, in SVG; a quarter of it may be dirty or torn."""
    drawn = io.BytesIO()
    segno.make(address, error="q").save(drawn, kind="svg", border=2, omitsize=True)
    return drawn.getvalue().decode()


class _Fonts(NamedTuple):
    """The portal's own fonts: a folder that goes when the process ends, and the names they call themselves."""

    folder: tempfile.TemporaryDirectory[str]
    families: list[str]


@cache
def _fonts() -> _Fonts:
    """As typst reads them: the browser's are compressed."""
    folder, families = tempfile.TemporaryDirectory(prefix="trackchild-fonts-"), []
    for file in STATIC.glob("noto-*.woff2"):
        font = TTFont(file)
        font.flavor = None
        font.save(Path(folder.name) / f"{file.stem}.ttf")
        families.append(str(font["name"].getDebugName(1)))
    return _Fonts(folder, sorted(families))
