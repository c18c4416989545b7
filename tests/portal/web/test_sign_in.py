"""Signing in and out: what is told on failure, what the cookie is like, and where one arrives."""

from typing import Any

import pytest


def test_a_wrong_password_is_told_without_saying_which_of_the_two_was_wrong(browser: Any) -> None:
    wrong = browser.send("/sign-in", {"login": "police", "password": "something else"})
    nobody = browser.send("/sign-in", {"login": "nobody", "password": "something else"})
    assert wrong.status_code == nobody.status_code == 422
    assert "Login, password or code is wrong" in wrong.text
    assert "Login, password or code is wrong" in nobody.text
    assert "something else" not in wrong.text


def test_after_too_many_wrong_passwords_the_right_one_gets_the_same_answer_which_says_to_wait(
    browser: Any, password: str
) -> None:
    for _ in range(5):
        wrong = browser.send("/sign-in", {"login": "police", "password": "wrong"})
    answer = browser.send("/sign-in", {"login": "police", "password": password})
    assert (answer.status_code, wrong.status_code) == (422, 422)
    assert "locked for a while" in answer.text and "locked for a while" in wrong.text


def test_the_session_cookie_is_hidden_from_scripts_and_from_other_sites(browser: Any, password: str) -> None:
    answer = browser.send("/sign-in", {"login": "police", "password": password})
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("tc_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_one_arrives_where_one_wanted_to_go(browser: Any, password: str) -> None:
    asked = browser.get("/matches").headers["location"]
    assert asked == "/sign-in?next=/matches"
    answer = browser.send("/sign-in", {"login": "police", "password": password, "next": "/matches"})
    assert answer.headers["location"] == "/matches"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.test/",
        "//evil.test",
        "////evil.test",
        "/\t/evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "/search/gAAAAA",
    ],
)
def test_a_link_sends_nobody_elsewhere(browser: Any, password: str, elsewhere: str) -> None:
    answer = browser.send("/sign-in", {"login": "police", "password": password, "next": elsewhere})
    assert answer.headers["location"] == "/"


def test_after_signing_out_the_old_session_opens_nothing(police: Any) -> None:
    session = police.client.cookies["tc_session"]
    assert police.get("/search").status_code == 200
    police.send("/search", {}, to="/sign-out")
    police.client.cookies.set("tc_session", session)
    assert police.get("/search").status_code == 303


def test_a_form_sent_after_the_session_ended_says_that_nothing_was_saved(police: Any, desk: Any) -> None:
    path = f"/match/{desk.match.match_id}"
    token = police.token(path)
    desk.hub.sign_out(police.client.cookies["tc_session"])
    answer = police.client.post(path, data={"form_token": token, "state": "confirmed", "reason": "same"})
    assert answer.status_code == 401
    assert "was not saved" in answer.text
    assert desk.match.state == "proposed"


def test_the_login_form_asks_for_what_is_missing(browser: Any) -> None:
    answer = browser.send("/sign-in", {"login": "", "password": ""})
    assert answer.status_code == 422
    assert "Write your login" in answer.text
    assert "Write your password" in answer.text
