"""The layouts of ``layouts/*.toml`` as the proposer sees them, with synthetic values from a seeded generator."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from adapters.proposing.described import Rows, Seen

FOLDER = Path(__file__).parent / "layouts"
_VALUES = 20


@dataclass(frozen=True)
class Layout:
    """One system's list of records, and of each path the meanings that are right (none: the contract has no such)."""

    number: int
    rows: Rows
    means: dict[str, tuple[str, ...]]

    @property
    def held_out(self) -> bool:
        """Even numbers are never looked at while the proposer is being improved."""
        return self.number % 2 == 0


def layouts() -> list[Layout]:
    """All of them by their number; the same values every time."""
    return [_layout(path) for path in sorted(FOLDER.glob("*.toml"))]


def _layout(path: Path) -> Layout:
    told = tomllib.loads(path.read_text("utf-8"))
    number = int(path.name.split("_")[0])
    draw = Random(number)
    seen = tuple(_seen(told, at, said, draw) for at, said in told["fields"].items())
    means = {at: tuple(said[0]) for at, said in told["fields"].items()}
    return Layout(number, Rows(told["name"], seen), means)


def _seen(told: dict[str, object], at: str, said: list[object], draw: Random) -> Seen:
    means, kind = said[0], str(said[1]) if len(said) > 1 else ""
    titles = told.get("titles", {})
    assert isinstance(means, list) and isinstance(titles, dict)
    if not told["values"]:
        return Seen(at, titles.get(at, ""), kind)
    made = _made(means[0] if means else "", kind)
    return Seen(at, titles.get(at, ""), values=tuple(dict.fromkeys(made(draw) for _ in range(_VALUES))))


def _made(concept: str, kind: str) -> Callable[[Random], str]:
    if "date" in concept or concept in ("event.on", "custodian.since"):
        return _SHAPES.get(kind, _SHAPES["iso"])
    for key in (f"{concept}:{kind}", kind, concept or "remark"):
        if key in _SHAPES:
            return _SHAPES[key]
        if key in _WORDS:
            return lambda draw: draw.choice(_WORDS[key].split("|"))
    raise AssertionError(f"no values for {concept or 'no meaning'} ({kind})")


def _day(draw: Random) -> date:
    return date(2012, 1, 1) + timedelta(days=draw.randrange(5_000))


def _stamp(draw: Random) -> str:
    return f"{_day(draw)}T{draw.randrange(24):02}:{draw.randrange(60):02}:00+05:30"


_SHAPES: dict[str, Callable[[Random], str]] = {
    "iso": lambda draw: _day(draw).isoformat(),
    "dmy": lambda draw: f"{_day(draw):%d/%m/%Y}",
    "stamp": _stamp,
    "changed": _stamp,
    "event.at": lambda draw: f"{draw.randrange(24):02}:{draw.randrange(60):02}",
    "time": lambda draw: f"{draw.randrange(24):02}:{draw.randrange(60):02}",
    "id": lambda draw: f"{draw.choice('ABC')}{draw.randrange(10**4):04}/{draw.randrange(2015, 2025)}",
    "seq": lambda draw: str(draw.randrange(1, 400)),
    "num": lambda draw: str(draw.randrange(1, 30_000)),
    "version": lambda draw: str(draw.randrange(1, 9)),
    "fir.number": lambda draw: f"{draw.randrange(1, 900)}/{draw.randrange(2015, 2025)}",
    "diary.number": lambda draw: f"{draw.randrange(1, 90)}A",
    "birth.age": lambda draw: str(draw.randrange(1, 18)),
    "birth.from": lambda draw: str(draw.randrange(1, 9)),
    "birth.to": lambda draw: str(draw.randrange(9, 18)),
    "birth.year": lambda draw: str(draw.randrange(2006, 2024)),
    "physical.height_cm": lambda draw: str(draw.randrange(70, 175)),
    "feet": lambda draw: f"{draw.randrange(3, 6)}'{draw.randrange(12)}\"",
    "physical.weight_kg": lambda draw: str(draw.randrange(8, 60)),
    "home.pin": lambda draw: str(draw.randrange(110_001, 855_000)),
    "event.place.pin": lambda draw: str(draw.randrange(110_001, 855_000)),
    "event.place.latitude": lambda draw: f"{draw.uniform(8, 35):.5f}",
    "event.place.longitude": lambda draw: f"{draw.uniform(69, 96):.5f}",
    "phone": lambda draw: f"9{draw.randrange(10**9):09}",
    "url": lambda draw: f"https://photos.example/{draw.randrange(10**6)}.jpg",
    "photos": lambda draw: f"{draw.getrandbits(256):064x}",
}
_HOMES = "Asha Bal Griha|Children Home for Boys, Patna|Shishu Sadan|Snehalaya|Govt. Observation Home|Prayas"
_MARKS = "mole on left cheek|scar on forehead|cut mark on right hand|burn on left arm|none|tattoo Om on wrist"
_PEOPLE = "Ramesh Kumar|Mohd Salim|Sunita Devi|Anjali Singh|Rahul Yadav|Imran Khan|Geeta Kumari|Suresh Paswan"
_PEOPLE_HI = "रमेश कुमार|सुनीता देवी|राहुल यादव|इमरान खान|गीता कुमारी|सुरेश पासवान"
_CITIES = "Patna|Gaya|Lucknow|Varanasi|Jaipur|Bhopal|Ranchi|Indore"
_STATES = "Bihar|Uttar Pradesh|Rajasthan|Madhya Pradesh|Jharkhand"
_COLOURS = "red|blue|white|black|green|yellow"
_VILLAGES = "Rampur|Madhopur|Sikandarpur|Belaganj|Kusumpur"
_WORDS = {
    "names": _PEOPLE, "name": _PEOPLE, "names[first]": "Ramesh|Sunita|Rahul|Imran|Geeta|Pooja",
    "names[middle]": "Kumar|Lal|Prasad|Devi", "names[last]": "Singh|Yadav|Khan|Paswan|Sharma",
    "names[last]:hi": "सिंह|यादव|खान|पासवान", "names[alias]": "Chhotu|Guddu|Munni|Pinky|Raju|Babli",
    "names[hindi]": _PEOPLE_HI, "names[hindi]:hi": _PEOPLE_HI, "namehi": _PEOPLE_HI,
    "relatives[father]": _PEOPLE, "relatives[mother]": "Sunita Devi|Rekha Devi|Shabnam|Geeta Kumari",
    "relatives[guardian]": _PEOPLE, "relatives[father]:hi": _PEOPLE_HI,
    "relatives[mother]:hi": "सुनीता देवी|रेखा देवी|शबनम",
    "gender": "Male|Female", "gender:mf": "M|F", "gender:hi": "पुरुष|महिला", "gender:roman": "ladka|ladki",
    "gender:boygirl": "Boy|Girl", "kind": "missing|found", "status": "Open|Traced|Closed|Untraced",
    "status:care": "In care|Restored|Transferred",
    "event.place": "Gandhi Maidan|near bus stand|Sabzi Mandi|old market|school road",
    "railway": "Patna Jn|Mughalsarai|Howrah",
    "event.place:hi": "गांधी मैदान|बस अड्डा|सब्जी मंडी", "event.station": "Kotwali|Sadar|Town|GRP Patna|Alambagh",
    "event.station:hi": "कोतवाली|सदर|आलमबाग", "event.district": _CITIES, "event.district:hi": "पटना|गया|लखनऊ",
    "event.state": _STATES, "home.address": "H.No. 12, Rampur|Gali 4, Shastri Nagar|Ward 7, Belaganj",
    "home.address:hi": "म.नं. 12, रामपुर|गली 4, शास्त्री नगर", "home.village": _VILLAGES,
    "home.village:hi": "रामपुर|माधोपुर|बेलागंज",
    "home.district.name": _CITIES, "home.district.name:hi": "पटना|गया|लखनऊ", "home.state.name": _STATES,
    "home.state.name:hi": "बिहार|उत्तर प्रदेश", "physical.build": "thin|medium|stout|strong",
    "physical.complexion": "fair|wheatish|dark|sanwla", "physical.complexion:hi": "गोरा|सांवला|गेहुंआ",
    "physical.face": "round|oval|long", "physical.eyes": "black|brown",
    "hair.whole": "short black|long brown|curly black",
    "hair.style": "straight|curly|wavy", "hair.length": "short|long|medium", "hair.colour": "black|brown",
    "physical.blood_group": "A+|B+|O+|AB-|O-", "marks": _MARKS, "marks:hi": "बाएं गाल पर तिल|माथे पर चोट का निशान",
    "disabilities": "none|deaf|mute|mentally challenged", "disabilities:hi": "नहीं|मूक|बधिर",
    "languages": "Hindi|Bhojpuri|Urdu|Bengali|Maithili", "languages:hi": "हिन्दी|भोजपुरी|उर्दू",
    "upper.item": "shirt|t-shirt|kurta|frock", "lower.item": "pant|jeans|salwar|skirt", "upper.colour": _COLOURS,
    "lower.colour": _COLOURS, "apparel.footwear": "chappal|shoes|barefoot",
    "apparel.accessories": "bangles|watch|bag|none",
    "custodian.name": _HOMES, "custodian.name:hi": "आशा बाल गृह|शिशु सदन|स्नेहालय",
    "remark": "under enquiry|nil|seen with uncle|sent for report", "category": "runaway|lost|abuse",
    "yes": "yes|no|true",
}  # fmt: skip
