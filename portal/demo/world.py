"""Synthetic children and what happened to them: one seed makes one world and the truth about it. Nobody is real."""

import csv
import datetime
import random
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

Day = datetime.date
TODAY = Day(2026, 11, 20)


@dataclass(frozen=True)
class NameForms:
    """One name in Latin letters, in Devanagari, in another script where it has one, and as clerks misspell it."""

    latin: str
    deva: str
    other: str
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """A police station's area and places in it that people name."""

    state: int
    state_name: str
    district: str
    station: str
    latitude: float
    longitude: float
    spots: tuple[str, ...]
    hindi_spots: tuple[str, ...]


@dataclass(frozen=True)
class Sign:
    """An identification mark, said in English and in Hindi."""

    english: str
    hindi: str


@dataclass(frozen=True)
class Clothes:
    upper: str
    upper_colour: str
    lower: str
    lower_colour: str


@dataclass(frozen=True)
class Child:
    """A synthetic person. Height is in centimetres on the day the child was lost."""

    number: int
    gender: str
    given: NameForms
    family: NameForms
    father: NameForms
    mother: NameForms
    born: Day
    home: Spot
    village: str
    pin: str
    language: str
    height_cm: int
    build: str
    complexion: str
    face: str
    hair: str
    signs: tuple[Sign, ...]
    disability: str | None

    @property
    def name(self) -> str:
        return f"{self.given.latin} {self.family.latin}"

    @property
    def name_deva(self) -> str:
        return f"{self.given.deva} {self.family.deva}"

    def years_on(self, day: Day) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Told:
    """One telling of a child to one system: what was said there, faults included. ``None`` is not known."""

    child: Child
    side: str
    on: Day
    spot: Spot
    clothes: Clothes
    name: NameForms | None
    spelling: str | None
    family_spelling: str | None
    father_spelling: str | None
    mother_spelling: str | None
    age_years: int | None
    gender: str | None
    height_cm: int | None
    signs: tuple[Sign, ...]
    recorded_at: datetime.datetime
    serial: int


@dataclass
class World:
    """Everything told to the four systems, and which tellings are of one child: (teller, serial) pairs."""

    told: dict[str, list[Told]] = field(default_factory=dict)
    truth: set[tuple[tuple[str, int], tuple[str, int]]] = field(default_factory=set)


SIGNS = [
    ("cut mark on left eyebrow", "बाईं भौंह पर कटे का निशान"),
    ("burn scar on right forearm", "दाहिने हाथ पर जलने का निशान"),
    ("black mole on right cheek", "दाहिने गाल पर काला तिल"),
    ("mole on chin", "ठोड़ी पर तिल"),
    ("old stitch mark on forehead", "माथे पर पुराने टांके का निशान"),
    ("tattoo of Om on right hand", "दाहिने हाथ पर ॐ का गोदना"),
    ("name tattooed on left arm", "बाएं हाथ पर नाम गुदा हुआ"),
    ("birth mark on back", "पीठ पर जन्म का निशान"),
    ("scar on left knee", "बाएं घुटने पर चोट का निशान"),
    ("sixth finger on left hand", "बाएं हाथ में छठी उंगली"),
    ("dog bite mark on right leg", "दाहिने पैर पर कुत्ते के काटने का निशान"),
    ("ear lobe torn on left side", "बाएं कान की लौ कटी हुई"),
    ("cut mark on nose", "नाक पर कटे का निशान"),
    ("mole on neck", "गर्दन पर तिल"),
    ("white patch on left hand", "बाएं हाथ पर सफेद दाग"),
]
UPPER = ["SHIRT", "T-SHIRT", "KURTA", "FROCK", "SWEATER", "SCHOOL UNIFORM", "TOP", "BANIAN"]
LOWER = ["PANT", "JEANS", "NIKKAR", "SALWAR", "SKIRT", "TRACK SUIT LOWER", "PYJAMA"]
COLOURS = ["RED", "BLUE", "WHITE", "BLACK", "GREEN", "YELLOW", "PINK", "GRAY", "CREAM", "MAROON"]
BUILDS, COMPLEXIONS, FACES = (
    ["Thin", "Normal", "Strong"],
    ["Fair", "Wheatish", "Shallow", "Dark"],
    ["Oval", "Round", "Long"],
)
HAIRS = ["Normal-Small-Black", "Curly-Small-Black", "Normal-Long-Black", "Straight-Medium-Brown"]
VILLAGES = [
    "Rampur",
    "Simraha",
    "Belwa",
    "Madhopur",
    "Bishunpur",
    "Kusmaha",
    "Lakshmipur",
    "Sonbarsa",
    "Jamalpur",
    "Dighwa",
]


@cache
def names(kind: str) -> tuple[NameForms, ...]:
    """The name table's rows of one kind: boy, girl, man, woman or family."""
    with (resources.files(__package__) / "names.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] == kind]
    return tuple(NameForms(r["latin"], r["deva"], r["other"] or r["deva"], _variants(r["variants"])) for r in rows)


def _variants(text: str) -> tuple[str, ...]:
    return tuple(text.split("|") if "|" in text else text.split())


@cache
def spots() -> tuple[Spot, ...]:
    with (resources.files(__package__) / "places.csv").open(encoding="utf-8") as lines:
        return tuple(
            Spot(
                int(r["state"]), r["state_name"], r["district"], r["station"], float(r["latitude"]),
                float(r["longitude"]), tuple(r["spots"].split("|")), tuple(r["hindi_spots"].split("|")),
            )
            for r in csv.DictReader(lines)
        )  # fmt: skip


def typo(word: str, chance: random.Random) -> str:
    """One slip of a clerk's finger: a letter dropped, doubled or swapped with its neighbour."""
    if len(word) < 4:
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def spelt(forms: NameForms, chance: random.Random) -> str:
    """A name as some clerk wrote it in Latin letters."""
    draw = chance.random()
    if draw < 0.55:
        return forms.latin
    return chance.choice(forms.variants) if draw < 0.9 else typo(forms.latin, chance)


def child(number: int, chance: random.Random, lost_on: Day) -> Child:
    """Draw one synthetic child aged 2 to 17 on the day it was lost."""
    gender = "F" if chance.random() < 0.6 else "M"
    age_days = int(chance.triangular(2 * 365, 18 * 365 - 30, 13 * 365))
    years = age_days // 365
    home = chance.choice(
        [spot for spot in spots() if spot.state in (9, 10)] if chance.random() < 0.7 else list(spots())
    )
    return Child(
        number=number,
        gender=gender,
        given=chance.choice(names("girl" if gender == "F" else "boy")),
        family=chance.choice(names("family")),
        father=chance.choice(names("man")),
        mother=chance.choice(names("woman")),
        born=lost_on - datetime.timedelta(days=age_days),
        home=home,
        village=chance.choice(VILLAGES),
        pin=f"{chance.randrange(110, 855)}{chance.randrange(1, 120):03d}",
        language=chance.choice(["hi", "hi", "bho", "mai", "ur", "bn"]) if home.state == 10 else "hi",
        height_cm=int(chance.gauss(80 + 6.1 * (years - 2), 5)),
        build=chance.choice(BUILDS),
        complexion=chance.choice(COMPLEXIONS),
        face=chance.choice(FACES),
        hair=chance.choice(HAIRS),
        signs=tuple(Sign(*s) for s in chance.sample(SIGNS, chance.choices([0, 1, 2, 3], [2, 4, 3, 1])[0])),
        disability=chance.choice(["HEARING", "SPEECH", "MENTAL"]) if chance.random() < 0.06 else None,
    )


def clothes(chance: random.Random) -> Clothes:
    return Clothes(chance.choice(UPPER), chance.choice(COLOURS), chance.choice(LOWER), chance.choice(COLOURS))


def told_missing(who: Child, on: Day, worn: Clothes, serial: int, chance: random.Random) -> Told:
    """What a parent tells: nearly everything is known, some of it is spelt in the clerk's way."""
    return Told(
        child=who, side="missing", on=on, spot=who.home, clothes=worn, name=who.given,
        spelling=spelt(who.given, chance), family_spelling=spelt(who.family, chance),
        father_spelling=spelt(who.father, chance),
        mother_spelling=spelt(who.mother, chance) if chance.random() < 0.7 else None,
        age_years=max(0, who.years_on(on) + (chance.choice([-1, 1]) if chance.random() < 0.1 else 0)),
        gender=who.gender, height_cm=who.height_cm + chance.randint(-3, 3), signs=who.signs,
        recorded_at=_moment(on + datetime.timedelta(days=chance.randint(0, 3)), chance), serial=serial,
    )  # fmt: skip


def told_found(who: Child, lost_on: Day, worn: Clothes, serial: int, chance: random.Random, planted: bool) -> Told:
    """What is known of a found child: a first name in another spelling or none, an age by appearance, some marks.

    Of a planted pair enough is told that a person could see it: of a child who tells no name, all of two marks or more.
    """
    on = min(lost_on + datetime.timedelta(days=int(chance.expovariate(1 / 60)) + 1), TODAY)
    silent = chance.random() < 0.25 and (not planted or len(who.signs) >= 2)
    signs = who.signs if silent and planted else tuple(s for s in who.signs if chance.random() < 0.85)
    grown = int(6.1 * (on - lost_on).days / 365)
    return Told(
        child=who, side="found", on=on, spot=chance.choice([s for s in spots() if s != who.home]),
        clothes=worn if (on - lost_on).days < 10 else clothes(chance), name=None if silent else who.given,
        spelling=None if silent else spelt(who.given, chance),
        family_spelling=spelt(who.family, chance) if not silent and chance.random() < 0.4 else None,
        father_spelling=spelt(who.father, chance) if not silent and chance.random() < 0.6 else None,
        mother_spelling=spelt(who.mother, chance) if not silent and chance.random() < 0.35 else None,
        age_years=max(0, who.years_on(on) + chance.choice([-1, 0, 0, 0, 1])), gender=who.gender,
        height_cm=who.height_cm + grown + chance.randint(-3, 3) if chance.random() < 0.8 else None,
        signs=signs,
        recorded_at=_moment(on + datetime.timedelta(days=chance.randint(0, 5)), chance), serial=serial,
    )  # fmt: skip


def _moment(day: Day, chance: random.Random) -> datetime.datetime:
    clock = datetime.time(chance.randrange(6, 22), chance.randrange(60), chance.randrange(60))
    return datetime.datetime.combine(min(day, TODAY), clock, datetime.timezone(datetime.timedelta(hours=5, minutes=30)))


#: Who is told of missing and of found children, by whether it happened in Bihar, with the share of each.
MISSING_TELLERS = {True: {"police-br": 0.75, "pri-br": 0.25}, False: {"zipnet": 1.0}}
FOUND_TELLERS = {True: {"police-br": 1.0}, False: {"zipnet": 0.4, "cci-dl": 0.6}}
TELLERS = ("zipnet", "police-br", "pri-br", "cci-dl")
BIHAR = 10


def make(seed: int, missing: int = 600, found: int = 420, pairs: int = 100) -> World:
    """A world with ``missing`` lost and ``found`` found tellings, of which ``pairs`` are of one child each."""
    chance = random.Random(seed)
    world = World({teller: [] for teller in TELLERS})
    for number in range(missing + found - pairs):
        lost_on = TODAY - datetime.timedelta(days=chance.randrange(5, 900))
        who, worn = child(number, chance, lost_on), clothes(chance)
        lost = (
            _tell(world, MISSING_TELLERS, told_missing(who, lost_on, worn, number, chance), chance)
            if number < missing
            else None
        )
        is_found = number < pairs or number >= missing
        seen = (
            _tell(world, FOUND_TELLERS, told_found(who, lost_on, worn, _other(number), chance, number < pairs), chance)
            if is_found
            else None
        )
        if lost and seen:
            world.truth.add(((lost, number), (seen, _other(number))))
    return world


def _other(number: int) -> int:
    # The two tellings of one child have nothing in common but the child.
    return number * 7919 % 100_003


def _tell(world: World, tellers: dict[bool, dict[str, float]], told: Told, chance: random.Random) -> str:
    shares = tellers[told.spot.state == BIHAR]
    teller = chance.choices(list(shares), list(shares.values()))[0]
    world.told[teller].append(told)
    return teller
