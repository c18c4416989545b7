"""Static files: kept for ever under hashed names, current with their sources, and light."""

import gzip
import json
import re
from typing import Any

from portal.web import assets, vendor

MOST_BYTES = 50_000


def test_static_files_are_kept_for_ever_under_a_name_that_changes_with_them(browser: Any) -> None:
    answer = browser.get(assets.address("portal.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["content-encoding"] == "gzip"


def test_what_was_vendored_is_what_was_built_from_the_sources_of_today() -> None:
    record = json.loads((assets.STATIC / "VENDORED.json").read_text())
    assert record["made_from"] == vendor.sources(), "run: python -m portal.web.vendor"
    assert record["built"] == {name: vendor.digest(assets.STATIC / name) for name in record["built"]}


def test_every_file_that_the_stylesheet_asks_for_is_served(browser: Any) -> None:
    asked = set(re.findall(r'url\("?([^")]+)"?\)', (assets.STATIC / "portal.css").read_text()))
    assert len(asked) == len(vendor.SCRIPTS)
    assert all(browser.get(path).status_code == 200 for path in asked)


def test_every_vendored_part_has_its_licence() -> None:
    names = {path.name for path in assets.STATIC.glob("LICENSE-*.txt")}
    wanted = {"LICENSE-govuk-frontend.txt", "LICENSE-htmx.txt", *(f"LICENSE-noto-{s}.txt" for s in vendor.SCRIPTS)}
    assert names == wanted


def test_neither_crown_nor_typeface_of_another_government_is_used() -> None:
    css = (assets.STATIC / "portal.css").read_text()
    assert "GDS Transport" not in css
    assert "crest" not in css


def test_a_page_with_style_and_script_weighs_at_most_50_kb(police: Any, desk: Any) -> None:
    for path in ("/search", f"/match/{desk.match.match_id}", f"/case/{desk.match.hub_id}", "/public/missing"):
        page = police.get(path).text
        parts = [page.encode()]
        for name in re.findall(r'(?:href|src)="/static/([a-z]+)\.[0-9a-f]{12}(\.(?:css|js|svg))"', page):
            parts.append((assets.STATIC / "".join(name)).read_bytes())
        assert len(parts) >= 2
        assert sum(len(gzip.compress(part, 6)) for part in parts) <= MOST_BYTES
