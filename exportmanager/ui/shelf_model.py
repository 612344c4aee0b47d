"""What stands on the shelf in the window: exports from the ledger, and work under way, patched row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from exportmanager.core.course import CourseId
from exportmanager.core.ledger import UNFINISHED, WITHOUT_FILE, Job, JobState
from exportmanager.core.meter import Progress
from exportmanager.core.retention import Due, due
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import ShelfItem, shelf_items
from exportmanager.jobs.tasks import Task
from exportmanager.program import Program

_SOON = 150
"""Milliseconds: an export commits several times, and the shelf is read anew once."""


class Run(Enum):
    """Whether a row's work is under way, and where."""

    ENDED = auto()
    HERE = auto()
    WAITING = auto()
    """It begins as soon as another one ends."""
    STOPPING = auto()
    ELSEWHERE = auto()
    """Another process does it."""


class Asked(Enum):
    """What the teacher has asked of a row, and is not done yet."""

    NOTHING = auto()
    REMOVE = auto()
    """It can be undone for a while."""
    REMOVE_NOW = auto()
    RUN_AGAIN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row: of an export (`job`, and `due` where it has a file on the shelf), or of other work (`task`)."""

    key: str
    job: Job | None = None
    due: Due | None = None
    task: Task | None = None
    run: Run = Run.ENDED
    progress: Progress | None = None
    asked: Asked = Asked.NOTHING

    @property
    def course(self) -> CourseId | None:
        """The course it is of."""
        return self.job.course_id if self.job else self.task.course if self.task else None


@dataclass(frozen=True, slots=True)
class _Read:
    items: Sequence[ShelfItem]
    days: int | None


def _read(program: Program, watching_since: datetime | None) -> _Read:
    return _Read(shelf_items(program, watching_since), program.shelf_days())


class ShelfModel(QObject):
    """`arranged`: rows came, went or changed places; `patched` carries an Entry that says something else now."""

    arranged = Signal()
    patched = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.days: int | None = None
        self.is_read = False
        self._items: dict[int, ShelfItem] = {}
        self._progress: dict[str, Progress] = {}
        self._asked: dict[int, Asked] = {}
        self._stopping: set[int] = set()
        self._entries: dict[str, Entry] = {}
        self._is_reading = self._is_outdated = self._wants_again = False
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.read)
        self._connect()

    def _connect(self) -> None:
        queue, tasks = self._desk.queue, self._desk.tasks
        queue.changed.connect(self._job_changed)
        queue.progressed.connect(self._job_progressed)
        queue.refused.connect(self._refused)
        tasks.begun.connect(self._task_begun)
        tasks.progressed.connect(self._task_progressed)
        tasks.ended.connect(self._task_ended)
        self._desk.library_changed.connect(self._soon.start)

    # Reading the ledger

    def read(self) -> None:
        """Read the ledger anew; while that is under way, once more afterwards."""
        self._wants_again = self._is_reading
        if self._is_reading:
            return
        self._is_reading, self._is_outdated = True, False
        work = partial(_read, self._desk.program, self._desk.heartbeat.watching_since)
        self._desk.background.ask(self, work, self._came, self._did_not_come)

    def _came(self, read: _Read) -> None:
        is_outdated, self._is_reading = self._is_outdated, False
        if is_outdated or self._wants_again:
            self.read()
        if not is_outdated:  # else the queue has told newer things meanwhile
            self._take(read)

    def _take(self, read: _Read) -> None:
        self.days, self.is_read = read.days, True
        self._items = {item.job.id: item for item in read.items}
        self._asked = {job: asked for job, asked in self._asked.items() if self._still_stands(job, asked)}
        self._stopping &= self._items.keys()
        self._arrange(is_news=True)

    def _did_not_come(self, error: Exception) -> None:
        self._is_reading = False
        self._desk.background.went_wrong.emit(error)

    def _still_stands(self, job: int, asked: Asked) -> bool:
        if job not in self._items:
            return False
        is_there = self._items[job].job.state is JobState.EXPORTED
        return is_there if asked in {Asked.REMOVE, Asked.REMOVE_NOW} else not is_there

    # What the queue and the tasks say

    def _job_changed(self, job: Job) -> None:
        if job.state in {*UNFINISHED, JobState.EXPORTED, *WITHOUT_FILE}:
            self._items[job.id] = ShelfItem(job, self._due_of(job))
        if job.state not in UNFINISHED:
            self._progress.pop(f"job {job.id}", None)
            self._stopping.discard(job.id)
        self._is_outdated = self._is_reading
        self._soon.start()
        self._arrange()

    def _due_of(self, job: Job) -> Due | None:
        """As far as it can be said without looking into the library: the course was there just now."""
        if job.state is not JobState.EXPORTED:
            return None
        since = self._desk.heartbeat.watching_since
        return due(job.expires_at, self._desk.program.clock(), course_is_here=True, watching_since=since)

    def _job_progressed(self, job: int, progress: Progress) -> None:
        self._progress[f"job {job}"] = progress
        self._patch(f"job {job}")

    def _task_begun(self, _: Task) -> None:
        self._arrange()

    def _task_progressed(self, task: Task, progress: Progress) -> None:
        self._progress[task.key] = progress
        self._patch(task.key)

    def _task_ended(self, task: Task, _: object) -> None:
        self._progress.pop(task.key, None)
        self._arrange()

    def _refused(self, _: object) -> None:
        self._stopping.clear()
        self._asked = {job: asked for job, asked in self._asked.items() if asked is not Asked.RUN_AGAIN}
        self._arrange()

    # What the teacher does

    def ask(self, job: int, asked: Asked) -> None:
        """Note what was asked of a row, until it is done or taken back (`Asked.NOTHING`)."""
        self._asked[job] = asked
        self._patch(f"job {job}")

    def stop(self, entry: Entry) -> None:
        """Stop the work of a row."""
        if entry.task is not None:
            self._desk.tasks.stop(entry.task.key)
        elif entry.job is not None:
            self._stopping.add(entry.job.id)
            self._desk.queue.stop(entry.job.id)
        self._patch(entry.key)

    # The rows

    @property
    def entries(self) -> Sequence[Entry]:
        """What is under way first, in the order of the queue; then what has ended, the newest first."""
        return tuple(self._entries.values())

    def entry(self, key: str) -> Entry | None:
        """A row; None once it has gone."""
        return self._entries.get(key)

    def _arrange(self, *, is_news: bool = False) -> None:
        """Make the rows anew; tell of those that differ, and of the whole where their order does."""
        before = self._entries
        made = [self._of_task(task) for task in self._desk.tasks.running]
        made += [self._of_job(item) for item in self._items.values()]
        self._entries = {entry.key: entry for entry in sorted(made, key=_place_of)}
        if list(before) != list(self._entries):
            self.arranged.emit()
            return
        for key, entry in self._entries.items():
            if entry != before[key]:
                self.patched.emit(entry)
        if is_news and not before:
            self.arranged.emit()  # an empty shelf that was read is not one that was not

    def _patch(self, key: str) -> None:
        before = self._entries.get(key)
        if before is None:
            return
        if before.task is not None:
            entry = self._of_task(before.task)
        else:
            assert before.job is not None, "a row is of a job or of a task"
            entry = self._of_job(self._items[before.job.id])
        if entry != before:
            self._entries[key] = entry
            self.patched.emit(entry)

    def _of_task(self, task: Task) -> Entry:
        runs = self._desk.tasks.runs
        run = Run.STOPPING if runs.is_stopping(task.key) else Run.WAITING if runs.is_waiting(task.key) else Run.HERE
        return Entry(key=task.key, task=task, run=run, progress=self._progress.get(task.key))

    def _of_job(self, item: ShelfItem) -> Entry:
        key = f"job {item.job.id}"
        return Entry(
            key=key,
            job=item.job,
            due=item.due,
            run=self._run_of(item.job),
            progress=self._progress.get(key),
            asked=self._asked.get(item.job.id, Asked.NOTHING),
        )

    def _run_of(self, job: Job) -> Run:
        if job.state not in UNFINISHED:
            return Run.ENDED
        if job.id in self._stopping:
            return Run.STOPPING
        if not self._desk.queue.runs_here(job.id):
            return Run.ELSEWHERE
        runs, key = self._desk.queue.runs, str(job.id)
        if runs.is_stopping(key):
            return Run.STOPPING
        return Run.WAITING if runs.is_waiting(key) else Run.HERE


def _place_of(entry: Entry) -> tuple[bool, int]:
    if entry.run is Run.ENDED:
        assert entry.job is not None, "work that has ended is of a job"
        return True, -entry.job.id
    return False, entry.job.id if entry.job else 0
