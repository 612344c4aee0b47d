"""Long work on pool threads: several at once, each stoppable, none of its signals lost."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from exportmanager.core.errors import NoRoom
from exportmanager.core.meter import Meter, Progress
from exportmanager.jobs.runs import Listener, Outcome, Runs, Stop


class Listening(QObject):
    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self.progress: list[tuple[str, Progress]] = []
        self.outcomes: dict[str, Outcome] = {}
        self.said: list[str] = []
        runs.progressed.connect(self._progressed)
        runs.ended.connect(self._ended)
        runs.became_busy.connect(self._busy)
        runs.became_idle.connect(self._idle)

    def _progressed(self, key: str, progress: Progress) -> None:
        self.progress.append((key, progress))

    def _ended(self, key: str, outcome: Outcome) -> None:
        self.outcomes[key] = outcome

    def _busy(self) -> None:
        self.said.append("busy")

    def _idle(self) -> None:
        self.said.append("idle")


@pytest.fixture
def runs(qtbot: QtBot) -> Iterator[Runs]:
    runs = Runs(at_once=2)
    yield runs
    runs.close()


@pytest.fixture
def heard(runs: Runs) -> Listening:
    return Listening(runs)


class Held:
    """Work that goes on until it is let go or stopped."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.gate = threading.Event()

    def __call__(self, listen: Listener, stop: Stop) -> str:
        self.began.set()
        meter = Meter(listen, stop)
        while not self.gate.wait(0.001):
            meter.advance(0)
        return "done"


def test_what_the_work_gave_arrives(qtbot: QtBot, runs: Runs, heard: Listening) -> None:
    runs.start("one", lambda listen, stop: 7)
    qtbot.waitUntil(lambda: "one" in heard.outcomes)
    assert heard.outcomes["one"] == Outcome(value=7)
    assert heard.said == ["busy", "idle"]


def test_five_thousand_reports_of_four_threads_all_arrive_in_order(qtbot: QtBot) -> None:
    runs = Runs(at_once=4)
    heard = Listening(runs)

    def work(listen: Listener, stop: Stop) -> None:
        for number in range(1_250):
            listen(Progress("Counting", number, 1_250))

    for key in "abcd":
        runs.start(key, work)
    qtbot.waitUntil(lambda: len(heard.outcomes) == 4, timeout=30_000)
    assert len(heard.progress) == 5_000
    for key in "abcd":
        assert [progress.done for name, progress in heard.progress if name == key] == list(range(1_250))
    runs.close()


def test_only_so_many_run_at_once_and_the_others_wait_their_turn(qtbot: QtBot, runs: Runs, heard: Listening) -> None:
    works = [Held() for _ in range(3)]
    for number, work in enumerate(works):
        runs.start(str(number), work)
    qtbot.waitUntil(lambda: works[0].began.is_set() and works[1].began.is_set())
    assert not works[2].began.is_set()
    assert runs.is_waiting("2")
    works[0].gate.set()
    qtbot.waitUntil(works[2].began.is_set)
    assert runs.keys == ("1", "2")


def test_a_stopped_run_ends_soon_and_is_said_to_be_stopped(qtbot: QtBot, runs: Runs, heard: Listening) -> None:
    work = Held()
    runs.start("one", work)
    qtbot.waitUntil(work.began.is_set)
    runs.stop("one")
    assert runs.is_stopping("one")
    qtbot.waitUntil(lambda: "one" in heard.outcomes, timeout=1_000)
    assert heard.outcomes["one"].was_stopped


def test_a_run_that_is_stopped_while_it_waits_ends_at_once(qtbot: QtBot, runs: Runs, heard: Listening) -> None:
    works = [Held() for _ in range(3)]
    for number, work in enumerate(works):
        runs.start(str(number), work)
    runs.stop("2")
    qtbot.waitUntil(lambda: "2" in heard.outcomes, timeout=1_000)
    assert heard.outcomes["2"].was_stopped
    assert runs.keys == ("0", "1")


def test_a_problem_and_a_bug_are_told_apart(qtbot: QtBot, runs: Runs, heard: Listening) -> None:
    def full(listen: Listener, stop: Stop) -> Any:
        raise NoRoom("The disk is full.", "Make room.")

    def broken(listen: Listener, stop: Stop) -> Any:
        raise ZeroDivisionError

    runs.start("full", full)
    runs.start("broken", broken)
    qtbot.waitUntil(lambda: len(heard.outcomes) == 2)
    assert isinstance(heard.outcomes["full"].problem, NoRoom)
    assert isinstance(heard.outcomes["broken"].bug, ZeroDivisionError)
    assert not heard.outcomes["full"].is_done


def test_closing_stops_what_runs_and_waits_for_it(qtbot: QtBot, runs: Runs) -> None:
    work = Held()
    runs.start("one", work)
    qtbot.waitUntil(work.began.is_set)
    runs.close()
    assert not work.gate.is_set()
