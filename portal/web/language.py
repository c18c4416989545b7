"""The language a page is written in, and the language and direction of words that somebody else wrote on it."""

import unicodedata
from contextvars import ContextVar

from markupsafe import Markup, escape

from portal.web.catalogues import ENGLISH, Language

#: Language of the request that is being answered; English is the text in the source itself.
current: ContextVar[Language] = ContextVar("language", default=ENGLISH)
#: Script, as it begins the Unicode names of its letters -> language that is most likely meant in India.
_LANGUAGE_OF_SCRIPT = {
    "DEVANAGARI": "hi",
    "ARABIC": "ur",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "OL": "sat",
    "MEETEI": "mni-Mtei",
}


def _(text: str, **values: object) -> str:
    """``text`` in the language of the request, with ``%(name)s`` filled in."""
    said = current.get().translations.gettext(text)
    return said % values if values else said


def plural(one: str, many: str, number: int, **values: object) -> str:
    """``one`` or ``many`` as the language of the request counts, with ``%(number)s`` filled in."""
    return current.get().translations.ngettext(one, many, number) % {"number": current.get().number(number), **values}


def mark(text: str) -> str:
    """``text`` itself: marks a sentence in a table of data as one to be translated where it is shown."""
    return text


def language_of(text: str) -> str | None:
    """The language tag for the first letter of an Indian script in ``text``; None where all is Latin.

    >>> language_of("Rahul"), language_of("राहुल"), language_of("محمد")
    (None, 'hi', 'ur')
    """
    for letter in text:
        if letter > "\u02ff":
            script = unicodedata.name(letter, "").partition(" ")[0]
            if script in _LANGUAGE_OF_SCRIPT:
                return _LANGUAGE_OF_SCRIPT[script]
    return None


def said(text: str | None, lang: str | None = None) -> Markup:
    """Foreign words for a page: escaped, with their language, and isolated so that their direction stays their own."""
    if not text:
        return Markup()
    tag = lang or language_of(text)
    if tag is None or tag == "en":
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi lang="{}">{}</bdi>').format(escape(tag), text)
