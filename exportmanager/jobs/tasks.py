"""Long work that is no export: imports, copies, verifications. It has a bar and Stop, and no row in the ledger."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter, Progress
from exportmanager.jobs.runs import Listener, Outcome, Runs, Stop

_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work under way: `title` as the teacher reads it, and the course or job it is about, where there is one."""

    key: str
    what: str
    title: str
    course: CourseId | None = None
    job: int | None = None


class Tasks(QObject):
    """`begun` carries a Task, `progressed` (Task, Progress), `ended` (Task, Outcome)."""

    begun = Signal(object)
    progressed = Signal(object, object)
    ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._tasks: dict[str, Task] = {}
        self.runs = Runs(_AT_ONCE, self)
        self.runs.progressed.connect(self._progressed)
        self.runs.ended.connect(self._ended)

    @property
    def running(self) -> tuple[Task, ...]:
        """What is under way, oldest first."""
        return tuple(self._tasks.values())

    def start(
        self,
        what: str,
        title: str,
        work: Callable[[Meter], Any],
        *,
        course: CourseId | None = None,
        job: int | None = None,
    ) -> Task:
        """Start `work`; `what` is a word for the program ("import", "copy", "verify", "move shelf")."""
        task = Task(key=f"{what} {next(self._numbers)}", what=what, title=title, course=course, job=job)
        self._tasks[task.key] = task

        def metered(listen: Listener, stop: Stop) -> Any:
            return work(Meter(listen, stop))

        self.runs.start(task.key, metered)
        self.begun.emit(task)  # now it can be told whether it waits
        return task

    def stop(self, key: str) -> None:
        """Stop one."""
        self.runs.stop(key)

    def _progressed(self, key: str, progress: Progress) -> None:
        self.progressed.emit(self._tasks[key], progress)

    def _ended(self, key: str, outcome: Outcome) -> None:
        self.ended.emit(self._tasks.pop(key), outcome)

    def close(self) -> None:
        """Stop everything and wait for it."""
        self.runs.close()
