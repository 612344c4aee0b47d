"""The desk: one program with everything that works for its window off the window's thread."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from exportmanager import log
from exportmanager.core.janitor import Tidied
from exportmanager.core.ledger import Job, Sealed
from exportmanager.core.meter import Meter
from exportmanager.core.report import ImportReport
from exportmanager.jobs.awake import Awake
from exportmanager.jobs.background import Background
from exportmanager.jobs.collecting import Collecting
from exportmanager.jobs.heartbeat import Heartbeat
from exportmanager.jobs.looking import Looking
from exportmanager.jobs.queue import JobQueue
from exportmanager.jobs.runs import Outcome, Runs
from exportmanager.jobs.tasks import Task, Tasks
from exportmanager.program import Program
from exportmanager.shelf.copies import save_copy
from exportmanager.shelf.verify import Verification, verify

_LOOK_EVERY = 1_000
"""Milliseconds between two looks at whether another process changed the library."""
_ERRANDS = 2
"""What dialogs wait for, at once: one more than there can be, as what was told to stop may take a second to end."""


class Desk(QObject):
    """`library_changed`: something was committed, here or by another process. `tidied` carries a `Tidied`.

    `went_wrong` carries what a question raised that its asker did not want to hear of.
    """

    library_changed = Signal()
    tidied = Signal(object)
    went_wrong = Signal(object)
    became_idle = Signal()

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.program = program
        self._collecting = Collecting(self)
        self.background = Background(self)
        self.background.went_wrong.connect(self.went_wrong)
        self.queue = JobQueue(program, self.background, self)
        self.tasks = Tasks(self)
        self.errands = Runs(_ERRANDS, self)
        self.heartbeat = Heartbeat(program.clock, parent=self)
        self.heartbeat.hour.connect(self.tidy)
        self.heartbeat.woke.connect(self._woke)
        self._awake = Awake()
        for runs in (self.queue.runs, self.tasks.runs):
            runs.became_busy.connect(self._stay_awake)
            runs.became_idle.connect(self._idle)
        self.queue.ended.connect(self._log_job)
        self.tasks.ended.connect(self._log_task)
        self._watch = program.library.watch()
        self._is_looking = False
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    # Upkeep

    def tidy(self) -> None:
        """Put right what a crash left, and take away what expired while somebody could see it coming.

        `tidied` says what came of it.
        """
        tidy = partial(self.program.tidy, self.heartbeat.watching_since)
        self.background.ask(self, tidy, self._tidied)

    def _woke(self, gap: timedelta) -> None:
        log.event("woke", seconds=gap.total_seconds())
        self.tidy()

    def _tidied(self, tidied: Tidied) -> None:
        for told in tidied.old_access:
            log.event("access announced" if told.goes_at else "access removed", rows=told.rows)
        self.tidied.emit(tidied)
        self.library_changed.emit()

    def look(self) -> None:
        """Look whether the library changed, unless a look is under way."""
        if not self._is_looking:
            self._is_looking = True
            self.background.ask(self, self._watch.has_changed, self._looked, self._looked_in_vain)

    def _looked(self, has_changed: bool) -> None:
        self._is_looking = False
        if has_changed:
            self.library_changed.emit()

    def _looked_in_vain(self, _: Exception) -> None:
        """A library that cannot be read is told of where the teacher asks for something, not every second."""
        self._is_looking = False

    # Long work besides exports

    def bring_in(self, source: str, place: str, title: str, values: dict[str, Any] | None = None) -> Task:
        """Import a course; the outcome's value is an `ImportReport`."""

        def work(meter: Meter) -> ImportReport:
            return self.program.bring_in(source, place, values, meter=meter)

        return self.tasks.start("import", title, work)

    def begin_looking(self) -> Looking:
        """Something that looks at what a teacher brings, until `take_in` or its `give_up`."""
        return Looking(self.program, self)

    def take_in(self, looking: Looking, title: str, time_zone: str) -> Task:
        """Import what was looked at; the outcome's value is a tuple of `ImportReport`s."""
        return self.tasks.start("import", title, looking.taking_in(time_zone), course=looking.wish.course)

    def save_copy(self, job: Job, target: Path, title: str, *, replace: bool = False) -> Task:
        """Save a copy of a finished export to `target`, a folder or file; the outcome's value is the Path."""

        def work(meter: Meter) -> Path:
            file = _file_of(job)
            return save_copy(self.program.shelf.path_of(file), file, target, meter, replace=replace)

        return self.tasks.start("copy", title, work, course=job.course_id, job=job.id)

    def verify(self, job: Job, title: str) -> Task:
        """Read a finished export back; the outcome's value is a `Verification`."""

        def work(meter: Meter) -> Verification:
            file = _file_of(job)
            return verify(self.program.shelf.path_of(file), file, meter)

        return self.tasks.start("verify", title, work, course=job.course_id, job=job.id)

    # Busy, idle, and the end

    def _log_job(self, job: Job, outcome: Outcome) -> None:
        size = job.file.size if job.file else 0
        log.event("job ended", job=job.id, kind=job.kind, state=job.state.value, bytes=size, error=outcome.bug)

    def _log_task(self, task: Task, outcome: Outcome) -> None:
        end = "stopped" if outcome.was_stopped else "done" if outcome.is_done else "problem"
        log.event("task ended", task=task.what.replace(" ", "-"), end=end, error=outcome.bug)

    @property
    def is_busy(self) -> bool:
        """Whether an export or other long work is under way."""
        return bool(self.queue.runs.keys or self.tasks.runs.keys)

    def _stay_awake(self) -> None:
        self._awake.hold("Export Manager is working")

    def _idle(self) -> None:
        if not self.is_busy:
            self._awake.release()
            self.became_idle.emit()

    def stop_all(self) -> None:
        """Stop all long work; `became_idle` comes when it has ended."""
        self.queue.runs.stop_all()
        self.tasks.runs.stop_all()

    def close(self) -> None:
        """Stop everything, wait for it, and let go of the library."""
        self._timer.stop()
        self.heartbeat.stop()
        self.queue.close()
        self.tasks.close()
        self.errands.close()
        self.background.close()
        for looking in self.findChildren(Looking):
            looking.close()
        self._awake.release()
        self._watch.close()
        self.program.close()
        self._collecting.stop()


def _file_of(job: Job) -> Sealed:
    assert job.file is not None, "an exported job has a file"
    return job.file
