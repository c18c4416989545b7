"""Citizens report a lost or seen child and follow it by its number; the police take it up; no child is told of."""

import io
import re
from typing import Any

import pytest
from PIL import Image

WHERE = "state=10&district=196"


def told(**said: str) -> dict[str, str]:
    return {"state": "10", "district": "196", "place": "Gaya junction, platform 4"} | said


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), (10, 120, 10)).save(made, "JPEG", comment=b"from my telephone")
    return made.getvalue()


def send(browser: Any, kind: str, fields: dict[str, str], picture: bytes | None = None) -> Any:
    token = browser.token(f"/citizens/{kind}?{WHERE}")
    files = {"photo": ("x.jpg", picture or b"", "image/jpeg")}
    return browser.client.post(f"/citizens/{kind}", data={"form_token": token} | fields, files=files)


def number_of(page: str) -> str:
    found = re.search(r'<strong class="tc-id">([0-9A-Z-]{14})</strong>', page)
    assert found, page
    return found.group(1)


def test_state_then_district_then_the_form_without_any_script(browser: Any) -> None:
    assert "Bihar" in browser.get("/citizens/lost").text
    assert 'name="district"' in browser.get("/citizens/lost?state=10").text
    assert 'name="photo"' in browser.get(f"/citizens/lost?{WHERE}").text
    assert 'name="photo"' not in browser.get("/citizens/lost?state=10&district=77").text


def test_a_report_with_a_picture_reaches_the_police_and_its_sender_follows_it(
    browser: Any, desk: Any, address: str, new_browser: Any
) -> None:
    thanks = send(browser, "saw", told(words="बच्चा अकेला था", age_years="8", gender="M"), photo())
    assert thanks.status_code == 200
    assert "Gaya, Bihar" in thanks.text
    number = number_of(thanks.text)
    track = browser.send("/citizens/track", {"number": number})
    assert "not yet" in track.text
    officer = new_browser(address).sign_in("police")
    link = re.search(r'href="(/reports/[0-9a-f-]{36})"', officer.get("/reports").text)
    assert link
    seen = officer.get(link.group(1)).text
    assert "बच्चा अकेला था" in seen
    picture = officer.get(link.group(1) + "/photo")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "no-store"
    assert b"telephone" not in picture.content
    assert officer.send(link.group(1), {}, to=link.group(1) + "/taken").status_code == 303
    assert "not yet" not in browser.send("/citizens/track", {"number": number}).text
    officer.send(link.group(1), {"outcome": "looked_into"}, to=link.group(1) + "/ended")
    assert "The police looked into it." in browser.send("/citizens/track", {"number": number}).text


def test_a_report_that_fits_a_found_child_gets_the_same_answer_as_any_other(browser: Any, desk: Any) -> None:
    """The boy Rasheed is in a home in Delhi; who asks for him learns no more than who asks for nobody."""
    anon = re.compile(r'[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|value="[^"]+"')
    fits = send(browser, "lost", told(child="Rasheed", age_years="8", gender="M", phone="98765 43210"))
    none = send(browser, "lost", told(child="Zzyzx", age_years="3", gender="F", phone="98765 43210"))
    assert anon.sub("", fits.text) == anon.sub("", none.text)
    tracked = [browser.send("/citizens/track", {"number": number_of(page.text)}).text for page in (fits, none)]
    assert "Rasheed" not in tracked[0]
    assert anon.sub("", tracked[0]) == anon.sub("", tracked[1])


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("lost", told(), "phone"),
        ("lost", told(phone="call me"), "phone"),
        ("saw", told(place=""), "place"),
        ("saw", told(on="2099-01-01"), "on"),
        ("saw", told(age_years="a few"), "age_years"),
        ("saw", told(age_years="44"), "age_years"),
        ("saw", told(gender="X1"), "gender"),
        ("saw", told(mail="not an address"), "mail"),
        ("saw", told(words="a" * 2_001), "words"),
        ("saw", told(station="no-such"), "station"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_written_stays(
    browser: Any, kind: str, said: dict[str, str], field: str
) -> None:
    answer = send(browser, kind, said | {"child": "Asha"})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert 'value="Asha"' in answer.text


def test_a_file_that_is_no_picture_is_refused_with_what_to_do(browser: Any) -> None:
    answer = send(browser, "saw", told(), b"%PDF-1.7")
    assert answer.status_code == 422
    assert "JPEG, PNG or WebP" in answer.text


def test_a_picture_that_is_too_large_is_not_read_to_its_end(browser: Any) -> None:
    answer = send(browser, "saw", told(), b"\0" * 9_000_000)
    assert answer.status_code == 413


def test_no_other_page_takes_a_picture(browser: Any) -> None:
    big = {"photo": ("x.jpg", b"\0" * 100_000, "image/jpeg")}
    answer = browser.client.post("/sign-in", data={"form_token": browser.token("/sign-in")}, files=big)
    assert answer.status_code == 413


def test_a_number_that_nobody_got_says_nothing(browser: Any) -> None:
    answer = browser.send("/citizens/track", {"number": "0000-0000-0000"})
    assert answer.status_code == 422
    assert "There is no report of this number" in answer.text


def test_a_form_from_elsewhere_is_refused(browser: Any) -> None:
    assert browser.client.post("/citizens/saw", data=told()).status_code == 403


@pytest.mark.parametrize("path", ["/reports", "/reports/00000000-0000-0000-0000-000000000000"])
def test_only_the_police_read_reports(browser: Any, path: str) -> None:
    assert browser.get(path).status_code == 303
    browser.sign_in("home")
    assert browser.get(path).status_code == 403


def test_who_sends_too_much_must_wait(browser: Any, desk: Any) -> None:
    answers = {browser.send("/citizens/track", {"number": "0"}).status_code for _ in range(11)}
    assert answers == {422, 429}
