"""The languages of the portal: their catalogues (``locale/*.po``), their numerals, and their direction.

A catalogue is read as it lies in the repository: nothing is compiled that could be older than its source.
``portal.web.texts`` keeps them current.
"""

import gettext
import io
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALE = Path(__file__).parent / "locale"
#: First digit of a numbering system of CLDR.
_ZERO = {"beng": "\u09e6", "deva": "\u0966", "arabext": "\u06f0"}


@dataclass(frozen=True)
class Language:
    """One language: its code, its own name for itself, and whether the desks' pages speak it too."""

    code: str
    name: str
    desks: bool = False
    direction: str = "ltr"

    @property
    def tag(self) -> str:
        """As it stands in ``lang`` (BCP 47)."""
        return f"{self.code}-IN"

    @property
    def draft(self) -> bool:
        """True as long as no speaker has reviewed its catalogue, which then says so in its header."""
        return self.code != "en" and catalogue(self.code).header_comment.find("Reviewed by:") < 0

    @property
    def english(self) -> str:
        """Its English name, for whoever has no font for its own."""
        return self.locale.get_language_name("en") or self.code

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(f"{self.code}_IN")

    @property
    def translations(self) -> gettext.NullTranslations:
        return _translations(self.code)

    def digits(self, text: str) -> str:
        """``text`` with its digits as this language writes them (CLDR's default numbering system)."""
        zero = _ZERO.get(self.locale.default_numbering_system)
        return text.translate({48 + n: chr(ord(zero) + n) for n in range(10)}) if zero else text

    def number(self, value: int) -> str:
        """A number in groups as India counts: 12,34,567."""
        return format_decimal(value, locale=self.locale, numbering_system="default")


ENGLISH = Language("en", "English", desks=True)
LANGUAGES = (
    ENGLISH,
    Language("hi", "हिन्दी", desks=True),
    Language("bn", "বাংলা"),
    Language("ta", "தமிழ்"),
    Language("te", "తెలుగు"),
    Language("mr", "मराठी"),
    Language("kn", "ಕನ್ನಡ"),
    Language("gu", "ગુજરાતી"),
    Language("ml", "മലയാളം"),
    Language("pa", "ਪੰਜਾਬੀ"),
    Language("or", "ଓଡ଼ିଆ"),
    Language("ur", "اردو", direction="rtl"),
)
#: Those that say everything.
DESKS = tuple(one for one in LANGUAGES if one.desks)
BY_CODE = {one.code: one for one in LANGUAGES}


def file_of(code: str) -> Path:
    """The catalogue of a language."""
    return LOCALE / f"{code}.po"


@cache
def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it lies in the repository."""
    with file_of(code).open("rb") as file:
        return read_po(file, locale=code)


@cache
def _translations(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
