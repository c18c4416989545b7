"""Each field on its own: which level two statements reach, and that agreeing more never lowers the bits."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from contracts import Apparel, Birth, Diary, Disability, Event, Garment, Mark, Name, Physical, Place
from contracts.child import SaidBuild, SaidHair
from hub.matching import Model, prepare, score
from hub.matching.columns import Pairs, Tables
from hub.matching.comparisons import COMPARISONS
from hub.matching.learning import count_words
from tests.hub.matching.people import a_record, aged, father, named

DAY = dt.date(2019, 3, 1)


def reached(model: Model, field: str, missing: dict[str, Any], found: dict[str, Any]) -> tuple[str, float]:
    said = score(model, prepare(a_record("missing", **missing)), prepare(a_record("found", **found)))
    return next((one.level, one.bits) for one in said.evidence if one.field == field)


def falling(model: Model, field: str, missing: dict[str, Any], *found: dict[str, Any]) -> list[str]:
    """Levels reached, after checking that the bits never rise down the list."""
    steps = [reached(model, field, missing, one) for one in found]
    assert [bits for _, bits in steps] == sorted((bits for _, bits in steps), reverse=True)
    return [level for level, _ in steps]


def test_names_from_the_same_down_to_another(model: Model) -> None:
    found = ("यादव राकेश", "Rakes Jadav", "Rakesh Yaduv", "Rakesh", "राकेश", "Rakash", "Sunil Yadav", "Sunil Das")
    levels = falling(model, "name", {"names": named("Rakesh Yadav")}, *({"names": named(one)} for one in found))
    assert levels == [
        "same",
        "spelt_differently",
        "slips",
        "one_word_same",
        "one_word_same",
        "one_word_slips",
        "part_same",
        "different",
    ]


def test_an_alias_is_as_good_as_the_name(model: Model) -> None:
    missing = {"names": [Name(text="Sunita"), Name(text="Pooja Kumari", kind="alias")]}
    assert reached(model, "name", missing, {"names": named("Puja")})[0] == "one_word_same"


def test_an_alias_more_never_weakens_the_name_that_agrees(model: Model) -> None:
    found = {"names": named("Sunita Yadav")}
    alone = reached(model, "name", {"names": named("Sunita")}, found)
    with_alias = reached(model, "name", {"names": [*named("Sunita"), Name(text="Pooja", kind="alias")]}, found)
    assert alone == with_alias and alone[0] == "one_word_same"


def test_one_name_in_two_scripts_is_one_name(model: Model) -> None:
    both = {"names": named("Rakesh", "راکیش")}
    assert reached(model, "name", both, both)[0] == "one_word_same"


def test_a_shared_pet_name_is_weak_and_a_different_one_says_nothing(model: Model) -> None:
    missing = {"names": named("Chhotu")}
    level, bits = reached(model, "name", missing, {"names": named("छोटू")})
    assert level == "pet_name" and 0 < bits < 4
    assert reached(model, "name", missing, {"names": named("Guddu")}) == ("unknown", 0.0)


def test_a_rare_name_in_common_weighs_more_than_a_common_one(model: Model) -> None:
    rare = reached(model, "name", {"names": named("Tarkeshwar")}, {"names": named("Tarkeshwar")})
    common = reached(model, "name", {"names": named("Sunita")}, {"names": named("Sunita")})
    assert rare[0] == common[0] == "one_word_same"
    assert rare[1] > common[1] > reached(model, "name", {"names": named("Sunita")}, {"names": named("Sunit")})[1]


def test_rarity_is_learned_from_counts(model: Model) -> None:
    pool = [prepare(a_record("found", names=named("Tarkeshwar"))) for _ in range(50)]
    learned = model.with_frequencies(count_words(one.row for one in pool))
    pair = {"names": named("Tarkeshwar")}
    assert reached(learned, "name", pair, pair)[1] < reached(model, "name", pair, pair)[1]


def test_a_family_name_borne_by_child_and_father_is_counted_once(model: Model) -> None:
    missing = {"names": named("Rakesh Yadav"), "relatives": father("Mohan Yadav")}
    assert reached(model, "father", missing, missing)[0] == "one_word_same"


def test_the_father_in_the_name_field_is_compared_with_the_father(model: Model) -> None:
    found = {"names": named("Rakesh s/o Mohan Lal")}
    assert reached(model, "father", {"relatives": father("मोहन")}, found)[0] == "one_word_same"


def test_a_baby_of_somebody_is_compared_by_the_mother(model: Model) -> None:
    missing = {"relatives": [{"relation": "mother", "names": [{"text": "सुनीता देवी"}]}]}
    found = {"names": named("Baby of Sunita")}
    assert reached(model, "mother", missing, found)[0] == "one_word_same"
    assert reached(model, "name", missing | {"names": named("Ravi")}, found)[0] == "unknown"


def test_gender_from_the_same_down_to_different(model: Model) -> None:
    assert falling(model, "gender", {"gender": "F"}, {"gender": "F"}, {"gender": "T"}, {"gender": "M"}) == [
        "same",
        "transgender",
        "different",
    ]


def test_every_level_of_every_field_but_a_diary_can_be_reached_and_all_told_pairs_reach_one(model: Model) -> None:
    """A comparison whose last case is forgotten would pass disagreement off as unknown."""
    for one in (
        ("gender", {"gender": "M"}, {"gender": "F"}),
        ("name", {"names": named("Rakesh")}, {"names": named("Sunil")}),
        ("father", {"relatives": father("Rakesh")}, {"relatives": father("Sunil")}),
        ("languages", {"languages": ["hi"]}, {"languages": ["ta"]}),
        ("blood", {"physical": Physical(blood_group="A+")}, {"physical": Physical(blood_group="B+")}),
        ("face", {"physical": {"face": {"code": "oval"}}}, {"physical": {"face": {"code": "round"}}}),
        ("eyes", {"physical": {"eyes": {"code": "black"}}}, {"physical": {"eyes": {"code": "blue"}}}),
        ("complexion", {"physical": {"complexion": {"code": "fair"}}}, {"physical": {"complexion": {"code": "dark"}}}),
        ("disability", {"disabilities": [{"kind": "speech"}]}, {"disabilities": [{"kind": "vision"}]}),
    ):
        field, missing, found = one
        last = next(known.levels[-1].name for known in model.fields if known.name == field)
        level, bits = reached(model, field, missing, found)
        assert (field, level) == (field, last) and bits < 0


def test_age_is_carried_forward_to_the_day_of_the_other_statement(model: Model) -> None:
    missing = {"birth": aged(7, DAY), "event": Event(on=DAY)}
    later = dt.date(2024, 3, 1)
    found = [{"birth": aged(years, later, "appearance"), "event": Event(on=later)} for years in (12, 13, 14, 17, 30)]
    assert falling(model, "age", missing, *found) == ["close", "meets", "within_doubt", "off", "far"]


def test_an_age_by_appearance_is_doubted_more_than_a_stated_one_and_more_for_older_children(model: Model) -> None:
    def off_by_two(age: int, basis: str) -> float:
        found = {"birth": aged(age + 2, DAY, basis), "event": Event(on=DAY)}
        return reached(model, "age", {"birth": aged(age, DAY, "documented"), "event": Event(on=DAY)}, found)[1]

    assert off_by_two(14, "appearance") >= off_by_two(14, "stated")
    assert off_by_two(14, "appearance") >= off_by_two(3, "appearance")
    assert off_by_two(14, "appearance") > off_by_two(3, "stated")


def test_documented_dates_of_birth_agree_only_when_they_are_near(model: Model) -> None:
    born = {"birth": Birth(date=dt.date(2012, 5, 20), basis="documented")}
    other = {"birth": Birth(date=dt.date(2009, 5, 20), basis="documented")}
    assert falling(model, "age", born, born, other) == ["close", "far"]


def test_found_before_missing_is_a_penalty_that_grows_and_never_a_wall(model: Model) -> None:
    levels = [
        reached(model, "time", {"event": Event(on=DAY)}, {"event": Event(on=DAY - dt.timedelta(days=days))})
        for days in (-2, 0, 1, 3, 4, 20, 300, 3000)
    ]
    names = [level for level, _ in levels]
    before = ["just_before", "just_before", "month_before", "month_before", "year_before", "long_before"]
    assert names == ["days", "days", *before]
    assert [bits for _, bits in levels] == sorted((bits for _, bits in levels), reverse=True)
    assert -10 < levels[-1][1] < -4


def test_places_from_the_same_village_to_the_far_end_of_the_country(model: Model) -> None:
    home = {"home": Place(state=10, district=1, village=77)}
    found = [
        Place(village=77),
        Place(state=10, district=1),
        Place(state=10),
        Place(state=10, district=2),
        Place(state=10, district=3),
        Place(state=9),
        Place(state=32),
    ]
    levels = falling(model, "home", home, *({"home": one} for one in found))
    assert levels == ["locality", "district", "only_state", "near", "state", "country", "far"]


@pytest.mark.parametrize(("event", "given"), [((9, 5), None), ((10, 2), "one_state"), ((10, 1), "one_district")])
def test_a_home_is_weighed_by_whether_the_events_lie_together(
    model: Model, event: tuple[int, int], given: str | None
) -> None:
    there = Place(state=10, district=1)
    missing, found = (
        prepare(a_record(kind, event=Event(on=DAY, place=place), home=there)).row
        for kind, place in (("missing", there), ("found", Place(state=event[0], district=event[1])))
    )
    at = np.zeros(1, dtype=np.int64)
    reached = COMPARISONS["home"](Pairs(Tables(missing, found), at, at), model.setting)
    level = next(field for field in model.fields if field.name == "home").levels[reached.level[0] - 1]
    assert (level.name, level.given) == ("district", given)


def test_the_place_of_going_missing_stands_for_a_home_that_is_not_told_and_a_place_of_finding_never_does(
    model: Model,
) -> None:
    here = Event(place=Place(state=10, district=1))
    assert reached(model, "home", {"event": here}, {"home": Place(state=10, district=1)})[0] == "district"
    assert reached(model, "home", {"home": Place(state=10, district=1)}, {"event": here}) == ("unknown", 0.0)


def test_a_point_beats_the_codes_of_its_district(model: Model) -> None:
    near = {"event": Event(place=Place(latitude=28.60, longitude=77.20))}
    same = {"event": Event(place=Place(latitude=28.61, longitude=77.21))}
    assert reached(model, "place", near, same)[0] == "district"
    assert reached(model, "place", near, {"event": Event(place=Place(district=3))})[0] == "near"


def test_a_rarer_language_in_common_weighs_more_than_hindi_and_a_related_one_less(model: Model) -> None:
    levels = falling(
        model,
        "languages",
        {"languages": ["sat", "hi"]},
        {"languages": ["sat"]},
        {"languages": ["hi-Latn"]},
        {"languages": ["bho"]},
        {"languages": ["ta"]},
    )
    assert levels == ["rarer", "wide", "related", "different"]


def test_ages_told_a_year_apart_are_nearer_than_ranges_that_only_meet(model: Model) -> None:
    missing = {"birth": Birth(age_from_months=84, age_to_months=95, as_of=DAY, basis="stated"), "event": Event(on=DAY)}
    told = [
        Birth(age_from_months=low * 12, age_to_months=high * 12 + 11, as_of=DAY, basis="appearance")
        for low, high in ((7, 7), (6, 9), (7, 10), (4, 7))
    ]
    levels = falling(model, "age", missing, *({"birth": one, "event": Event(on=DAY)} for one in told))
    assert levels == ["close", "near", "meets", "meets"]


def test_height_is_compared_after_growth(model: Model) -> None:
    later = dt.date(2023, 3, 1)
    missing = {"birth": aged(7, DAY), "event": Event(on=DAY), "physical": Physical(height_cm=118)}
    found = [{"event": Event(on=later), "physical": Physical(height_cm=height)} for height in (141, 133, 128, 118, 95)]
    assert falling(model, "height", missing, *found) == ["just_grown", "grown", "near", "off", "far"]


def test_height_without_a_day_or_a_birth_cannot_be_compared(model: Model) -> None:
    missing = {"physical": Physical(height_cm=118), "event": Event(on=DAY)}
    assert reached(model, "height", missing, {"physical": Physical(height_cm=120)}) == ("unknown", 0.0)
    years_later = {"physical": Physical(height_cm=160), "event": Event(on=dt.date(2023, 3, 1))}
    assert reached(model, "height", missing, years_later) == ("unknown", 0.0)


def test_looks_weigh_little(model: Model) -> None:
    thin = {"physical": Physical(build=SaidBuild(code="thin"))}
    others = [{"physical": Physical(build=SaidBuild(code=code))} for code in ("thin", "medium", "fat")]
    assert falling(model, "build", thin, *others) == ["same", "next", "different"]
    assert abs(reached(model, "build", thin, thin)[1]) < 1


def test_the_length_of_hair_counts_only_for_two_months(model: Model) -> None:
    def hair(length: str, on: dt.date) -> dict[str, Any]:
        return {"physical": Physical(hair=SaidHair(length=length)), "event": Event(on=on)}

    assert reached(model, "hair", hair("long", DAY), hair("short", DAY))[0] == "none"
    assert reached(model, "hair", hair("long", DAY), hair("short", dt.date(2020, 1, 1)))[0] == "unknown"


def test_marks_agree_across_languages_by_kind_part_side_and_rare_words(model: Model) -> None:
    missing = {"marks": [Mark(raw="Tattoo of trishul on right arm")]}
    levels = falling(
        model,
        "marks",
        missing,
        {"marks": [Mark(raw="दाएं हाथ पर तिल"), Mark(raw="right arm trishul tatoo")]},
        {"marks": [Mark(raw="tattoo on arm")]},
        {"marks": [Mark(raw="cut on right arm")]},
        {"marks": [Mark(raw="mole on left cheek")]},
    )
    assert levels == ["same", "alike", "some", "none"]


def test_the_other_side_of_the_body_is_less_alike_than_the_same_side(model: Model) -> None:
    missing = {"marks": [Mark(raw="burn mark on left hand")]}
    same, other = (
        reached(model, "marks", missing, {"marks": [Mark(raw=f"burn {side} hand")]}) for side in ("left", "right")
    )
    assert same[1] > other[1]


def test_two_marks_that_agree_say_more_than_one_and_one_mark_is_never_counted_twice(model: Model) -> None:
    mole, cut = Mark(raw="mole on left cheek"), Mark(raw="cut on right arm")
    missing = {"marks": [mole, cut]}
    assert falling(model, "marks", missing, missing, {"marks": [cut]}) == ["two", "alike"]
    assert reached(model, "marks", missing, {"marks": [mole, mole]})[0] == "alike"


def test_marks_in_hindi_are_read(model: Model) -> None:
    missing = {"marks": [Mark(raw="cut mark on left cheek")]}
    assert reached(model, "marks", missing, {"marks": [Mark(raw="बाएं गाल पर कटे का निशान")]})[0] == "alike"


def test_a_disability_not_mentioned_is_unknown_not_absent(model: Model) -> None:
    speech = {"disabilities": [Disability(kind="speech")]}
    assert reached(model, "disability", speech, {}) == ("unknown", 0.0)
    assert falling(model, "disability", speech, speech, {"disabilities": [Disability(kind="vision")]}) == [
        "shared",
        "none",
    ]


def test_clothes_count_only_while_the_events_are_days_apart(model: Model) -> None:
    def worn(upper: str, lower: str, on: dt.date) -> dict[str, Any]:
        garments = Apparel(upper=Garment(item="shirt", colour=upper), lower=Garment(item="pant", colour=lower))
        return {"apparel": garments, "event": Event(on=on)}

    red = worn("red", "blue", DAY)
    soon = DAY + dt.timedelta(days=2)
    assert falling(model, "apparel", red, worn("red", "blue", soon), worn("green", "black", soon)) == ["most", "half"]
    assert reached(model, "apparel", red, worn("red", "blue", dt.date(2019, 4, 1))) == ("unknown", 0.0)


def test_a_shared_diary_entry_is_nearly_proof_and_different_ones_say_nothing(model: Model) -> None:
    def entry(number: str, station: str | None) -> dict[str, Any]:
        return {"diaries": [Diary(kind="FIR", number=number, year=2019, station=station)]}

    here = entry("105", "br:ps:a")
    assert falling(model, "diary", here, entry("0105/19", "br:ps:a"), entry("105", None)) == ["entry", "number"]
    assert reached(model, "diary", here, entry("105", "br:ps:b")) == ("unknown", 0.0)
    assert reached(model, "diary", here, entry("77", "br:ps:a")) == ("unknown", 0.0)


@pytest.mark.parametrize("kind", ["found", "resident", "sighting"])
def test_a_child_without_a_name_is_matched_on_the_rest(model: Model, kind: str) -> None:
    missing = a_record(
        "missing",
        names=named("Rakesh Yadav"),
        gender="M",
        birth=aged(7, DAY),
        event=Event(on=DAY, place=Place(state=10, district=1)),
        languages=["mai"],
        marks=[Mark(raw="burn mark on left hand"), Mark(raw="trishul tattoo right arm")],
    )
    nameless = a_record(
        kind,
        names=named("Unknown"),
        gender="M",
        birth=aged(6, DAY, "appearance", 8),
        event=Event(on=DAY + dt.timedelta(days=1), place=Place(state=10, district=1)),
        languages=["mai"],
        marks=[Mark(raw="right arm tattoo trishul")],
    )
    assert score(model, prepare(missing), prepare(nameless)).bits > model.propose_bits


def test_a_mark_on_the_hand_may_be_told_of_the_arm_but_not_of_the_leg(model: Model) -> None:
    told = [{"marks": [Mark(raw=f"burn on right {part}")]} for part in ("hand", "arm", "leg")]
    assert falling(model, "marks", told[0], *told) == ["alike", "alike", "none"]


def test_an_address_is_compared_by_the_words_and_numbers_in_common(model: Model) -> None:
    told = {"home": Place(raw="H.No. 12, Vill. Rampur Kalan, P.S. Barh, Dist. Patna")}
    others = ("Patna, PS Barh, Raampur", "Rampur Kalan", "ग्राम रामपुर, गया", "12, Station Road", "Sonpur")
    levels = falling(model, "address", told, *({"home": Place(raw=one)} for one in others))
    assert levels == ["three", "two", "one", "number", "none"]
    assert reached(model, "address", told, {"home": Place(state=10)}) == ("unknown", 0.0)


def test_an_address_says_less_where_the_codes_name_one_district_already(model: Model) -> None:
    def bits(district: int | None) -> float:
        told = {"home": Place(raw="Rampur, Patna", district=district)}
        return reached(model, "address", told, told)[1]

    assert 0 < bits(1) < bits(None)
