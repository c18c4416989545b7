"""The harness can fail: each of twelve seeded bugs is caught by a trial that the sound product passes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts import Participant
from contracts.participants import Permission
from hub.app import Hub
from hub.settings import Settings
from tests.faults import seeds, trials
from tests.faults.figures import stated

Seed = Callable[[pytest.MonkeyPatch], None]
Trial = Callable[[Settings], list[str]]
BUGS: list[tuple[Seed, Trial]] = [
    (seeds.no_outbox, trials.killed_after_a_match),
    (seeds.taken_off_before_told, trials.killed_while_telling),
    (seeds.no_unique_key, trials.told_again_after_a_day),
    (seeds.window_of_an_hour, trials.told_again_after_a_day),
    (seeds.reply_not_kept, trials.told_again_after_a_day),
    (seeds.acknowledged_before_commit, trials.acknowledged_then_killed),
    (seeds.refused_is_retried, trials.refused),
    (seeds.breaker_in_memory, trials.down_for_everybody),
    (seeds.order_lost, trials.one_child),
    (seeds.sent_again_in_doubt, trials.no_answer),
    (seeds.no_fence, trials.overtaken),
    (seeds.lease_for_ever, trials.died_with_a_lease),
]


def _tried(trial: Trial, folder: Path) -> list[str]:
    folder.mkdir()
    settings = trials.fresh(folder)
    hub = Hub.open(settings)
    for name in ("police", "home"):
        may = [Permission.SUBMIT_RECORDS]
        hub.registry.participants.register(Participant(id=name, name=name, kind="other", permissions=may))
    hub.close()
    return trial(settings)


def test_twelve_seeded_bugs_are_caught_and_the_sound_product_passes(tmp_path: Path) -> None:
    caught = {}
    with stated("seeded_bugs") as row:
        for number, (seed, trial) in enumerate(BUGS):
            assert _tried(trial, tmp_path / f"sound-{number}") == [], f"{trial.__name__} without {seed.__name__}"
            with pytest.MonkeyPatch.context() as patch:
                seed(patch)
                caught[seed.__name__] = _tried(trial, tmp_path / f"seeded-{number}")
        row.cases = len(caught)
        row.figures["caught"] = f"{sum(map(bool, caught.values()))} of {len(caught)}"
        assert all(caught.values()), caught
