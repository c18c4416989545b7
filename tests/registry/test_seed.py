"""What is shipped: complete, sound by the same rules as everything else, and loaded any number of times."""

import datetime

import pytest
from sqlalchemy import Engine, func, select

from contracts import AreaKind, InstitutionKind
from registry import Registry, metadata, seed, states

Day = datetime.date


def count(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_all_36_states_and_uts_have_their_codes_languages_and_a_point() -> None:
    assert len(states.states()) == 36
    assert sum(state.union_territory for state in states.states()) == 8
    assert len({state.iso for state in states.states()} | {state.code for state in states.states()}) == 72
    assert {state.lgd for state in states.states()} == {*range(1, 39)} - {25, 26}
    for state in states.states():
        assert state.iso == f"IN-{state.code.upper()}" and not state.iso_verified
        assert state.languages and 6 < state.latitude < 37 and 68 < state.longitude < 98


@pytest.mark.parametrize(
    ("raw", "lgd"),
    [
        ("UTTRAKHAND", 5),
        ("Uttaranchal", 5),
        ("ORISSA", 21),
        ("Pondicherry", 34),
        ("दिल्ली", 7),
        ("N.C.T. of Delhi", 7),
        ("JAMMU & KASHMIR", 1),
        ("in-br", 10),
        ("Daman & Diu", 38),
        ("  tamilnadu ", 33),
    ],
)
def test_a_state_is_known_by_its_old_names_and_spellings(raw: str, lgd: int) -> None:
    found = states.by_name(raw)
    assert found is not None and found.lgd == lgd


def test_a_name_of_no_state_is_none() -> None:
    assert states.by_name("ATLANTIS") is None
    assert states.by_name("") is None
    assert states.by_code(25) is None


def test_no_spelling_means_two_states() -> None:
    names = [name for s in states.states() for name in {states.fold(n) for n in (s.name, s.code, s.iso, *s.spellings)}]
    assert len(names) == len(set(names))


def test_seeding_again_changes_nothing(engine: Engine) -> None:
    assert seed(engine)
    before = count(engine)
    assert not seed(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE directory_state SET seeded = NULL")
    assert seed(engine)
    assert count(engine) == before
    assert before["areas"] > 1_200 and before["institutions"] > 700 and before["area_coverage"] > 200


def test_seeding_leaves_alone_what_was_changed_since(engine: Engine) -> None:
    seed(engine)
    seeded = Registry(engine)
    seeded.areas.rename("lgd:district:84", "Dwarka", Day(2026, 1, 1))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE directory_state SET seeded = NULL")
    seed(engine)
    assert [version.name for version in seeded.areas.versions("lgd:district:84")] == ["South West", "Dwarka"]


def test_a_seed_within_a_transaction_is_undone_with_it(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        seed(connection)
        assert Registry(connection).areas.get("lgd:state:7") is not None
        transaction.rollback()
    assert count(engine)["areas"] == 0


def test_every_state_has_its_institutions_and_its_police(seeded: Registry) -> None:
    for state in states.states():
        police = seeded.areas.by_lgd(AreaKind.POLICE_STATE, state.lgd)
        assert police is not None
        for kind in ("SCRB", "CRIME_BRANCH", "DWCD", "SPSU", "SCPC", "DPRD"):
            found = seeded.institutions.responsible(InstitutionKind(kind), f"lgd:state:{state.lgd}")
            assert [one.state for one in found] == [state.lgd], (state.name, kind)


def test_districts_belong_to_the_state_of_their_day(seeded: Registry) -> None:
    def state_of(district: int, day: Day) -> str:
        return seeded.areas.lineage(f"lgd:district:{district}", day)[-1].name

    assert state_of(9, Day(2019, 10, 30)) == "Jammu and Kashmir"
    assert state_of(9, Day(2019, 10, 31)) == "Ladakh"
    assert state_of(507, Day(2014, 6, 1)) == "Andhra Pradesh"
    assert state_of(507, Day(2014, 6, 2)) == "Telangana"
    assert state_of(464, Day(2020, 1, 25)) == "Daman and Diu"
    assert "lgd:district:507" in {a.id for a in seeded.areas.of_kind(AreaKind.DISTRICT, state=36)}
    assert "lgd:district:507" not in {a.id for a in seeded.areas.of_kind(AreaKind.DISTRICT, state=28)}
    assert "lgd:district:507" in {a.id for a in seeded.areas.of_kind(AreaKind.DISTRICT, 28, Day(2010, 1, 1))}
    assert seeded.areas.successors("lgd:state:25") == ["lgd:state:38"]


def test_delhi_has_its_eleven_lgd_districts_and_its_fifteen_police_districts(seeded: Registry) -> None:
    districts = {area.lgd for area in seeded.areas.of_kind(AreaKind.DISTRICT, state=7)}
    assert districts == {77, 78, 79, 80, 81, 82, 83, 84, 85, 670, 671}
    police = [a.id for a in seeded.areas.of_kind(AreaKind.POLICE_DISTRICT, state=7)]
    assert len(police) == 18  # fifteen territorial ones, railways, metro and airport
    assert len(seeded.areas.of_kind(AreaKind.DISTRICT, state=10)) == 38
    assert len(seeded.areas.of_kind(AreaKind.DISTRICT)) == 763


def test_escalation_of_a_station_leads_to_its_superintendent_committee_and_state(seeded: Registry) -> None:
    who = seeded.institutions.responsible
    station = "br:ps:araria:forbesganj"
    assert [one.id for one in who(InstitutionKind.SP, station)] == ["br:sp:araria"]
    assert [one.id for one in who(InstitutionKind.CWC, station)] == ["br:cwc:188"]
    assert [one.id for one in who(InstitutionKind.SCRB, station)] == ["br:scrb"]
    assert [one.id for one in who(InstitutionKind.NCRB, station)] == ["in:ncrb"]
