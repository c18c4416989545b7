"""Two ids for one child: entries of one owner that share an FIR and a name, or were confirmed as one child."""

import datetime
from collections.abc import Collection

from contracts import ChildRecord, Diary
from contracts.places import DiaryKind
from hub.casework.sweeping import Progress
from hub.core import Core, plain_number
from hub.index import Store, Work
from hub.index.cases import Wrong
from hub.index.entry import born_between, is_withdrawn
from hub.leasing import leased

TWO_IDS, TWO_MATCHES = "two_ids", "two_matches"
_MARKER = "doubles_to"
_A_PAGE = 500
#: Candidates of one entry that are opened, those of the same number and a like name; siblings share an FIR.
_MOST = 50
_LIKE = 0.85
_MONTHS = 24


class Doubles:
    """Goes through the entries in the order of their last change, from where it last came to."""

    def __init__(self, store: Store, core: Core, lease_seconds: float) -> None:
        self._store, self._core, self._lease_seconds = store, core, lease_seconds

    def run(self, now: datetime.datetime, progress: Progress | None = None) -> int:
        """How many entries were looked at; ``Unready`` (``already_running``) while another process does."""
        many, looked = 0, _A_PAGE
        with leased(self._store, "doubles", self._lease_seconds) as lease:
            while looked == _A_PAGE:
                with self._store.write() as work:
                    lease.confirm(work)
                    page = work.doubles.changed(_MARKER, _A_PAGE)
                    for row, record in page:
                        self._look(work, row, record, now)
                looked, many = len(page), many + len(page)
                if progress is not None:
                    progress(many, None)
            with self._store.write() as work:
                work.doubles.mark_confirmed(TWO_MATCHES, now)
        return many

    def _look(self, work: Work, row: int, record: ChildRecord, now: datetime.datetime) -> None:
        work.doubles.settle(row, TWO_IDS)
        if is_withdrawn(record):
            return
        numbers = [diary.number for diary in record.diaries if diary.kind is DiaryKind.FIR]
        by_number = {key for number in numbers for key in self._core.diary_keys(number)}
        by_name = {key for name in record.names for key in self._core.name_keys(name.text)}
        for other, its in work.doubles.sharing(row, record.ref.participant, by_number, by_name, _MOST):
            if same_child(record, its, self._core):
                work.cases.note(
                    [
                        Wrong(row, TWO_IDS, other, None, None, other, now),
                        Wrong(other, TWO_IDS, row, None, None, row, now),
                    ]
                )


def same_child(one: ChildRecord, other: ChildRecord, core: Core) -> bool:
    """An FIR in common, a like name, and nothing told that speaks against it."""
    return (
        one.kind is other.kind
        and not is_withdrawn(other)
        and _one_fir(one.diaries, other.diaries)
        and (one.gender is None or other.gender is None or one.gender is other.gender)
        and _one_age(one, other)
        and any(core.name_likeness(name.text, [its.text for its in other.names]) >= _LIKE for name in one.names)
    )


def _one_fir(ones: Collection[Diary], others: Collection[Diary]) -> bool:
    return any(
        plain_number(one.number) == plain_number(other.number)
        and one.year == other.year
        and (one.station, one.station_raw) == (other.station, other.station_raw)
        for one in ones
        for other in others
        if one.kind is DiaryKind.FIR is other.kind
    )


def _one_age(one: ChildRecord, other: ChildRecord) -> bool:
    (low, high), (its_low, its_high) = born_between(one), born_between(other)
    if low is None or high is None or its_low is None or its_high is None:
        return True
    return low - _MONTHS <= its_high and its_low - _MONTHS <= high
