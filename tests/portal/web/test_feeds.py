"""Feeds that anybody's machine reads: alerts of missing children, gone with the card."""

import re
from typing import Any


def first_alert(browser: Any) -> str:
    link = re.search(r'href="http://[^/"]+(/public/alerts/[^"?]+)"', browser.get("/public/alerts.atom").text)
    assert link
    return link.group(1)


def test_the_feed_leads_to_an_alert_that_names_the_child_and_its_card(browser: Any, desk: Any) -> None:
    desk.hub.appeals.issuing.run()
    feed = browser.get("/public/alerts.atom")
    assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert feed.headers["cache-control"] == "no-store"
    alert = browser.get(first_alert(browser))
    assert alert.headers["content-type"] == "application/cap+xml; charset=utf-8"
    assert "मोहम्मद राशिद" in alert.text
    card = re.search(r"<cap:web>http://[^/]+(/public/missing/[^<]+)</cap:web>", alert.text)
    assert card
    assert browser.get(card.group(1)).status_code == 200
    for hidden in ("Rasheed", "Lajpat", "BR/2024/118", "eyebrow"):
        assert hidden not in feed.text + alert.text


def test_an_alert_is_gone_as_soon_as_the_child_is_traced_and_its_cancel_says_nothing(
    browser: Any, desk: Any, missing: Any
) -> None:
    desk.hub.appeals.issuing.run()
    before = first_alert(browser)
    desk.tell(missing(status="traced", recorded_at="2026-01-01T00:00:00Z", version="2"))
    assert browser.get(before).status_code == 404
    assert "मोहम्मद" not in browser.get("/public/alerts.atom").text
    desk.hub.appeals.issuing.run()
    cancel = browser.get(first_alert(browser)).text
    assert "<cap:msgType>Cancel</cap:msgType>" in cancel
    assert "मोहम्मद" not in cancel


def test_an_alert_that_never_was_is_not_found(browser: Any) -> None:
    assert browser.get("/public/alerts/0000").status_code == 404
    assert browser.get("/public/alerts.atom?page=0").status_code == 422


def test_a_missing_child_is_given_as_a_pfif_person_in_the_version_asked_for(browser: Any, desk: Any) -> None:
    desk.hub.appeals.issuing.run()
    told = browser.get("/public/pfif/persons.atom?version=1.3&min_entry_date=2020-01-01T00:00:00Z")
    assert 'xmlns:pfif13="http://zesty.ca/pfif/1.3"' in told.text
    assert "मोहम्मद राशिद" in told.text
    assert "Raju" not in told.text
    for hidden in ("Rasheed", "Lajpat", "BR/2024/118", "eyebrow"):
        assert hidden not in told.text
    assert browser.get("/public/pfif/persons.atom?version=2.0").status_code == 422


def test_a_wrong_key_is_refused_and_a_participants_key_opens_more(browser: Any, desk: Any) -> None:
    desk.hub.appeals.issuing.run()
    wrong = browser.get("/public/pfif/persons.atom", headers={"Authorization": "Bearer nonsense"})
    assert wrong.status_code == 401
    key = desk.hub.registry.keys.issue("police-br").key
    assert "Raju" in browser.get("/public/pfif/persons.atom", headers={"Authorization": f"Bearer {key}"}).text
