"""Questions to the library: answered on the window's thread, never to somebody who has gone."""

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from exportmanager.core.errors import NoRoom
from exportmanager.jobs.background import Background


class Asker(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []
        self.problems: list[Exception] = []
        self.threads: set[int] = set()

    def take(self, answer: Any) -> None:
        self.answers.append(answer)
        self.threads.add(threading.get_ident())

    def hear(self, problem: Exception) -> None:
        self.problems.append(problem)


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


@pytest.fixture
def asker(qtbot: QtBot) -> Asker:
    return Asker()


def test_the_work_is_done_elsewhere_and_the_answer_comes_back_here(
    qtbot: QtBot, background: Background, asker: Asker
) -> None:
    background.ask(asker, threading.get_ident, asker.take)
    qtbot.waitUntil(lambda: bool(asker.answers))
    assert asker.answers[0] != threading.get_ident()
    assert asker.threads == {threading.get_ident()}


def test_five_thousand_answers_all_arrive(qtbot: QtBot, background: Background, asker: Asker) -> None:
    for number in range(5_000):
        background.ask(asker, partial(int, number), asker.take)
    qtbot.waitUntil(lambda: len(asker.answers) == 5_000, timeout=30_000)
    assert sorted(asker.answers) == list(range(5_000))
    assert not background.is_busy


def fail() -> None:
    raise NoRoom("The disk is full.", "Make room.")


def test_a_problem_reaches_who_asked(qtbot: QtBot, background: Background, asker: Asker) -> None:
    background.ask(asker, fail, asker.take, asker.hear)
    qtbot.waitUntil(lambda: bool(asker.problems))
    assert isinstance(asker.problems[0], NoRoom)
    assert asker.answers == []


def test_a_problem_that_nobody_wants_to_hear_is_told_to_all(qtbot: QtBot, background: Background, asker: Asker) -> None:
    with qtbot.waitSignal(background.went_wrong) as told:
        background.ask(asker, fail, asker.take)
    assert isinstance(told.args[0], NoRoom)


def test_who_has_been_deleted_is_not_called(qtbot: QtBot, background: Background, asker: Asker) -> None:
    gate = threading.Event()
    background.ask(asker, gate.wait, asker.take)
    shiboken6.delete(asker)
    gate.set()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert asker.answers == []


def test_once_it_is_closed_nothing_is_asked_and_nothing_answered(
    qtbot: QtBot, background: Background, asker: Asker
) -> None:
    done: list[str] = []
    background.ask(asker, partial(done.append, "before"), asker.take)
    background.close()
    background.ask(asker, partial(done.append, "after"), asker.take)
    background.close()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert done == ["before"]
    assert asker.answers == []
