"""Synthetic missing and found children, seeded: who they are, how each record tells it, and which pairs are true.

Assumptions, not findings. Errors are slips of the keyboard and of reading (neighbouring keys, dropped, doubled and
swapped letters, look-alike letters, a name cut short), a change of script, and vague or wrong statements. The
substitutions of consonants that the phonetic key undoes (v and b, sh and s, aspirates) are not among them on purpose: a
generator and a key made from one list flatter each other (a test holds the two apart).
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from contracts import ChildRecord
from hub.matching.model import Model

_HERE = Path(__file__).parent
_FIRST_DAY = dt.date(2018, 1, 1)
_LANGUAGES = {
    19: "bn",
    21: "or",
    24: "gu",
    27: "mr",
    28: "te",
    29: "kn",
    32: "ml",
    33: "ta",
    36: "te",
    3: "pa",
    18: "as",
}
_STATES = (
    [9] * 18
    + [10] * 12
    + [19] * 9
    + [27] * 9
    + [23] * 8
    + [8] * 7
    + [20, 21, 22] * 4
    + [24, 29, 33, 36, 28, 32, 3, 6, 7, 18] * 3
)
_METROS = (7, 27, 19, 33, 29)
_MARKS = {
    "mole": ("black mole on {side} {part}", "mole {part} {side}", "{hside} {hpart} पर तिल"),
    "cut": ("old cut mark on {side} {part}", "cut mark {part}", "{hside} {hpart} पर कटे का निशान"),
    "burn": ("burn mark on {side} {part}", "burnt {side} {part}", "{hside} {hpart} जला हुआ"),
    "scar": ("scar on {side} {part}", "stitches scar {side} {part}", "{hside} {hpart} पर चोट का निशान"),
    "tattoo": ("tattoo of {word} on {side} {part}", "{word} tattoo {part}", "{hside} {hpart} पर {word} गोदना"),
}
_KINDS = ("mole", "mole", "mole", "cut", "cut", "cut", "scar", "scar", "burn", "tattoo")
_PARTS = {
    "cheek": "गाल",
    "forehead": "माथे",
    "hand": "हाथ",
    "arm": "बांह",
    "knee": "घुटने",
    "leg": "टांग",
    "neck": "गर्दन",
    "chin": "ठुड्डी",
    "eyebrow": "भौंह",
    "foot": "पैर",
}
_SIDES = {"left": "बाएं", "right": "दाएं"}
_WORDS = ("om", "trishul", "heart", "star", "name", "flower", "scorpion", "mother", "dots", "bird")
_NEXT_KEYS = "qwa wqe ewr ret try ytu uyi iuo oip pol asq sad dsf fdg gfh hgj jhk khl lko zxa xzc cxv vc bn nbm mnj"
_KEYS = {keys[0]: keys[1:] for keys in _NEXT_KEYS.split()}
_LOOKALIKE = {"m": "rn", "n": "u", "l": "i", "h": "b", "a": "o", "e": "c", "i": "j", "r": "v", "g": "y", "d": "cl"}
_HEIGHT = np.array([50, 75, 87, 95, 103, 109, 115, 121, 127, 132, 138, 144, 150, 156, 161, 164, 167, 168, 169])


def _names() -> dict[str, list[tuple[str, str]]]:
    lists: dict[str, list[tuple[str, str]]] = {}
    for line in (_HERE / "names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = lists.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current.extend((pair.split("|")[0], pair.split("|")[1]) for pair in line.split())
    return lists


@dataclass(frozen=True)
class Truth:
    """Records of both sides and, for each missing record, its found record or -1."""

    missing: list[ChildRecord]
    found: list[ChildRecord]
    pair: np.ndarray[Any, np.dtype[np.int64]]
    districts: dict[int, tuple[float, float]]
    """Middle points of the districts by code."""


class Generator:
    """Makes children one by one from one seed."""

    def __init__(self, seed: int) -> None:
        self._dice = np.random.default_rng(seed)
        self._names = _names()
        self._weights = {key: 1 / np.arange(4, len(some) + 4) for key, some in self._names.items()}
        land = np.random.default_rng(1)  # the same country for every seed
        states = Model.load().centroids.states
        self.districts = {
            state * 100 + n: (at[0] + land.normal(0, 1.0), at[1] + land.normal(0, 1.2))
            for state, at in states.items()
            for n in range(20)
        }

    def set(self, missing: int, found: int, paired: float = 0.4) -> Truth:
        """So many records of each side; a share of the missing is among the found."""
        pairs = min(int(missing * paired), found)
        children = [self._child() for _ in range(missing)]
        places = self._dice.permutation(found)[:pairs]
        pair = np.full(missing, -1, dtype=np.int64)
        pair[self._dice.permutation(missing)[:pairs]] = places
        of = {int(at): who for who, at in enumerate(pair) if at >= 0}
        left = [self._missing(child, at) for at, child in enumerate(children)]
        right = [self._found(children[of[at]] if at in of else self._child(), at) for at in range(found)]
        return Truth(left, right, pair, self.districts)

    def _pick(self, some: Any) -> Any:
        return some[int(self._dice.integers(len(some)))]

    def _chance(self, share: float) -> bool:
        return bool(self._dice.random() < share)

    def _named(self, which: str) -> tuple[str, str]:
        weights = self._weights[which]
        return self._names[which][int(self._dice.choice(len(weights), p=weights / weights.sum()))]

    def _child(self) -> dict[str, Any]:
        gender = "F" if self._chance(0.55) else "M"
        state = self._pick(_STATES)
        age = float(np.clip(self._dice.gamma(5, 2.3), 0.2, 17.5))
        lost = _FIRST_DAY + dt.timedelta(days=int(self._dice.integers(0, 2200)))
        family = self._named("families")
        marks = [self._mark() for _ in range(int(self._dice.choice(3, p=[0.45, 0.4, 0.15])))]
        return {
            "gender": gender,
            "given": self._named("girls" if gender == "F" else "boys"),
            "family": family if self._chance(0.65) else None,
            "father": (self._named("boys"), family),
            "mother": self._named("girls"),
            "lost": lost,
            "born": lost - dt.timedelta(days=int(age * 365.25)),
            "state": state,
            "district": state * 100 + int(self._dice.integers(20)),
            "tall": float(self._dice.normal(1.0, 0.045)),
            "tongue": _LANGUAGES.get(state, "hi"),
            "build": self._pick(["thin", "thin", "medium", "medium", "medium", "strong", "fat"]),
            "skin": self._pick(["fair", "wheatish", "wheatish", "sallow", "dark"]),
            "face": self._pick(["oval", "oval", "round", "long"]),
            "marks": marks,
            "speech": self._chance(0.04),
            "worn": [self._pick(["red", "blue", "white", "black", "green", "yellow"]) for _ in range(2)],
        }

    def _mark(self) -> dict[str, str]:
        return {
            "kind": self._pick(_KINDS),
            "part": self._pick(list(_PARTS)),
            "side": self._pick(list(_SIDES)),
            "word": self._pick(_WORDS),
        }

    def _told_mark(self, mark: dict[str, str]) -> dict[str, str]:
        form = self._pick(_MARKS[mark["kind"]])
        side = mark["side"] if self._chance(0.93) else self._pick(list(_SIDES))
        words = {
            "side": side,
            "part": mark["part"],
            "word": mark["word"],
            "hside": _SIDES[side],
            "hpart": _PARTS[mark["part"]],
        }
        return {"raw": form.format(**words)}

    def _slip(self, text: str) -> str:
        """One error of hand or eye in a Latin text."""
        at = int(self._dice.integers(len(text)))
        letter = text[at].lower()
        kind = int(self._dice.integers(6))
        if kind == 0:
            return text[:at] + self._pick(_KEYS.get(letter, letter)) + text[at + 1 :]
        if kind == 1 and len(text) > 3:
            return text[:at] + text[at + 1 :]
        if kind == 2:
            return text[:at] + letter + text[at:]
        if kind == 3 and at + 1 < len(text):
            return text[:at] + text[at + 1] + letter + text[at + 2 :]
        if kind == 4:
            return text[:at] + _LOOKALIKE.get(letter, letter) + text[at + 1 :]
        return text[: max(4, len(text) - 2)]

    def _write(self, name: tuple[str, str], native: float, slips: float) -> str:
        if self._chance(native):
            return name[1]
        text = name[0]
        while self._chance(slips):
            text = self._slip(text)
        return text

    def _full(self, names: list[tuple[str, str] | None], native: float, slips: float) -> str:
        hand = 1.0 if self._chance(native) else 0.0
        told = [self._write(name, hand, slips) for name in names if name]
        return " ".join(told if self._chance(0.93) else told[::-1])

    def _record(self, kind: str, status: str, number: int, said: dict[str, Any]) -> ChildRecord:
        ref = {"participant": f"{kind}-set", "source_id": str(number)}
        return ChildRecord.model_validate(
            {"ref": ref, "kind": kind, "status": status, "recorded_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC), **said}
        )

    def _missing(self, child: dict[str, Any], number: int) -> ChildRecord:
        age = (child["lost"] - child["born"]).days / 365.25
        years = max(0, int(age + self._dice.normal(0, 0.3 + 0.03 * age)))
        district = child["district"] if self._chance(0.85) else child["state"] * 100 + int(self._dice.integers(20))
        said: dict[str, Any] = {
            "names": [{"text": self._full([child["given"], child["family"]], 0.25, 0.12)}],
            "gender": child["gender"],
            "birth": {
                "age_from_months": years * 12,
                "age_to_months": years * 12 + 11,
                "as_of": child["lost"],
                "basis": "stated",
            },
            "relatives": self._relatives(child, 0.9, 0.5, 0.12),
            "languages": [child["tongue"]] if self._chance(0.7) else [],
            "event": {"on": child["lost"], "place": {"state": child["state"], "district": district}},
            "home": {"state": child["state"], "district": child["district"]} if self._chance(0.9) else None,
            "physical": self._body(child, age, child["lost"], 0.5),
            "marks": [self._told_mark(mark) for mark in child["marks"] if self._chance(0.8)],
            "disabilities": [{"kind": "speech"}] if child["speech"] and self._chance(0.9) else [],
            "apparel": self._apparel(child, 0.5, 0.05),
        }
        return self._record("missing", "untraced", number, said)

    def _found(self, child: dict[str, Any], number: int) -> ChildRecord:
        days = int(np.clip(self._dice.lognormal(3.2, 2.0), 0, 2000))
        really = child["lost"] + dt.timedelta(days=days)
        age = (really - child["born"]).days / 365.25
        on = self._misdated(really)
        nameless = self._chance(0.3) or age < 1.5
        home = self._home(child, nameless)
        said: dict[str, Any] = {
            "names": self._found_names(child, nameless),
            "gender": child["gender"] if self._chance(0.99) else None,
            "birth": self._looked(age, on),
            "relatives": [] if nameless else self._relatives(child, 0.55, 0.35, 0.2),
            "languages": [child["tongue"] if self._chance(0.9) else "hi"] if self._chance(0.6) else [],
            "event": {"on": on, "place": self._where(child)},
            "home": home,
            "physical": self._body(child, age, on, 0.6),
            "marks": [self._told_mark(mark) for mark in child["marks"] if self._chance(0.7)],
            "disabilities": [{"kind": "speech"}] if child["speech"] and self._chance(0.8) else [],
            "apparel": self._apparel(child, 0.6, 0.15 if days < 4 else 0.95),
        }
        return self._record("found", "found", number, said)

    def _found_names(self, child: dict[str, Any], nameless: bool) -> list[dict[str, str]]:
        if nameless:
            return [{"text": "Unknown"}] if self._chance(0.5) else []
        if self._chance(0.04):
            return [{"text": self._write(self._named("girls" if child["gender"] == "F" else "boys"), 0.2, 0.1)}]
        family = child["family"] if self._chance(0.5) else None
        return [{"text": self._full([child["given"], family], 0.35, 0.2)}]

    def _misdated(self, day: dt.date) -> dt.date:
        if self._chance(0.94):
            return day
        if self._chance(0.5):
            return day - dt.timedelta(days=int(self._dice.integers(1, 60)))
        return day - dt.timedelta(days=365)

    def _looked(self, age: float, on: dt.date) -> dict[str, Any]:
        guess = max(0, round(age + self._dice.normal(0, 0.5 + 0.11 * age)))
        wide = 1 if age > 4 else 0
        low, high = max(0, guess - wide), guess + wide
        return {"age_from_months": low * 12, "age_to_months": high * 12 + 11, "as_of": on, "basis": "appearance"}

    def _home(self, child: dict[str, Any], nameless: bool) -> dict[str, int] | None:
        if self._chance(0.75 if nameless else 0.4):
            return None
        if self._chance(0.45):
            return {"state": child["state"]}
        district = child["district"] if self._chance(0.9) else child["state"] * 100 + int(self._dice.integers(20))
        return {"state": child["state"], "district": district}

    def _where(self, child: dict[str, Any]) -> dict[str, int]:
        luck = self._dice.random()
        if luck < 0.35:
            return {"state": child["state"], "district": child["district"]}
        state = child["state"] if luck < 0.65 else self._pick(_METROS if luck < 0.9 else _STATES)
        return {"state": state, "district": state * 100 + int(self._dice.integers(20))}

    def _relatives(self, child: dict[str, Any], father: float, mother: float, slips: float) -> list[dict[str, Any]]:
        told = []
        if self._chance(father):
            names = [child["father"][0], child["father"][1] if self._chance(0.6) else None]
            told.append({"relation": "father", "names": [{"text": self._full(names, 0.25, slips)}]})
        if self._chance(mother):
            told.append({"relation": "mother", "names": [{"text": self._full([child["mother"], None], 0.25, slips)}]})
        return told

    def _body(self, child: dict[str, Any], age: float, on: dt.date, share: float) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if self._chance(share):
            years = min(int(age), 17)
            usual = _HEIGHT[years] + (_HEIGHT[years + 1] - _HEIGHT[years]) * (age - int(age))
            body |= {"height_cm": int(np.clip(usual * child["tall"] + self._dice.normal(0, 4), 35, 190)), "as_of": on}
        for field, key, reliable, other in (
            ("build", "build", 0.65, ["thin", "medium", "strong"]),
            ("complexion", "skin", 0.6, ["fair", "wheatish", "sallow", "dark"]),
            ("face", "face", 0.6, ["oval", "round", "long"]),
        ):
            if self._chance(share + 0.2):
                body[field] = {"code": child[key] if self._chance(reliable) else self._pick(other)}
        return body

    def _apparel(self, child: dict[str, Any], share: float, changed: float) -> dict[str, Any] | None:
        if not self._chance(share):
            return None
        worn = [
            self._pick(["red", "blue", "white", "black", "green"]) if self._chance(changed) else one
            for one in child["worn"]
        ]
        items = ("frock", "leggings") if child["gender"] == "F" else ("shirt", "pant")
        return {"upper": {"item": items[0], "colour": worn[0]}, "lower": {"item": items[1], "colour": worn[1]}}
