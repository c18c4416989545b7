"""Signing in: the right password only, the same answer for the unknown, locked after five, over when it is over."""

import datetime
import threading
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from contracts import Refused, Unready
from hub.access import Role
from hub.index import Store
from hub.people import People
from hub.reports import Account

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
    assert _code(lambda: people.sign_in(ACCOUNT.login, ACCOUNT.password)) == "locked_out"
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
