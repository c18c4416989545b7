"""Converters of words, names, dates and codes."""

import datetime
import re

from adapters.mapping import dates
from adapters.mapping.language import bare, names_in
from adapters.mapping.privacy import redacted
from adapters.mapping.reading import Row
from adapters.mapping.shop import Convert, Notes, Shop, of_text
from adapters.mapping.tables import Code, folded
from adapters.mapping.targets import longest


def free_text(shop: Shop) -> Convert:
    """One source, or several joined by ", "; phone numbers cut out; at most as long as the contract takes."""
    texts, most = shop.texts(), longest(shop.path)
    if len(texts) == 1:
        text = texts[0]

        def one(row: Row, notes: Notes) -> str | None:
            said = text(row)
            return None if said is None else redacted(" ".join(said.split()))[:most]

        return one

    def joined(row: Row, notes: Notes) -> str | None:
        said = [" ".join(part.split()) for text in texts if (part := text(row)) is not None]
        return redacted(", ".join(said))[:most] if said else None

    return joined


def name(shop: Shop) -> Convert:
    """One name for a ``.text``: the whole field, without appellation."""
    text = shop.one()
    return lambda row, notes: (bare(redacted(word)) or None) if (word := text(row)) is not None else None


def names(shop: Shop) -> Convert:
    """All names in the field, scripts and aliases apart. ``kind`` full | alias | nick; ``lang`` for all of them.

    Several sources are the parts of one name (first, middle, last).
    """
    texts, kind, lang, languages = shop.texts(), shop.line.kind or "full", shop.line.lang, shop.languages

    def convert(row: Row, notes: Notes) -> list[Row] | None:
        said = " ".join(part for text in texts if (part := text(row)) is not None)
        if not said:
            return None
        found = []
        for words, is_alias, script in names_in(said):
            entry = {"text": words, "kind": "alias" if is_alias and kind == "full" else kind, "script": script}
            if (language := lang or languages.get(script or "")) is not None:
                entry["lang"] = language
            found.append(entry)
        return found[:6] or None

    return convert


def relative(shop: Shop) -> Convert:
    """A relative by ``relation``, with all names in the field."""
    found, relation = names(shop), shop.line.relation

    def convert(row: Row, notes: Notes) -> Row | None:
        said = found(row, notes)
        return {"relation": relation, "names": said} if said else None

    return convert


def date(shop: Shop) -> Convert:
    form = shop.line.format
    return of_text(shop, lambda said: dates.date_in(said, form), "no_date")


def time(shop: Shop) -> Convert:
    """The time behind a date or alone; a field without one says nothing."""
    text = shop.one()

    def convert(row: Row, notes: Notes) -> datetime.time | None:
        said = text(row)
        if said is None or (":" not in said and "." not in said):
            return None
        try:
            clock = dates.time_in(said)
        except ValueError:
            return None
        # Midnight is what a database writes where no time was given.
        return clock if clock != datetime.time() else None

    return convert


def moment(shop: Shop) -> Convert:
    zone, form = shop.zone, shop.line.format
    return of_text(shop, lambda said: dates.moment_in(said, zone, form), "no_datetime")


def integer(shop: Shop) -> Convert:
    return of_text(shop, lambda said: int(float(said)), "no_integer")


def code(shop: Shop) -> Convert:
    """A code by ``table``; an unmapped word gives no code (or the line's ``default``) and a note."""
    text, table, unmapped = shop.one(), shop.table(shop.line.table), shop.note("unmapped_code")

    def convert(row: Row, notes: Notes) -> Code | None:
        said = text(row)
        if said is None:
            return None
        found = table.get(folded(said))
        if found is None:
            notes.append(unmapped)
        return found

    return convert


def codes(shop: Shop) -> Convert:
    """A list of codes from a delimited text or an array (``separators``: characters, default ``,;/|``)."""
    raw, table, unmapped = shop.raw(shop.line.sources[0]), shop.table(shop.line.table), shop.note("unmapped_code")
    split = re.compile(f"[{re.escape(shop.line.separators or ',;/|')}]")

    def convert(row: Row, notes: Notes) -> list[Code] | None:
        said = raw(row)
        words = said if isinstance(said, list) else split.split(said) if isinstance(said, str) else []
        found: dict[Code, None] = {}
        for word in words:
            if (known := table.get(folded(str(word)))) is not None:
                found[known] = None
            elif str(word).strip():
                notes.append(unmapped)
        return list(found) or None

    return convert


def said(shop: Shop) -> Convert:
    """A code with its raw words beside it."""
    text, table, unmapped = shop.one(), shop.table(shop.line.table), shop.note("unmapped_code")

    def convert(row: Row, notes: Notes) -> Row | None:
        word = text(row)
        if word is None:
            return None
        found = table.get(folded(word))
        if found is None:
            notes.append(unmapped)
            return {"raw": redacted(word)[:200]}
        return {"code": found, "raw": word[:200]}

    return convert


def pin(shop: Shop) -> Convert:
    def turn(said: str) -> str:
        digits = re.sub(r"\s", "", said)
        if not re.fullmatch(r"[1-9][0-9]{5}", digits):
            raise ValueError("no PIN")
        return digits

    return of_text(shop, turn, "no_pin")


def hashes(shop: Shop) -> Convert:
    """Photographs by SHA-256: one text, or an array of texts."""
    raw, bad = shop.raw(shop.line.sources[0]), shop.note("no_hash")

    def convert(row: Row, notes: Notes) -> list[Row] | None:
        told = raw(row)
        found = [str(one).strip().lower() for one in (told if isinstance(told, list) else [told] if told else [])]
        good = [{"sha256": one} for one in found if re.fullmatch(r"[0-9a-f]{64}", one)]
        if len(good) < len(found):
            notes.append(bad)
        return good[:12] or None

    return convert
