"""Deletes courses of a library: shown first, proven or confirmed, into the trash, and after a while for good."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exportmanager.archive.proofs import standing_now
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions, LibraryBusy, NoAccess, NotFound
from exportmanager.core.export import counted
from exportmanager.core.janitor import Janitor
from exportmanager.core.ledger import JobState
from exportmanager.core.trash import Going, Trashed, check_word
from exportmanager.library.library import Library


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether deleting a course is safe by what is known now, and why or why not, in a sentence."""

    archive: ArchiveRecord | None
    is_safe: bool
    says: str


class Deleting:
    """Deletes courses. It never touches an archive."""

    def __init__(self, library: Library, janitor: Janitor, clock: Callable[[], datetime]) -> None:
        self._library, self._janitor, self._clock = library, janitor, clock

    def going(self, course: CourseId) -> Going:
        """What goes with a course. Raises `NotFound`."""
        jobs = self._janitor.ledger.jobs([JobState.SEALED, JobState.EXPORTED], course)
        return replace(self._library.trash.going(course), shelf=tuple(job.file.name for job in jobs if job.file))

    def proof(self, course: CourseId) -> Proof:
        """What the newest archives of a course prove; its disk is looked at."""
        records = [standing_now(record) for record in self._library.archives.all(course)]
        if not records:
            return Proof(None, False, "There is no archive of this course.")
        changed_at = self._library.trash.changed_at(course)
        for record in records:
            if record.is_proof and record.made_at >= changed_at:
                return Proof(record, True, _why(record))
        newest = records[0]
        return Proof(newest, False, _why_not(newest, changed_at))

    def delete(self, course: CourseId, typed: str, *, without_archive: bool = False) -> Going:
        """Put a course into the trash; what went. Raises `BadOptions`, `NotFound`, `LibraryBusy`."""
        going = self.going(course)
        check_word(going, typed)
        proof = self.proof(course)
        if not proof.is_safe and not without_archive:
            raise BadOptions(proof.says, "Archive the course and verify that first, or say that it goes without one.")
        self._library.trash.put_in(course, self._clock())
        return going

    def put_back(self, course: CourseId) -> None:
        """Have a deleted course again. Raises `NotFound`."""
        self._library.trash.put_back(course)

    def trash(self) -> Sequence[Trashed]:
        """What can be put back."""
        return self._library.trash.courses()

    def purge(self, course: CourseId) -> None:
        """Let a course in the trash go for good, with its finished exports and what is known of them.

        Raises `NotFound`, `LibraryBusy`, `NoAccess`.
        """
        self._janitor.reconcile()  # what a killed process left on the shelf is known then
        self._library.trash.check_can_go(course)
        self._library.trash.purge(course, partial(self._clear_shelf, course))

    def _clear_shelf(self, course: CourseId) -> None:
        jobs = self._janitor.ledger.jobs([JobState.EXPORTED, JobState.MISSING], course)
        self._janitor.clear(job for job in jobs if not job.removing)

    def purge_due(self, watching_since: datetime | None = None) -> tuple[Sequence[Trashed], Sequence[Trashed]]:
        """Let go what was in the trash for long enough; what went, and what has one more day.

        See `Trashed.may_go` for `watching_since`. What cannot go now (something is imported, the shelf's disk is away)
        goes at a later look: they come hourly.
        """
        now = self._clock()
        if any(trashed.trashed_at > now for trashed in self.trash()):  # by a clock that was wrong
            self._library.trash.count_anew(now)
        gone = []
        for trashed in self.trash():
            if trashed.goes_at > now:
                continue
            if not trashed.may_go(watching_since):
                self._library.trash.give_last_day(trashed.info.id, now)
                continue
            with contextlib.suppress(LibraryBusy, NotFound, NoAccess):  # or another process was faster
                self.purge(trashed.info.id)
                gone.append(trashed)
        return gone, [trashed for trashed in self.trash() if trashed.is_last_day]


def _why(archive: ArchiveRecord) -> str:
    left_out = sum(gap.chosen for gap in archive.certificate.gaps)
    but = f" but what was left out by choice ({counted(left_out, 'thing')})" if left_out else ""
    return f"{archive.path.name} holds everything that was received{but}, and is whole."


def _why_not(archive: ArchiveRecord, changed_at: datetime) -> str:
    if archive.standing is None or not archive.is_proof:
        if archive.problem:
            return f"The archive {archive.path.name}: {archive.problem}"
        gaps = len(archive.certificate.open_gaps)
        if gaps:
            what = "a gap that nobody has" if gaps == 1 else f"{gaps:,} gaps that nobody has"
            return f"The archive {archive.path.name} has {what} accepted."
        if archive.pseudonymous:
            return f"The archive {archive.path.name} has pseudonyms only: the names would be gone with the course."
        return f"The archive {archive.path.name} was not verified."
    return f"The course has changed on {changed_at.date().isoformat()}, after its archive {archive.path.name} was made."
