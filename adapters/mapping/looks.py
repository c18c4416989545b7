"""Converters of how a child looks: measures, hair, clothes, marks and disabilities."""

import re

from adapters.mapping import body
from adapters.mapping.marks import marks_in
from adapters.mapping.privacy import redacted
from adapters.mapping.reading import Row
from adapters.mapping.shop import Convert, Notes, Shop, of_text, of_words
from adapters.mapping.tables import folded


def height(shop: Shop) -> Convert:
    unit = shop.line.unit
    return of_text(shop, lambda said: body.height_cm_in(said, unit), "no_height")


def weight(shop: Shop) -> Convert:
    def turn(said: str) -> int | None:
        found = re.search(r"\d{1,3}(?:\.\d+)?", said)
        kilograms = round(float(found[0])) if found else 0
        if not 1 <= kilograms <= 200:
            raise ValueError("no possible weight")
        return kilograms

    return of_text(shop, turn, "no_weight")


def hair(shop: Shop) -> Convert:
    """Style, length and colour in one (``Normal-Small-Black``), or in up to three sources."""
    tables = [(part, shop.table(f"hair_{part}")) for part in ("style", "length", "colour")]

    def turn(words: tuple[str | None, ...]) -> tuple[Row, int]:
        raw = "-".join(word for word in words if word is not None)
        found: Row = {"raw": redacted(raw)[:200]}
        unmapped = 0
        for key in filter(None, map(folded, re.split(r"[-/,]", raw))):
            hit = next(((part, table[key]) for part, table in tables if part not in found and key in table), None)
            if hit:
                found[hit[0]] = hit[1]
            unmapped += hit is None
        return found, unmapped

    return of_words(shop, turn)


def garment(shop: Shop) -> Convert:
    """One source (what), or two (what, colour), by the tables garment and colour."""
    tables = (("item", shop.table("garment")), ("colour", shop.table("colour")))

    def turn(words: tuple[str | None, ...]) -> tuple[Row, int]:
        found: Row = {"raw": redacted(", ".join(word for word in words if word is not None))[:200]}
        unmapped = 0
        for word, (part, table) in zip(words, tables, strict=False):
            code = None if word is None else table.get(folded(word))
            if code is not None:
                found[part] = code
            unmapped += word is not None and code is None
        return found, unmapped

    return of_words(shop, turn)


def marks(shop: Shop) -> Convert:
    """Marks told in free text, from one or several sources."""
    texts = shop.texts()

    def convert(row: Row, notes: Notes) -> list[Row] | None:
        found: list[Row] = []
        for text in texts:
            if (told := text(row)) is not None:
                found += marks_in(redacted(told))
        return found[:20] or None

    return convert


def disabilities(shop: Shop) -> Convert:
    """Disabilities from a delimited text; a word no table knows is kept as ``other`` with its raw words."""
    text, table = shop.one(), shop.table(shop.line.table or "disability")

    def convert(row: Row, notes: Notes) -> list[Row] | None:
        told = text(row)
        if told is None or folded(told) in {"no", "नहीं", "false", "0"}:
            return None
        words = [word.strip() for word in re.split(r"[,;/|\n]", redacted(told)) if word.strip()]
        return [{"kind": table.get(folded(word), "other"), "raw": word[:200]} for word in words[:8]] or None

    return convert
