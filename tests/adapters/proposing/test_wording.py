"""Field names of every house style say the same words."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from adapters.proposing import guessing, wording
from adapters.proposing.wording import words_of


@pytest.mark.parametrize(
    "written",
    [
        "FthrNm",
        "father_name",
        "fathername",
        "पिता का नाम",
        "pita_ka_naam",
        "PitaKaNaam",
        "Father's Name",
        "FATHER NAME",
    ],
)
def test_a_fathers_name_is_the_same_words_however_it_is_written(written: str) -> None:
    assert words_of(written) == ("father", "name")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("gumshudgi_ki_tarikh", {"missing", "date"}),
        ("Laapataa Tithi", {"missing", "date"}),
        ("PSName", {"police", "station"}),
        ("policestationname", {"police", "station", "name"}),
        ("UpNaam", {"alias"}),
        ("MotherTongue", {"language"}),
        ("lngQx7", {"longitude", "qx"}),
    ],
)
def test_glued_shortened_and_transliterated_words_are_understood(written: str, said: set[str]) -> None:
    assert set(words_of(written)) - {"7"} == said


def test_no_form_in_the_vocabulary_means_two_things() -> None:
    data = tomllib.loads((Path(wording.__file__).parent / "words.toml").read_text(encoding="utf-8"))
    forms = Counter(form for said in data["words"].values() for form in said.split())
    assert [form for form, count in forms.items() if count > 1] == []
    assert [form for form in data["fillers"]["words"].split() if form in forms] == []


def test_every_word_of_a_meaning_is_in_the_vocabulary() -> None:
    data = tomllib.loads((Path(wording.__file__).parent / "words.toml").read_text(encoding="utf-8"))
    known = {word for said in data["words"] for word in said.split()} | {
        word for forms in data["words"].values() for word in forms.split()
    }
    used = {
        w
        for concept in guessing.concepts().values()
        for phrase in (*concept.says, *concept.against)
        for w in phrase.split()
    }
    assert used - known == set()
