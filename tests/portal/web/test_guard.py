"""What every page and form passes: tokens, sizes, headers, and defects that tell nothing."""

import logging
from typing import Any

import pytest
from fastapi.routing import APIRoute

from portal.web import language
from portal.web.guard import FORM_LIMIT, guard
from portal.web.pages import routers
from tests.portal.web.conftest import WHY

ROUTES = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_passes_the_guard() -> None:
    assert ROUTES
    assert all(guard in [one.call for one in route.dependant.dependencies] for route in ROUTES)


@pytest.mark.parametrize("path", sorted({r.path for r in ROUTES if "POST" in (r.methods or ())}))
@pytest.mark.parametrize("token", ["", "AAAA", "not base64 \u0000", "A" * 88])
def test_a_form_without_our_token_is_refused(police: Any, path: str, token: str) -> None:
    answer = police.client.post(path, data={"form_token": token})
    assert answer.status_code == 403
    assert "not valid any more" in answer.text


def test_the_token_of_another_session_is_refused(police: Any, address: str, desk: Any, new_browser: Any) -> None:
    other = new_browser(address).sign_in("cwc")
    stolen = other.token("/search")
    answer = police.client.post("/search", data={"form_token": stolen, "name": "Rashid"})
    assert answer.status_code == 403


def test_a_form_sent_from_another_site_is_refused_even_with_a_token(police: Any) -> None:
    answer = police.send("/search", {"name": "Rashid"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_token_is_never_written_twice_the_same(police: Any) -> None:
    assert police.token("/search") != police.token("/search")


def test_a_form_that_is_too_large_is_refused(police: Any) -> None:
    answer = police.send("/search", {"name": "a" * FORM_LIMIT})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/", "/sign-in", "/public/missing", "/nowhere", "/search"])
def test_every_page_forbids_inline_script_and_framing(police: Any, path: str) -> None:
    headers = police.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own(police: Any, desk: Any) -> None:
    for path in ("/", "/search", f"/match/{desk.match.match_id}", f"/case/{desk.match.hub_id}"):
        shown = police.get(path).text
        assert "<style" not in shown
        assert " style=" not in shown
        assert " onclick" not in shown
        assert all(" src=" in tag.partition(">")[0] for tag in shown.split("<script")[1:])


def test_a_defect_is_shown_plainly_and_logged_without_what_it_failed_on(
    police: Any, desk: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the row of मोहम्मद राशिद is broken")

    monkeypatch.setattr(desk.hub, "case_and_timeline", broken)
    with caplog.at_level(logging.DEBUG):
        answer = police.get(f"/case/{desk.match.hub_id}{WHY}")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "राशिद" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert answer.headers["content-security-policy"]


def test_even_if_the_hub_is_gone_an_error_page_is_shown(
    police: Any, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(desk.hub, "officer", gone)
    answer = police.get("/search")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text


def test_names_of_languages_and_directions_are_told_and_everything_is_escaped() -> None:
    assert language.said("<b>") == "<bdi>&lt;b&gt;</bdi>"
    assert language.said("राहुल") == '<bdi lang="hi">राहुल</bdi>'
    assert language.said("راہل") == '<bdi lang="ur">راہل</bdi>'
    assert language.said("Rahul", "hi-Latn") == '<bdi lang="hi-Latn">Rahul</bdi>'
    assert language.said(None) == ""
