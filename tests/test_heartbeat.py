"""The heartbeat: sleep and clocks that were set are noticed, ordinary delays are not, awake hours are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from conftest import Clock
from pytestqt.qtbot import QtBot

from exportmanager.jobs.heartbeat import Heartbeat, Pulse

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clocks:
    """A wall clock and one that nobody sets, side by side, and the pulse that compares them."""

    def __init__(self) -> None:
        self.now, self.seconds = START, 1000.0
        self.pulse = Pulse(self.now, self.seconds)

    def after(self, seconds: float, *, wall: float | None = None) -> timedelta | None:
        """The gap that a beat finds when so many seconds passed by one clock, and by the wall's."""
        self.seconds += seconds
        self.now += timedelta(seconds=seconds if wall is None else wall)
        return self.pulse.gap(self.now, self.seconds)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_ordinary_beats_are_no_gap(clocks: Clocks) -> None:
    assert [clocks.after(seconds) for seconds in (1, 1.02, 0.98, 3, 59)] == [None] * 5
    assert clocks.pulse.watching_since == START


def test_sleep_in_which_the_steady_clock_stands_still_is_noticed(clocks: Clocks) -> None:
    assert clocks.after(1, wall=3601) == timedelta(hours=1)
    assert clocks.pulse.watching_since == clocks.now
    assert clocks.after(1) is None


def test_sleep_in_which_both_clocks_go_on_is_noticed(clocks: Clocks) -> None:
    assert clocks.after(3601) == timedelta(hours=1)
    assert clocks.pulse.watching_since == clocks.now


def test_a_clock_that_was_set_back_is_noticed_and_what_was_watched_begins_anew(clocks: Clocks) -> None:
    assert clocks.after(1, wall=-3599) == timedelta(hours=-1)
    assert clocks.pulse.watching_since == clocks.now < START


def test_a_minute_is_the_limit(clocks: Clocks) -> None:
    assert clocks.after(1, wall=61) is None
    assert clocks.after(1, wall=61.5) == timedelta(seconds=60.5)
    assert clocks.after(1, wall=-59) is None
    assert clocks.after(1, wall=-60) == timedelta(seconds=-61)
    assert clocks.after(61) is None
    assert clocks.after(61.5) == timedelta(seconds=60.5)


def test_small_corrections_of_the_clock_never_add_up_to_a_gap(clocks: Clocks) -> None:
    assert [clocks.after(1, wall=2) for _ in range(500)] == [None] * 500
    assert clocks.pulse.watching_since == START


def test_an_hour_is_full_once_and_then_the_next_begins(clocks: Clocks) -> None:
    full = []
    for second in range(1, 7300):
        clocks.after(1)
        if clocks.pulse.hour_is_full():
            full.append(second)
    assert full == [3600, 7200]


def test_time_asleep_does_not_count_as_awake(clocks: Clocks) -> None:
    for _ in range(1800):
        clocks.after(1)
    clocks.after(1, wall=36_000)
    clocks.after(36_000)
    assert not clocks.pulse.hour_is_full()
    for _ in range(1799):
        clocks.after(1)
    assert not clocks.pulse.hour_is_full()
    clocks.after(1)
    assert clocks.pulse.hour_is_full()


def test_the_heartbeat_beats_by_itself_and_says_by_how_much_time_jumped(qtbot: QtBot, clock: Clock) -> None:
    heartbeat = Heartbeat(clock)
    assert heartbeat.watching_since == clock.now
    with qtbot.waitSignal(heartbeat.woke, timeout=10_000) as woke:
        clock.forward(days=2)
    (gap,) = woke.args
    assert timedelta(days=2) - gap < timedelta(seconds=30)
    assert heartbeat.watching_since == clock.now
    heartbeat.stop()


def test_the_hour_comes_after_3600_seconds_of_beats(qtbot: QtBot, clock: Clock) -> None:
    seconds = [0.0]
    heartbeat = Heartbeat(clock, lambda: seconds[0])
    heartbeat.stop()
    hours: list[int] = []
    heartbeat.hour.connect(lambda: hours.append(round(seconds[0])))
    for _ in range(7300):
        seconds[0] += 1
        clock.forward(seconds=1)
        heartbeat.beat()
    assert hours == [3600, 7200]


def test_a_stopped_heartbeat_notices_nothing(qtbot: QtBot, clock: Clock) -> None:
    heartbeat = Heartbeat(clock)
    heartbeat.stop()
    with qtbot.assertNotEmitted(heartbeat.woke, wait=1500):
        clock.forward(days=1)
