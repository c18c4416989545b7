"""Taking in a source: every row accounted for, the cursor saved with what it covers, bad rows laid aside."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters.base import Adapter, Capability, Connection, Gap, Words
from contracts import ChildRecord, Name, Problem, Skipped, Unready
from contracts.exchange import MatchState
from hub.flow import Flow
from hub.index import Store
from hub.leasing import leased
from hub.pulling import Pulling
from hub.reports import PullReport

Make = Callable[..., ChildRecord]


class Source(Adapter):
    """Gives the rows it was given; ``fails_after`` makes it go down after so many."""

    capabilities = frozenset({Capability.PULL})

    def __init__(self, rows: list[dict[str, Any] | Gap], make: Make, fails_after: int | None = None) -> None:
        super().__init__(Connection("police-br", "http://127.0.0.1:9/"))
        self.rows, self.make, self.fails_after = rows, make, fails_after
        self.asked: list[str | None] = []

    def pull(self, cursor: str | None) -> Iterator[Words | Gap]:
        self.asked.append(cursor)
        for number, row in enumerate(self.rows):
            if self.fails_after is not None and number >= self.fails_after:
                raise Unready("source_down", "The source is down.")
            if number <= int(cursor or -1):
                continue
            if isinstance(row, Gap):
                yield row
            else:
                yield Words(row["id"], row, str(number))

    def translate(self, words: Words) -> ChildRecord:
        match words.body.get("trouble"):
            case "adult":
                raise Skipped("adult", "An adult.")
            case "bad":
                problem = Problem(field="names", rule="no_name_at_all", message="There is no name.")
                raise Skipped("unreadable", "Unreadable.", [problem])
            case "contract":
                Name(text="")
            case "defect":
                raise ZeroDivisionError
            case "foreign":
                return self.make(words.source_id, participant="zipnet")
        return self.make(words.source_id, words.body.get("name", "Asha Devi"), version=words.body.get("version", 1))


def _pull(flow: Flow, source: Source, matching: bool = True, rows: int = 3) -> PullReport:
    return Pulling(flow, source, matching=matching, batch_rows=rows, lease_seconds=60).run()


ROWS: list[dict[str, Any] | Gap] = [
    {"id": "M1"},
    {"id": "M2", "trouble": "adult"},
    {"id": "M3", "trouble": "bad"},
    Gap("row 4", "the source crashed", "3"),
    {"id": "M5", "trouble": "contract"},
    {"id": "M6", "trouble": "defect"},
    {"id": "M7", "trouble": "foreign"},
    {"id": "M1"},
    {"id": "M8", "name": "Ravi Kumar"},
]


def test_every_row_is_accounted_for(flow: Flow, child: Make) -> None:
    report = _pull(flow, Source(ROWS, child))
    counts = report.model_dump(include={"read", "indexed", "unchanged", "adults", "set_aside", "gaps"})
    assert counts == {"read": 9, "indexed": 2, "unchanged": 1, "adults": 1, "set_aside": 4, "gaps": 1}
    assert report.adds_up
    assert report.error is None


def test_what_is_set_aside_keeps_reason_and_original(flow: Flow, store: Store, child: Make) -> None:
    _pull(flow, Source(ROWS, child))
    with store.read() as work:
        kept = {item["source_id"]: item for item in work.aside.open("police-br")}
    assert {name: item["rule"] for name, item in kept.items()} == {
        "M3": "no_name_at_all",
        "row 4": "gap",
        "M5": "string_too_short",
        "M6": "translate_failed",
        "M7": "own_namespace",
    }
    assert kept["M3"]["original"] == {"id": "M3", "trouble": "bad"}


def test_a_later_good_version_resolves_what_was_set_aside(flow: Flow, store: Store, child: Make) -> None:
    _pull(flow, Source([{"id": "M3", "trouble": "bad"}], child))
    _pull(flow, Source([{"id": "M0"}, {"id": "M3", "version": 2}], child))
    with store.read() as work:
        assert work.aside.counts() == {}


def test_the_same_bad_row_again_is_set_aside_once(flow: Flow, store: Store, child: Make) -> None:
    for cursor_reset in (True, True):
        source = Source([{"id": "M3", "trouble": "bad"}], child)
        if cursor_reset:
            with store.write() as work:
                work.runs.save_cursor("police-br", "-1", flow.now())
        _pull(flow, source)
    with store.read() as work:
        assert work.aside.counts() == {"police-br": 1}


def test_a_source_that_goes_down_keeps_what_it_gave_and_resumes_there(flow: Flow, store: Store, child: Make) -> None:
    rows: list[dict[str, Any] | Gap] = [{"id": f"M{n}"} for n in range(8)]
    source = Source(rows, child, fails_after=5)
    report = _pull(flow, source)
    assert (report.read, report.indexed, report.error) == (5, 5, "source_down")
    source.fails_after = None
    report = _pull(flow, source)
    assert source.asked == [None, "4"]
    assert (report.read, report.indexed) == (3, 3)


def test_the_cursor_is_saved_only_with_the_batch_it_covers(
    flow: Flow, store: Store, child: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[dict[str, Any] | Gap] = [{"id": f"M{n}"} for n in range(6)]
    saved = 0

    def breaks(*_: object) -> None:
        nonlocal saved
        saved += 1
        if saved == 2:
            raise ZeroDivisionError

    monkeypatch.setattr("hub.index.runs.Runs.save", breaks)
    with pytest.raises(ZeroDivisionError):
        _pull(flow, Source(rows, child))
    with store.read() as work:
        assert work.runs.cursor("police-br") == "2"
        assert work.records.counts() == [("police-br", 3, 3)]


def test_two_runs_over_one_participant_do_not_overlap(flow: Flow, store: Store, child: Make) -> None:
    with leased(store, "intake:police-br", 60), pytest.raises(Unready) as busy:
        _pull(flow, Source(ROWS, child))
    assert busy.value.code == "already_running"


def test_a_pull_matches_and_a_port_leaves_it_to_the_batch(flow: Flow, store: Store, child: Make, found: Make) -> None:
    flow.receive("cci-dl", "message-1", [found("F1"), found("F2", "Ravi Kumar")])
    _pull(flow, Source([{"id": "M1"}], child))
    _pull(flow, Source([{"id": "M0"}, {"id": "M8", "name": "Ravi Kumar"}], child), matching=False)
    with store.read() as work:
        proposed = {one.ref.source_id for one in work.matches.best(MatchState.PROPOSED, 2, 10)}
        assert work.records.count_pending() == 1
    assert proposed == {"M1"}


def test_the_run_is_there_to_be_read(flow: Flow, store: Store, child: Make) -> None:
    report = _pull(flow, Source(ROWS, child))
    with store.read() as work:
        assert work.runs.last() == {"police-br": report}
