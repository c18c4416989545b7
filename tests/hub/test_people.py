"""Signing in: the right password only, the same answer for the unknown, locked after five, over when it is over."""

import datetime
import threading
from collections.abc import Callable

import pyotp
import pytest
from argon2 import PasswordHasher

from contracts import Refused, Unready
from hub.access import Role
from hub.index import Store
from hub.people import People
from hub.reports import Account
from hub.second_factor import SecondFactor

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ACCOUNT = Account(login="cwc.demo", password="a long pass phrase", name="Demo Committee", role="committee")


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime.datetime) -> None:
        self.time = start

    def __call__(self) -> datetime.datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += datetime.timedelta(**by)


@pytest.fixture
def watch(start: datetime.datetime) -> Watch:
    return Watch(start)


@pytest.fixture
def people(store: Store, watch: Watch) -> People:
    made = People(store, hasher=CHEAP, now=watch)
    made.seed([ACCOUNT])
    return made


def _code(call: Callable[[], object]) -> str:
    with pytest.raises((Refused, Unready)) as raised:
        call()
    return raised.value.code


def test_a_session_lasts_until_it_is_ended(people: People) -> None:
    token = people.sign_in(ACCOUNT.login, ACCOUNT.password)
    caller = people.officer(token)
    assert caller is not None and caller.officer is not None
    assert (caller.officer.id, caller.roles) == ("cwc.demo", {Role.COMMITTEE})
    people.sign_out(token)
    assert people.officer(token) is None


def test_a_session_is_over_after_eight_hours(people: People, watch: Watch) -> None:
    token = people.sign_in(ACCOUNT.login, ACCOUNT.password)
    watch.move(hours=7.9)
    assert people.officer(token) is not None
    watch.move(hours=0.2)
    assert people.officer(token) is None
    assert people.clean() == 1


def test_unknown_and_wrong_get_one_answer(people: People) -> None:
    assert _code(lambda: people.sign_in(ACCOUNT.login, "wrong")) == "wrong_login"
    assert _code(lambda: people.sign_in("nobody", "wrong")) == "wrong_login"


class CountingHasher(PasswordHasher):
    """Counts the passwords it checks."""

    checked = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.checked += 1
        return super().verify(hash, password)


def test_an_unknown_login_costs_a_password_check_too(store: Store) -> None:
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    people = People(store, hasher=hasher)
    _code(lambda: people.sign_in("nobody", "wrong"))
    assert hasher.checked == 1


def test_five_wrong_passwords_lock_the_account_for_a_while(people: People, watch: Watch) -> None:
    for _ in range(5):
        assert _code(lambda: people.sign_in(ACCOUNT.login, "wrong")) == "wrong_login"
    assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password)) == "wrong_login"
    watch.move(minutes=16)
    assert people.sign_in(ACCOUNT.login, ACCOUNT.password)


def test_a_flood_waits_its_turn_and_is_sent_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.people._WAIT_SECONDS", 0.05)
    people = People(store, hasher=CHEAP, at_once=1)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with people._turn():
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    try:
        assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password)) == "sign_in_busy"
    finally:
        done.set()
        holder.join()


@pytest.mark.parametrize("role", ["machine", "citizen"])
def test_nobody_signs_in_as_a_machine_or_the_public(people: People, role: str) -> None:
    account = ACCOUNT.model_copy(update={"role": role})
    assert _code(lambda: people.seed([account])) == "no_such_role"


def test_neither_password_nor_token_is_kept(people: People, store: Store) -> None:
    token = people.sign_in(ACCOUNT.login, ACCOUNT.password)
    with store.engine.begin() as connection:
        kept = [
            str(row)
            for table in ("accounts", "sessions")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert not any(token in row or ACCOUNT.password in row for row in kept)
    assert ACCOUNT.password not in repr(ACCOUNT)


def test_a_one_time_code_is_asked_for_and_serves_once(people: People, watch: Watch) -> None:
    codes = pyotp.parse_uri(people.enrol(ACCOUNT.login))
    assert isinstance(codes, pyotp.TOTP)
    for wrong in ("", "000000", codes.at(watch() - datetime.timedelta(minutes=3))):
        assert _code(lambda told=wrong: people.sign_in(ACCOUNT.login, ACCOUNT.password, told)) == "wrong_login"
    code = codes.at(watch())
    assert people.sign_in(ACCOUNT.login, ACCOUNT.password, f"{code[:3]} {code[3:]}")
    assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password, code)) == "wrong_login"
    watch.move(minutes=1)
    assert people.sign_in(ACCOUNT.login, ACCOUNT.password, codes.at(watch()))


def test_a_right_code_does_not_make_up_for_a_wrong_password(people: People, watch: Watch) -> None:
    codes = pyotp.parse_uri(people.enrol(ACCOUNT.login))
    assert isinstance(codes, pyotp.TOTP)
    assert _code(lambda: people.sign_in(ACCOUNT.login, "wrong", codes.at(watch()))) == "wrong_login"
    assert people.sign_in(ACCOUNT.login, ACCOUNT.password, codes.at(watch()))


def test_a_new_password_keeps_the_second_factor(people: People) -> None:
    people.enrol(ACCOUNT.login)
    people.seed([ACCOUNT])
    assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password)) == "wrong_login"


def test_where_the_second_factor_is_required_nobody_signs_in_without(store: Store) -> None:
    people = People(store, hasher=CHEAP, must_have_second=True)
    people.seed([ACCOUNT])
    assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password)) == "second_factor_needed"
    assert _code(lambda: people.sign_in(ACCOUNT.login, "wrong")) == "wrong_login"


def test_secrets_of_codes_are_sealed_in_the_database(people: People, store: Store) -> None:
    secret = pyotp.parse_uri(people.enrol(ACCOUNT.login)).secret
    with store.read() as work:
        account = work.accounts.find(ACCOUNT.login)
    assert account is not None and account.second_factor is not None
    assert secret.encode() not in account.second_factor
    assert SecondFactor(b"another secret").step_of(account.second_factor, "000000", watch_now()) is None


def watch_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def test_sessions_of_a_person_are_over_at_once(people: People) -> None:
    tokens = [people.sign_in(ACCOUNT.login, ACCOUNT.password) for _ in range(3)]
    assert people.revoke(ACCOUNT.login) == 3
    assert [people.officer(token) for token in tokens] == [None] * 3
    token = people.sign_in(ACCOUNT.login, ACCOUNT.password)
    people.remove(ACCOUNT.login)
    assert people.officer(token) is None
    assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password)) == "wrong_login"
    for call in (people.revoke, people.remove, people.enrol):
        assert _code(lambda of=call: of("nobody")) == "no_account"
