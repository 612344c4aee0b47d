"""Makes the ledger and the shelf true again after a crash, and takes away what has expired."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exportmanager.core.course import CourseId
from exportmanager.core.errors import NoAccess, NotFound
from exportmanager.core.ledger import UNFINISHED, Job, JobState, Ledger, Sealed
from exportmanager.core.old_access import OldAccess
from exportmanager.core.retention import Due, due
from exportmanager.core.shelf import Draft, Removal, Shelf
from exportmanager.core.trash import Trashed


@dataclass(frozen=True, slots=True)
class Tidied:
    """What a start put right: rows that changed, files that went or go soon, by how much the clock jumped.

    `old_access` are access events that went or will go, by course. `purged` are courses whose time in the trash was
    over, and `last_day` those that have one more day.
    """

    reconciled: list[Job]
    removed: list[tuple[Job, Removal]]
    going_soon: list[Job]
    clock_jump: timedelta | None
    old_access: list[OldAccess]
    purged: Sequence[Trashed] = ()
    last_day: Sequence[Trashed] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Janitor:
    """Looks after one ledger and its shelf. `courses` gives the ids of the courses that are in the library now."""

    ledger: Ledger
    shelf: Shelf
    clock: Callable[[], datetime]
    courses: Callable[[], Collection[CourseId]]

    def reconcile(self) -> list[Job]:
        """Make every row true whose job is not alive in any process; return those that changed.

        A file that is whole gets its name; what was being written is interrupted; what is gone is said to be missing.
        """
        changed = [job.id for job in self.ledger.jobs(UNFINISHED) if self._settle(job)]
        if self.shelf.is_reachable():
            changed += [job.id for job in self.ledger.jobs([JobState.EXPORTED]) if self._check_there(job)]
            changed += [job.id for job in self.ledger.jobs([JobState.MISSING]) if self._check_back(job)]
            self.shelf.sweep(self._is_unfinished)
        return [self.ledger.job(job) for job in changed]

    def _is_unfinished(self, draft: str) -> bool:
        return any(job.draft == draft for job in self.ledger.jobs(UNFINISHED))

    def _settle(self, job: Job) -> bool:
        draft = self.shelf.claim(job.draft)
        if draft is None:
            return False
        try:
            job = self.ledger.job(job.id)  # it may have ended between the list and the lock
            if job.state is JobState.SEALED:
                return self._finish(job, draft)
            if job.state in UNFINISHED:
                self.ledger.end(job.id, JobState.INTERRUPTED, self.clock())
                draft.discard()
                return True
            return False
        finally:
            draft.release()

    def _finish(self, job: Job, draft: Draft) -> bool:
        """A sealed job's file is whole, under its name or still as a draft."""
        if not self.shelf.is_reachable():
            return False
        assert job.file is not None, "a sealed job has a file"
        if self.shelf.holds(job.file, thoroughly=True) and not self._is_anothers(job.file):
            self.ledger.publish(job.id, job.file.name)
            draft.discard()
        elif self.shelf.has_draft(job.draft, job.file):
            self.ledger.publish(job.id, self._publish(job, job.file))
        else:
            self.ledger.leave(job.id, JobState.MISSING, self.clock())
            draft.discard()
        return True

    def _publish(self, job: Job, file: Sealed) -> str:
        def announce(name: str) -> None:
            assert job.report is not None, "a sealed job has a report"
            self.ledger.seal(job.id, Sealed(name, file.size, file.sha256), job.report, job.expires_at, self.clock())

        return self.shelf.publish(job.draft, file.name, announce)

    def _check_there(self, job: Job) -> bool:
        assert job.file is not None, "an exported job has a file"
        if self.shelf.holds(job.file, thoroughly=False):
            return False
        job = self.ledger.job(job.id)  # whoever takes it off at this moment has said so before
        if job.state is not JobState.EXPORTED:
            return False
        self.ledger.leave(job.id, job.removing or JobState.MISSING, self.clock())
        return True

    def _check_back(self, job: Job) -> bool:
        if job.file is None or not self.shelf.holds(job.file, thoroughly=False):
            return False
        if self._is_anothers(job.file) or not self.shelf.holds(job.file, thoroughly=True):
            return False
        if job.removing:
            return self._remove_after_all(job, job.file)
        self.ledger.publish(job.id, job.file.name)
        return True

    def _remove_after_all(self, job: Job, file: Sealed) -> bool:
        """What was let go while it was missing is back; whether it went."""
        if self.shelf.remove(file) in {Removal.IN_USE, Removal.REFUSED}:
            return False
        self.ledger.leave_after_all(job.id, self.clock())
        return True

    def _is_anothers(self, file: Sealed) -> bool:
        """Whether a file is that of a job that is on the shelf: one that was run again has the same name and bytes."""
        return any(job.file == file and not job.removing for job in self.ledger.jobs([JobState.EXPORTED]))

    def due(self, job: Job, watching_since: datetime | None = None) -> Due:
        """Where a finished export is on its way off the shelf."""
        now = self.clock()
        seen = job.overdue_seen_at
        return due(
            job.expires_at,
            now,
            course_is_here=job.course_id in self.courses(),
            watching_since=watching_since,
            overdue_seen_at=seen if seen is not None and seen <= now else None,  # a clock set back starts it anew
        )

    def warnings(self) -> list[Job]:
        """The files that go within a day, or are overdue."""
        soon = {Due.SOON, Due.OVERDUE}
        return [job for job in self.ledger.jobs([JobState.EXPORTED]) if self.due(job) in soon]

    def expire(self, *, watching_since: datetime | None = None, on_request: bool = False) -> list[tuple[Job, Removal]]:
        """Take away what has expired; return what was tried, and what came of it.

        What became overdue while nobody was looking is only marked, unless it goes `on_request`.
        """
        if not self.shelf.is_reachable():
            return []
        tried = []
        for job in self.ledger.jobs([JobState.EXPORTED]):
            where = self.due(job, watching_since)
            if where is Due.GOES or (where is Due.OVERDUE and on_request):
                with contextlib.suppress(NotFound):  # another process took it off meanwhile
                    tried.append((job, self.take_off(job.id, JobState.EXPIRED)))
            elif where is Due.OVERDUE and (job.overdue_seen_at is None or job.overdue_seen_at > self.clock()):
                self.ledger.overdue_seen(job.id, self.clock())
        return tried

    def take_off(self, job_id: int, state: JobState = JobState.REMOVED) -> Removal:
        """Take a job's file off the shelf. The row stays, without the file. Raises `NotFound` where there is none."""
        job = self.ledger.job(job_id)
        if job.state is not JobState.EXPORTED or job.file is None:
            raise NotFound(f"Job {job_id} has no file on the shelf: it is {job.state}.", "See the list of the shelf.")
        if not self.shelf.is_reachable():
            raise NoAccess(f"The shelf {self.shelf.folder} cannot be reached.", "Connect its disk and try again.")
        self.ledger.intend(job.id, state)
        removal = self.shelf.remove(job.file)
        if removal in {Removal.IN_USE, Removal.REFUSED}:
            self.ledger.intend(job.id, None)
        elif removal is Removal.NOT_OURS:
            self.ledger.leave(job.id, JobState.MISSING, self.clock())
        else:
            self.ledger.leave(job.id, state, self.clock())
        return removal

    def clear(self, jobs: Iterable[Job], check: Callable[[], None] = lambda: None) -> tuple[str, ...]:
        """Let the files of exported and missing `jobs` go for good; the names of those that were changed, and stay.

        What is missing goes as soon as it is seen again, and so does what was changed, should it be as it was again.
        `check` is called before each, and may raise. Raises `NoAccess` for one that cannot go now.
        """
        changed = []
        for job in jobs:
            check()
            name = job.file.name if job.file else ""
            removal = self._let_go(job)
            if removal in {Removal.IN_USE, Removal.REFUSED}:
                raise NoAccess(f"{name} cannot be removed from the shelf.", "Close it, and try again.")
            if removal is Removal.NOT_OURS:
                changed.append(name)
        return tuple(changed)

    def _let_go(self, job: Job) -> Removal:
        removal = Removal.WAS_GONE
        if job.state is not JobState.MISSING:
            try:
                removal = self.take_off(job.id)
            except NotFound:  # another process took it off meanwhile
                return removal
        if job.state is JobState.MISSING or removal is Removal.NOT_OURS:
            self.ledger.intend(job.id, JobState.REMOVED)
        return removal
