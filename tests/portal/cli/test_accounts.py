"""People get an account by command: the password is never on the command line, and they can sign in with it."""

import os

import pytest

from contracts import Refused
from hub.app import Hub
from hub.settings import from_environment
from tests.portal.cli.conftest import Typed

ADD = ("accounts", "add", "meera.cwc", "--name", "Member of a CWC", "--role")
AT = ("--institution", "br:cwc:212")


def signed_in(login: str, password: str) -> set[str]:
    hub = Hub.open(from_environment())
    try:
        caller = hub.officer(hub.sign_in(login, password))
    finally:
        hub.close()
    return {str(role) for role in caller.roles} if caller else set()


def test_an_account_made_by_command_can_sign_in_with_its_newest_password(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for password in ("first-of-two", "second-of-two"):
        monkeypatch.setenv("TRACKCHILD_NEW_PASSWORD", password)
        done = typed(*ADD, "committee", *AT)
        assert (done.code, password in done.out + done.err) == (0, False)
    assert "TRACKCHILD_DATABASE" in os.environ
    assert signed_in("meera.cwc", "second-of-two") == {"committee"}
    with pytest.raises(Refused, match="wrong_login"):
        signed_in("meera.cwc", "first-of-two")


@pytest.mark.parametrize(
    ("more", "code"), [((), "no_institution"), (("--institution", "br:cwc:none"), "unknown_institution")]
)
def test_who_works_on_cases_belongs_to_an_institution(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], code: str
) -> None:
    monkeypatch.setenv("TRACKCHILD_NEW_PASSWORD", "long-enough")
    done = typed(*ADD, "committee", *more)
    assert (done.code, code in done.err) == (3, True)
    assert typed(*ADD, "auditor").code == 0


@pytest.mark.parametrize(
    ("password", "role", "said"),
    [("seven77", "committee", "password"), ("long-enough", "king", "role"), ("long-enough", "machine", "role")],
)
def test_an_account_that_cannot_be_is_refused_in_words(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, password: str, role: str, said: str
) -> None:
    monkeypatch.setenv("TRACKCHILD_NEW_PASSWORD", password)
    done = typed(*ADD, role, *AT)
    assert done.code != 0
    assert said in done.err
    assert "Traceback" not in done.err
    assert password not in done.err
