"""Garbage is collected on the window's thread: what Qt has made there must not be destroyed elsewhere."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from exportmanager.jobs.collecting import Collecting


class Cycle:
    """Garbage that only a collection finds; it notes on which thread that was."""

    def __init__(self, threads: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, self.note, threads)

    @staticmethod
    def note(threads: list[int]) -> None:
        threads.append(threading.get_ident())


def make_much(threads: list[int]) -> None:
    """More than Python leaves lying about."""
    for _ in range(3 * gc.get_threshold()[0]):
        Cycle(threads)


@pytest.fixture(autouse=True)
def _as_python_does(qtbot: QtBot) -> Iterator[None]:
    """Python collects by itself here, other than in most tests with widgets."""
    gc.enable()
    yield
    gc.disable()


@pytest.fixture
def collecting(qtbot: QtBot) -> Iterator[Collecting]:
    collecting = Collecting()
    yield collecting
    collecting.stop()


def test_what_a_worker_drops_is_collected_on_the_windows_thread(qtbot: QtBot, collecting: Collecting) -> None:
    threads: list[int] = []
    worker = threading.Thread(target=make_much, args=[threads])
    worker.start()
    worker.join()
    assert threads == []
    collecting.look()
    assert set(threads) == {threading.get_ident()}


def test_without_it_a_worker_would_collect(qtbot: QtBot) -> None:
    threads: list[int] = []
    worker = threading.Thread(target=make_much, args=[threads])
    worker.start()
    worker.join()
    assert threading.get_ident() not in threads
    assert threads


def test_nothing_is_collected_while_little_lies_about(qtbot: QtBot, collecting: Collecting) -> None:
    threads: list[int] = []
    gc.collect()
    Cycle(threads)
    collecting.look()
    assert threads == []


def test_it_is_left_to_python_again_when_the_last_one_stops(qtbot: QtBot) -> None:
    first, second = Collecting(), Collecting()
    first.stop()
    first.stop()
    assert not gc.isenabled()
    second.stop()
    assert gc.isenabled()


def test_what_was_there_before_the_window_is_not_gone_through_each_time(collecting: Collecting) -> None:
    there_before = len(gc.get_objects())  # of what is frozen none is among them
    assert there_before < gc.get_freeze_count() / 10
