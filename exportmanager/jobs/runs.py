"""Long work with a meter on pool threads: so many at once, the others wait their turn, each can be stopped."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, Signal

from exportmanager.core.errors import Cancelled, ProblemForTeacher
from exportmanager.core.meter import Progress

Listener = Callable[[Progress], None]
Stop = Callable[[], bool]
RunWork = Callable[[Listener, Stop], Any]
"""Does the work, tells a listener how far it is, and stops soon after `stop` gives True by raising `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: with a `value`, stopped, with a problem for the teacher, or with a bug of ours."""

    value: Any = None
    problem: ProblemForTeacher | None = None
    bug: Exception | None = None
    was_stopped: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the work came to its end."""
        return not (self.problem or self.bug or self.was_stopped)


@dataclass(slots=True)
class _Run:
    work: RunWork
    stop: threading.Event = field(default_factory=threading.Event)
    is_waiting: bool = True


class Runs(QObject):
    """Owns every signal; the threads own nothing of Qt's. Signals arrive on the thread this was made in.

    `progressed` carries (key, Progress), `ended` (key, Outcome); `became_busy` and `became_idle` frame the whole.
    """

    progressed = Signal(str, object)
    ended = Signal(str, object)
    became_busy = Signal()
    became_idle = Signal()
    _finished = Signal(str, object)

    def __init__(self, at_once: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._at_once = at_once
        self._runs: dict[str, _Run] = {}
        self._waiting: deque[str] = deque()
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(at_once + 2)  # what is stopped while it waits still has to say so
        self._finished.connect(self._end)

    @property
    def keys(self) -> tuple[str, ...]:
        """What is running or waits, oldest first."""
        return tuple(self._runs)

    def is_waiting(self, key: str) -> bool:
        """Whether a run has not begun."""
        return key in self._runs and self._runs[key].is_waiting

    def is_stopping(self, key: str) -> bool:
        """Whether a run was told to stop."""
        return key in self._runs and self._runs[key].stop.is_set()

    def start(self, key: str, work: RunWork) -> None:
        """Run `work` as soon as there is room for it."""
        assert key not in self._runs, f"{key} runs already"
        self._runs[key] = _Run(work)
        self._waiting.append(key)
        if len(self._runs) == 1:
            self.became_busy.emit()
        self._begin_next()

    def stop(self, key: str) -> None:
        """Tell a run to stop; one that waits ends at once. Nothing happens where it has ended."""
        if (run := self._runs.get(key)) is None:
            return
        run.stop.set()
        if run.is_waiting:
            self._waiting.remove(key)
            self._begin(key)

    def stop_all(self) -> None:
        """Tell every run to stop."""
        for key in self.keys:
            self.stop(key)

    def close(self) -> None:
        """Stop everything and wait for the threads; who listens hears of it no more."""
        for run in self._runs.values():
            run.stop.set()
        self._waiting.clear()
        self._pool.clear()
        self._pool.waitForDone()

    def _begin_next(self) -> None:
        while self._waiting and sum(not run.is_waiting for run in self._runs.values()) < self._at_once:
            self._begin(self._waiting.popleft())

    def _begin(self, key: str) -> None:
        run = self._runs[key]
        run.is_waiting = False

        def listen(progress: Progress) -> None:
            self.progressed.emit(key, progress)

        def go() -> None:
            self._finished.emit(key, _outcome_of(run.work, listen, run.stop.is_set))

        self._pool.start(go)

    def _end(self, key: str, outcome: Outcome) -> None:
        del self._runs[key]
        self._begin_next()
        self.ended.emit(key, outcome)
        if not self._runs:
            self.became_idle.emit()


def _outcome_of(work: RunWork, listen: Listener, stop: Stop) -> Outcome:
    try:
        return Outcome(value=work(listen, stop))
    except Cancelled:
        return Outcome(was_stopped=True)
    except ProblemForTeacher as problem:
        return Outcome(problem=problem)
    except Exception as bug:  # it becomes a report that can be copied
        return Outcome(bug=bug)
