"""The meter: not too many reports, never none, Stop at the next step, and a time left that can be believed."""

from __future__ import annotations

import pytest

from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter, Progress


class Watch:
    """A clock that is moved, a listener that keeps what it hears, and a Stop button."""

    def __init__(self) -> None:
        self.now = 100.0
        self.heard: list[Progress] = []
        self.pressed = False
        self.meter = Meter(self.heard.append, lambda: self.pressed, lambda: self.now)

    def step(self, n: int = 1, item: str = "", seconds: float = 0.0) -> None:
        self.now += seconds
        self.meter.advance(n, item)

    @property
    def done(self) -> list[int]:
        return [progress.done for progress in self.heard]


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_the_first_and_the_last_of_a_stage_always_come_through(watch: Watch) -> None:
    watch.meter.stage("Packing", 1000)
    for _ in range(1000):
        watch.step()
    assert watch.done == [0, 1000]
    assert watch.heard[0] == Progress("Packing", 0, 1000)


def test_at_most_ten_reports_come_in_a_second(watch: Watch) -> None:
    watch.meter.stage("Packing", 10**6)
    for _ in range(2000):
        watch.step(seconds=0.001)
    assert 18 <= len(watch.heard) <= 21


def test_a_stage_that_is_longer_than_it_was_thought_to_be_is_throttled_too(watch: Watch) -> None:
    watch.meter.stage("Packing", 10)
    for _ in range(1000):
        watch.step(seconds=0.0001)
    watch.meter.finish()
    assert watch.done[:2] == [0, 10]
    assert watch.done[-1] == 1000
    assert len(watch.heard) <= 5


def test_a_stage_that_ends_early_is_reported_as_it_ended(watch: Watch) -> None:
    watch.meter.stage("One", 100)
    watch.step(40)
    watch.meter.stage("Two", 100)
    assert [(progress.stage, progress.done) for progress in watch.heard] == [("One", 0), ("One", 40), ("Two", 0)]


def test_finishing_twice_reports_once(watch: Watch) -> None:
    watch.meter.finish()
    watch.meter.stage("One", 100)
    watch.step(40)
    watch.meter.finish()
    watch.meter.finish()
    assert watch.done == [0, 40]


def test_a_stage_without_a_total_reports_and_has_no_fraction(watch: Watch) -> None:
    watch.meter.stage("Looking")
    for _ in range(5):
        watch.step(seconds=0.2)
    assert watch.done == [0, 1, 2, 3, 4, 5]
    assert {progress.fraction for progress in watch.heard} == {0.0}
    assert {progress.seconds_left for progress in watch.heard} == {None}


def test_the_item_in_hand_stays_until_there_is_another(watch: Watch) -> None:
    watch.meter.stage("Packing", 10)
    watch.step(1, "a.txt", 1)
    watch.step(1, "", 1)
    watch.step(1, "b.txt", 1)
    watch.meter.stage("Next", 10)
    assert [progress.item for progress in watch.heard] == ["", "a.txt", "a.txt", "b.txt", ""]


def test_stop_is_heard_at_the_very_next_step(watch: Watch) -> None:
    watch.meter.stage("Packing", 10)
    watch.step()
    watch.pressed = True
    with pytest.raises(Cancelled):
        watch.step(0)
    with pytest.raises(Cancelled):
        watch.meter.stage("Next", 10)
    watch.meter.finish()


def test_the_time_left_follows_from_the_pace_and_is_not_guessed_at_once(watch: Watch) -> None:
    watch.meter.stage("Packing", 100)
    watch.step(10, seconds=0.4)
    watch.step(10, seconds=0.6)
    watch.step(30, seconds=1.5)
    watch.step(50, seconds=2.5)
    assert [progress.seconds_left for progress in watch.heard] == [None, None, 4.0, 2.5, 0.0]


def test_no_time_is_left_to_tell_where_there_is_more_than_was_thought(watch: Watch) -> None:
    watch.meter.stage("Packing", 10)
    watch.step(30, seconds=5)
    assert watch.heard[-1].seconds_left is None
    assert watch.heard[-1].fraction == 1.0


def test_a_meter_that_nobody_watches_counts_all_the_same() -> None:
    meter = Meter()
    meter.stage("Packing", 10)
    meter.advance(10)
    meter.finish()
