"""The converters a field line may name. Each is made once for its line and then runs for every row.

A converter reads the row through ``Shop.text`` (blanks gone, edges stripped) and gives a value for the contract, or
None where nothing is said. What it could not use it notes: ``placeholder_date``, ``unmapped_code``, ``no_age`` ...
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from adapters.mapping import body, dates
from adapters.mapping.language import bare, names_in
from adapters.mapping.manifest import Line, paths
from adapters.mapping.marks import marks_in
from adapters.mapping.privacy import redacted
from adapters.mapping.tables import Code, folded
from adapters.mapping.targets import longest, target


class Note(NamedTuple):
    """Something that was said and could not be used; countable, and free of what was said."""

    field: str
    rule: str


Row = dict[str, Any]
Notes = list[Note]
Text = Callable[[Row], str | None]
Convert = Callable[[Row, Notes], Any]


@dataclass(frozen=True)
class Shop:
    """What a converter is made from: its line, its place in the contract, and how to read a row."""

    path: str
    line: Line
    read: Callable[[str], Text]
    raw: Callable[[str], Callable[[Row], Any]]
    table: Callable[[str | None], dict[str, Code]]
    languages: dict[str, str]
    zone: str

    def texts(self, said: str | list[str] | None = None) -> list[Text]:
        """Readers of the given paths, or of the line's own sources."""
        return [self.read(path) for path in (paths(said) if said is not None else self.line.sources)]

    def one(self) -> Text:
        return self.texts()[0]

    def note(self, rule: str) -> Note:
        return Note(self.path, rule)


def _of_text(shop: Shop, turn: Callable[[str], Any], rule: str) -> Convert:
    """A converter of one text whose ``turn`` raises ValueError where the text says nothing it can use."""
    text, note, placeholder = shop.one(), shop.note(rule), shop.note("placeholder_date")

    def convert(row: Row, notes: Notes) -> Any:
        said = text(row)
        if said is None:
            return None
        try:
            return turn(said)
        except dates.Placeholder:
            notes.append(placeholder)
        except (ValueError, OverflowError):
            notes.append(note)
        return None

    return convert


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
    """All names in the field, scripts and aliases apart. ``kind`` full | alias | nick; ``lang`` for all of them."""
    text, kind, lang, languages = shop.one(), shop.line.kind or "full", shop.line.lang, shop.languages

    def convert(row: Row, notes: Notes) -> list[Row] | None:
        said = text(row)
        if said is None:
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
    return _of_text(shop, lambda said: dates.date_in(said, form), "no_date")


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
    return _of_text(shop, lambda said: dates.moment_in(said, zone, form), "no_datetime")


def integer(shop: Shop) -> Convert:
    return _of_text(shop, lambda said: int(float(said)), "no_integer")


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


def birth_date(shop: Shop) -> Convert:
    basis, turn = shop.line.basis or "stated", date(shop)
    return lambda row, notes: {"date": day, "basis": basis} if (day := turn(row, notes)) is not None else None


def birth_year(shop: Shop) -> Convert:
    basis = shop.line.basis or "stated"

    def turn(said: str) -> Row | None:
        year = int(float(said))
        if year == 0:
            return None
        if not 1900 < year <= 2100:
            raise dates.Placeholder("a placeholder year")
        return {"year": year, "basis": basis}

    return _of_text(shop, turn, "no_year")


def _aged(shop: Shop, months: Callable[[Row, Notes], tuple[int, int] | None]) -> Convert:
    """An age with the first usable day of ``as_of``: an age that was true on no known day says nothing."""
    days, basis, undated = shop.texts(shop.line.as_of), shop.line.basis or "stated", shop.note("age_without_date")

    def convert(row: Row, notes: Notes) -> Row | None:
        range_ = months(row, notes)
        if range_ is None:
            return None
        day = _first_day(days, row)
        if day is None:
            notes.append(undated)
            return None
        return {"age_from_months": range_[0], "age_to_months": range_[1], "basis": basis, "as_of": day}

    return convert


def _first_day(texts: list[Text], row: Row) -> datetime.date | None:
    for text in texts:
        said = text(row)
        if said is not None:
            try:
                return dates.date_in(said)
            except (ValueError, OverflowError):
                continue
    return None


def age(shop: Shop) -> Convert:
    """One text: ``7``, ``7 yrs 3 months``, ``5-7``; ``as_of`` names the day (or days, first usable) it was true."""
    return _aged(shop, _of_text(shop, body.age_months_in, "no_age"))


def age_range(shop: Shop) -> Convert:
    """Two sources, completed years. 0/0 says nothing (unknown and newborn look alike), reversed ends are turned."""
    low_text, high_text = shop.texts()
    zero, reversed_, bad = shop.note("zero_age"), shop.note("reversed_age"), shop.note("no_age")

    def convert(row: Row, notes: Notes) -> tuple[int, int] | None:
        low_said, high_said = low_text(row), high_text(row)
        if low_said is None and high_said is None:
            return None
        try:
            low, high = _years(low_said or high_said), _years(high_said or low_said)
        except ValueError:
            notes.append(bad)
            return None
        if high == 0:
            if low == 0:
                notes.append(zero)
                return None
            high = low  # 7 to 0: the second was left empty
        if low > high:
            notes.append(reversed_)
            low, high = high, low
        return body.years_to_months(low, high)

    return _aged(shop, convert)


def _years(said: str | None) -> int:
    years = int(float(said or ""))
    if not 0 <= years <= 99:
        raise ValueError("no possible age")
    return years


def height(shop: Shop) -> Convert:
    unit = shop.line.unit
    return _of_text(shop, lambda said: body.height_cm_in(said, unit), "no_height")


def weight(shop: Shop) -> Convert:
    def turn(said: str) -> int | None:
        found = re.search(r"\d{1,3}(?:\.\d+)?", said)
        kilograms = round(float(found[0])) if found else 0
        if not 1 <= kilograms <= 200:
            raise ValueError("no possible weight")
        return kilograms

    return _of_text(shop, turn, "no_weight")


def hair(shop: Shop) -> Convert:
    """Style, length and colour in one (``Normal-Small-Black``), or in up to three sources."""
    texts, unmapped = shop.texts(), shop.note("unmapped_code")
    tables = [(part, shop.table(f"hair_{part}")) for part in ("style", "length", "colour")]

    def convert(row: Row, notes: Notes) -> Row | None:
        raw = "-".join(part for text in texts if (part := text(row)) is not None)
        if not raw:
            return None
        found: Row = {"raw": redacted(raw)[:200]}
        for word in re.split(r"[-/,]", raw):
            key = folded(word)
            hit = next(((part, table[key]) for part, table in tables if part not in found and key in table), None)
            if hit:
                found[hit[0]] = hit[1]
            elif key:
                notes.append(unmapped)
        return found

    return convert


def garment(shop: Shop) -> Convert:
    """One source (what), or two (what, colour), by the tables garment and colour."""
    texts, unmapped = shop.texts(), shop.note("unmapped_code")
    tables = list(zip(("item", "colour"), (shop.table("garment"), shop.table("colour")), strict=True))

    def convert(row: Row, notes: Notes) -> Row | None:
        words = [text(row) for text in texts]
        raw = ", ".join(word for word in words if word is not None)
        if not raw:
            return None
        found: Row = {"raw": redacted(raw)[:200]}
        for word, (part, table) in zip(words, tables, strict=False):
            if word is None:
                continue
            if (known := table.get(folded(word))) is not None:
                found[part] = known
            else:
                notes.append(unmapped)
        return found

    return convert


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


_LABEL = re.compile(r"^(?:F\.?I\.?R|D\.?D|G\.?D|case|crime|cr)?\.?\s*(?:no|number|entry)?[\s.:]*", re.IGNORECASE)
_GLUED = re.compile(r"^(\d+?)\s*-?\s*((?:0[1-9]|[12]\d|3[01])[/-](?:0[1-9]|1[0-2])[/-](?:19|20)\d\d)$")
_YEARED = re.compile(r"^(.+?)\s*[/-]\s*((?:19|20)\d\d|\d\d)$")
_NUMBER = re.compile(r"^[0-9A-Za-z/-]{1,20}$")


def diary(shop: Shop) -> Convert:
    """A diary entry by its number: ``105``, ``105/2026``, ``FIR No. 105/26``, or glued to its date (11715/02/2026).

    ``kind`` FIR | DD | GD; ``date`` and ``station`` are source paths beside it.
    """
    text, kind, unreadable = shop.one(), shop.line.kind or "FIR", shop.note("no_diary_number")
    days = shop.texts(shop.line.date)
    station = shop.read(shop.line.station) if shop.line.station else None

    def convert(row: Row, notes: Notes) -> Row | None:
        told = text(row)
        if told is None:
            return None
        number, year, day = _diary_parts(told)
        if number is None:
            notes.append(unreadable)
            return None
        day = _first_day(days, row) or day
        entry: Row = {"kind": kind, "number": number}
        if day is not None:
            entry["on"] = day
        if (year or day) is not None:
            entry["year"] = year or (day.year if day else None)
        if station is not None and (where := station(row)) is not None:
            entry["station_raw"] = redacted(where)[:200]
        return entry

    return convert


def _diary_parts(told: str) -> tuple[str | None, int | None, datetime.date | None]:
    """Number, year and date in a diary's field; no number if it cannot be read."""
    told = _LABEL.sub("", told.strip(), count=1).strip()
    year = day = None
    if found := _GLUED.match(told):
        try:
            day = dates.date_in(found[2])
            told = found[1]
        except ValueError:
            return None, None, None
    elif found := _YEARED.match(told):
        told, year = found[1].strip(), int(found[2]) if len(found[2]) == 4 else 2000 + int(found[2])
    number = re.sub(r"[\s.]", "", told)
    if not _NUMBER.match(number) or not any(letter.isdigit() for letter in number):
        return None, None, None
    return number, year if year is None or 1950 <= year <= 2100 else None, day


def pin(shop: Shop) -> Convert:
    def turn(said: str) -> str:
        digits = re.sub(r"\s", "", said)
        if not re.fullmatch(r"[1-9][0-9]{5}", digits):
            raise ValueError("no PIN")
        return digits

    return _of_text(shop, turn, "no_pin")


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


class Converter(NamedTuple):
    """How to make it, the line's keys it reads, how many sources, and what it gives (None: one plain value)."""

    make: Callable[[Shop], Convert]
    options: frozenset[str] = frozenset()
    sources: tuple[int, int] = (1, 1)
    gives: str | None = None


def _c(make: Callable[[Shop], Convert], options: str = "", sources: tuple[int, int] = (1, 1),
       gives: str | None = None) -> Converter:  # fmt: skip
    return Converter(make, frozenset(options.split()), sources, gives)


CONVERTERS: dict[str, Converter] = {
    "text": _c(free_text, sources=(1, 8)),
    "name": _c(name),
    "names": _c(names, "kind lang", gives="Name"),
    "relative": _c(relative, "relation lang", gives="Relative"),
    "date": _c(date, "format"),
    "time": _c(time),
    "datetime": _c(moment, "format"),
    "integer": _c(integer),
    "code": _c(code, "table"),
    "codes": _c(codes, "table separators", gives="list"),
    "said": _c(said, "table", gives="Said"),
    "birth_date": _c(birth_date, "basis format", gives="Birth"),
    "birth_year": _c(birth_year, "basis", gives="Birth"),
    "age": _c(age, "basis as_of", gives="Birth"),
    "age_range": _c(age_range, "basis as_of", (2, 2), gives="Birth"),
    "height": _c(height, "unit"),
    "weight": _c(weight),
    "hair": _c(hair, sources=(1, 3), gives="SaidHair"),
    "garment": _c(garment, sources=(1, 2), gives="Garment"),
    "marks": _c(marks, sources=(1, 6), gives="Mark"),
    "disabilities": _c(disabilities, "table", gives="Disability"),
    "diary": _c(diary, "kind date station", gives="Diary"),
    "pin": _c(pin),
    "hashes": _c(hashes, gives="Photo"),
}
#: Converters that cannot work without a table.
NEED_TABLE = frozenset({"code", "codes", "said"})


def gives_fit(path: str, gives: str | None) -> bool:
    """Whether what a converter gives may stand at ``path``."""
    held = target(path)
    kind = getattr(held.type, "__name__", "")
    if gives is None:
        return not held.is_list and not hasattr(held.type, "model_fields")
    if gives == "list":
        return held.is_list and not hasattr(held.type, "model_fields")
    if gives == "Said":
        return kind.startswith("Said") and "code" in held.type.model_fields
    return bool(kind == gives)
