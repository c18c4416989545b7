"""An index entry arranged for reading: groups of lines, each with the code in words and the words of the source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from contracts import ChildRecord, Diary, Event, Garment, Mark, Name, Place
from portal.web import words
from portal.web.language import _
from portal.web.places import Places


@dataclass(frozen=True)
class Said:
    """One value: in our words, and beside it as the source wrote it (``lang`` is the language of ``raw``)."""

    words: str = ""
    raw: str = ""
    lang: str | None = None


@dataclass(frozen=True)
class Line:
    """One label with its values; several where several things were said."""

    label: str
    values: list[Said]


@dataclass(frozen=True)
class Group:
    """Lines that belong together, under one heading."""

    title: str
    lines: list[Line] = field(default_factory=list)


def groups(record: ChildRecord, places: Places) -> list[Group]:
    """Everything the index holds of the child, in the order in which an officer reads it; empty groups left out."""
    return [group for group in _all_groups(record, places) if group.lines]


def _all_groups(record: ChildRecord, places: Places) -> list[Group]:
    return [
        Group(_("Child"), list(_child(record))),
        Group(_("Family"), list(_family(record))),
        Group(_("What happened"), list(_event(record.event, places))),
        Group(_("Appearance"), list(_appearance(record))),
        Group(_("Clothes and belongings"), list(_apparel(record))),
        Group(_("Home"), list(_place(record.home, places))),
        Group(_("Police diary"), list(_diaries(record, places))),
        Group(_("Where the child is now"), list(_custodian(record))),
        Group(_("Source and limits"), list(_source(record, places))),
    ]


def main_name(names: list[Name]) -> Name | None:
    """The name to put at the head: the first that was given in full, else the first."""
    return next((name for name in names if name.kind == "full"), names[0] if names else None)


def _name(name: Name) -> Said:
    return Said(raw=name.text, lang=name.lang)


def _child(record: ChildRecord) -> Iterator[Line]:
    for kind in dict.fromkeys(name.kind for name in record.names):
        yield Line(words.of(kind), [_name(name) for name in record.names if name.kind == kind])
    if record.gender:
        yield Line(_("Gender"), [Said(words.of(record.gender))])
    if record.birth:
        yield Line(_("Age today"), [Said(words.age_span(*record.birth.months_on(words.today())))])
        yield Line(_("How the age is known"), [Said(words.birth(record.birth))])
    if record.languages:
        yield Line(_("Speaks"), [Said(", ".join(map(words.language, record.languages)))])
    if record.disabilities:
        said = [Said(words.of(one.kind), one.raw or "") for one in record.disabilities]
        yield Line(_("Disability"), said)


def _family(record: ChildRecord) -> Iterator[Line]:
    for relative in record.relatives:
        yield Line(words.of(relative.relation), [_name(name) for name in relative.names])


def _event(event: Event, places: Places) -> Iterator[Line]:
    if event.on:
        at = f", {words.clock(event.at)}" if event.at else ""
        yield Line(_("Day"), [Said(words.day(event.on) + at)])
    yield from _place(event.place, places)


def _place(place: Place | None, places: Places) -> Iterator[Line]:
    if place is None:
        return
    if place.raw:
        yield Line(_("Place"), [Said(raw=place.raw)])
    area = places.name(place.state, place.district)
    if area:
        yield Line(_("District and State"), [Said(area)])
    if place.police_station:
        yield Line(_("Police station"), [Said(places.station(place.police_station, place.state))])
    if place.pin:
        yield Line(_("PIN code"), [Said(place.pin)])


def _appearance(record: ChildRecord) -> Iterator[Line]:
    body = record.physical
    if body is not None:
        if body.height_cm:
            yield Line(_("Height"), [Said(_("%(cm)s cm", cm=body.height_cm))])
        if body.weight_kg:
            yield Line(_("Weight"), [Said(_("%(kg)s kg", kg=body.weight_kg))])
        for label, told in ((_("Build"), body.build), (_("Complexion"), body.complexion), (_("Face"), body.face)):
            if told:
                yield Line(label, [Said(words.of(told.code), told.raw or "")])
        if body.hair:
            hair = (body.hair.length, body.hair.style, body.hair.colour)
            yield Line(_("Hair"), [Said(", ".join(words.of(code) for code in hair if code), body.hair.raw or "")])
        if body.eyes:
            yield Line(_("Eyes"), [Said(words.of(body.eyes.code), body.eyes.raw or "")])
        if body.blood_group:
            yield Line(_("Blood group"), [Said(body.blood_group)])
    if record.marks:
        yield Line(_("Marks"), [_mark(one) for one in record.marks])


def _mark(one: Mark) -> Said:
    where = " ".join(words.of(code).lower() for code in (one.side, one.body_part) if code)
    return Said(f"{words.of(one.kind)}{', ' if where else ''}{where}", one.raw)


def _garment(one: Garment) -> Said:
    return Said(", ".join(words.of(code) for code in (one.item, one.colour) if code), one.raw or "")


def _apparel(record: ChildRecord) -> Iterator[Line]:
    worn = record.apparel
    if worn is None:
        return
    for label, garment in ((_("Upper"), worn.upper), (_("Lower"), worn.lower)):
        if garment:
            yield Line(label, [_garment(garment)])
    for label, text in ((_("Footwear"), worn.footwear), (_("Other"), worn.accessories)):
        if text:
            yield Line(label, [Said(raw=text)])


def _diaries(record: ChildRecord, places: Places) -> Iterator[Line]:
    state = record.event.place.state if record.event.place else None
    for one in record.diaries:
        yield Line(str(one.kind), [_diary(one, places.station(one.station, state))])


def _diary(one: Diary, station: str) -> Said:
    number = f"{one.number}/{one.year}" if one.year else one.number
    parts = [number, words.day(one.on), station, ", ".join(one.sections)]
    return Said(" · ".join(part for part in parts if part), one.station_raw or "")


def _custodian(record: ChildRecord) -> Iterator[Line]:
    holder = record.custodian
    if holder is None:
        return
    yield Line(_("In the care of"), [Said(holder.institution or "", holder.name or "")])
    if holder.since:
        yield Line(_("Since"), [Said(words.day(holder.since))])


def _source(record: ChildRecord, places: Places) -> Iterator[Line]:
    yield Line(_("Told by"), [Said(places.participant(record.ref.participant))])
    yield Line(_("Its own number"), [Said(record.ref.source_id)])
    yield Line(_("Last changed there"), [Said(words.moment(record.recorded_at))])
    if record.photos:
        yield Line(_("Photographs"), [Said(_("%(n)s, kept by the owner", n=len(record.photos)))])
    if record.restrictions:
        yield Line(_("Limits"), [Said(words.of(one)) for one in record.restrictions])
    if record.publication:
        yield Line(_("Public"), [Said(words.of(record.publication))])


@dataclass(frozen=True)
class Pair:
    """One label with what each of two records says of it."""

    label: str
    one: list[Said]
    other: list[Said]


def side_by_side(one: ChildRecord | None, other: ChildRecord | None, places: Places) -> list[tuple[str, list[Pair]]]:
    """Two entries row against row: under each heading every label that either has. None is an entry not shown."""
    left, right = (_by_title(record, places) for record in (one, other))
    made = []
    for title in left or right:
        mine, theirs = left.get(title, {}), right.get(title, {})
        pairs = [Pair(label, mine.get(label, []), theirs.get(label, [])) for label in _in_order(mine, theirs)]
        if pairs:
            made.append((title, pairs))
    return made


def _by_title(record: ChildRecord | None, places: Places) -> dict[str, dict[str, list[Said]]]:
    return {group.title: _by_label(group.lines) for group in _all_groups(record, places)} if record else {}


def _by_label(lines: list[Line]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = {}
    for line in lines:
        found[line.label] = found.get(line.label, []) + line.values
    return found


def _in_order(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """Both without repeats; what only the second has comes after what stands before it there."""
    merged, there = list(one), list(other)
    for position, item in enumerate(there):
        if item not in merged:
            before = [known for known in there[:position] if known in merged]
            merged.insert(merged.index(before[-1]) + 1 if before else 0, item)
    return merged
