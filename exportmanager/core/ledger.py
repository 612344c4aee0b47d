"""The ledger: every job from asked to gone, the only truth about state.

created -> exporting -> sealed -> exported -> expired | removed
created, exporting -> failed | cancelled | interrupted
sealed, exported -> missing (its file is gone, though nobody here removed it) -> exported (it came back)
missing -> removed (it came back, and had been let go meanwhile)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from exportmanager.core.course import CourseId
from exportmanager.core.report import Report


class JobState(StrEnum):
    """Where a job stands; see the module for the arrows between them."""

    CREATED = "created"
    EXPORTING = "exporting"
    SEALED = "sealed"
    EXPORTED = "exported"
    EXPIRED = "expired"
    REMOVED = "removed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    MISSING = "missing"


UNFINISHED = (JobState.CREATED, JobState.EXPORTING, JobState.SEALED)
RUN_AGAIN = (
    JobState.FAILED,
    JobState.CANCELLED,
    JobState.INTERRUPTED,
    JobState.EXPIRED,
    JobState.REMOVED,
    JobState.MISSING,
)
WITHOUT_FILE = (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED, JobState.MISSING)
"""What the shelf shows of jobs that have no file there, until somebody dismisses it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished file: its name on the shelf, size in bytes and SHA-256 (hex), read back from the disk."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of the ledger. `file` from *sealed* on; `expires_at` None: kept until somebody removes it.

    `dismissed`: somebody has seen that there is no file, and the shelf need not show it any more.
    """

    id: int
    kind: str
    course_id: CourseId
    course_title: str
    course_code: str
    options: dict[str, Any]
    state: JobState
    draft: str
    created_at: datetime
    started_by: str
    program: str
    finished_at: datetime | None = None
    file: Sealed | None = None
    expires_at: datetime | None = None
    overdue_seen_at: datetime | None = None
    removing: JobState | None = None
    report: Report | None = None
    problem: str = ""
    next_step: str = ""
    dismissed: bool = False


class Ledger(Protocol):
    """Keeps the jobs. Each arrow between states is one function; it raises where a job does not stand at its start."""

    def create(
        self, *, kind: str, course: CourseId, options: dict[str, Any], draft: str, started_by: str, now: datetime
    ) -> Job:
        """A new job; the lock on `draft` is held already. Raises `NotFound` for a course that is not here."""

    def start(self, job: int) -> None:
        """created -> exporting."""

    def seal(self, job: int, file: Sealed, report: Report, expires_at: datetime | None, now: datetime) -> None:
        """exporting -> sealed: the file is whole, under its draft name."""

    def publish(self, job: int, name: str) -> None:
        """sealed -> exported: the file stands on the shelf as `name`. Also missing -> exported: it came back.

        A job that was *exported* under that name before has lost its file: it goes as was intended, or as *missing*.
        """

    def end(self, job: int, state: JobState, now: datetime, problem: str = "", next_step: str = "") -> None:
        """created, exporting -> failed, cancelled or interrupted."""

    def leave(self, job: int, state: JobState, now: datetime) -> None:
        """sealed, exported -> expired, removed or missing: its file is not on the shelf any more."""

    def leave_after_all(self, job: int, now: datetime) -> None:
        """missing -> removed: what was let go meanwhile came back, and went then."""

    def intend(self, job: int, state: JobState | None) -> None:
        """Note that the file is about to go as `state`, so that a crash leaves no doubt; None takes it back."""

    def keep(self, job: int, expires_at: datetime | None) -> None:
        """Set until when a file is kept; None: until somebody removes it."""

    def overdue_seen(self, job: int, at: datetime) -> None:
        """The file was shown as overdue."""

    def ask_to_cancel(self, job: int) -> None:
        """Tell whichever process runs the job to stop."""

    def is_asked_to_cancel(self, job: int) -> bool:
        """Whether somebody did."""

    def dismiss(self, job: int) -> None:
        """Do not show a job on the shelf any more whose file is not there; one whose file comes back is shown again.

        Raises `NotFound` for one that is running or has a file.
        """

    def job(self, job: int) -> Job:
        """One row. Raises `NotFound`."""

    def jobs(self, states: Iterable[JobState] | None = None, course: CourseId | None = None) -> Sequence[Job]:
        """The rows, newest first."""

    def shelf(self) -> Sequence[Job]:
        """What the shelf shows, newest first: what is unfinished, exported, or `WITHOUT_FILE` and not dismissed."""
