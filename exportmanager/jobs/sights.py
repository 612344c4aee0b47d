"""What the window shows, read in one go off its thread: a course with its ways out, and the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exportmanager.core.course import Blueprint, CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.export import ExportKind
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.options import FieldKind, fields_of
from exportmanager.core.overview import CourseOverview
from exportmanager.core.retention import Due
from exportmanager.program import Program

_CHOICES = {FieldKind.ASSIGNMENTS, FieldKind.STUDENTS, FieldKind.BLUEPRINTS}
_FINISHED = {JobState.EXPORTED, JobState.EXPIRED, JobState.REMOVED, JobState.MISSING}


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out of a course: `reason` says why it is not there (None where it is), `last` the newest job of it.

    `finished` is the newest one of everything that can be ticked that came to its end, whatever became of its file.
    """

    kind: ExportKind
    reason: str | None
    last: Job | None
    finished: Job | None = None


@dataclass(frozen=True, slots=True)
class CourseSight:
    """A course as its pages show it."""

    overview: CourseOverview
    offers: tuple[Offer, ...]
    blueprints: tuple[Blueprint, ...] = ()


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """A row of the shelf; `due` where it has a file there."""

    job: Job
    due: Due | None


def course_sight(program: Program, course: CourseId) -> CourseSight:
    """Read a course. Raises `NotFound`."""
    overview = program.library.overview(course)
    jobs = program.ledger.jobs(course=course)
    last = {job.kind: job for job in reversed(jobs)}
    finished = {job.kind: job for job in reversed(jobs) if job.state in _FINISHED and _is_of_all(program, job)}
    with program.library.course(course) as opened:
        reasons = {kind.id: kind.unavailable(opened) for kind in program.kinds.values()}
        blueprints = tuple(opened.blueprints())
    offers = tuple(
        Offer(kind, reasons[kind.id], last.get(kind.id), finished.get(kind.id)) for kind in program.kinds.values()
    )
    return CourseSight(overview, offers, blueprints)


def _is_of_all(program: Program, job: Job) -> bool:
    """Whether nobody was left out by ticks: what holds one assignment is no reason to think that all is out."""
    kind = program.kinds.get(job.kind)
    choices = (field.name for field in fields_of(kind.Options) if field.kind in _CHOICES) if kind else ()
    return kind is not None and all(job.options.get(name) is None for name in choices)


def shelf_items(program: Program, watching_since: datetime | None) -> Sequence[ShelfItem]:
    """Read the shelf, newest first."""
    return [_item(program, job, watching_since) for job in program.ledger.shelf()]


def past_exports(program: Program, course: CourseId, kind: str, watching_since: datetime | None) -> Sequence[ShelfItem]:
    """Every export of a kind from a course, newest first, also those whose file is gone."""
    return [_item(program, job, watching_since) for job in program.ledger.jobs(course=course) if job.kind == kind]


def _item(program: Program, job: Job, watching_since: datetime | None) -> ShelfItem:
    is_there = job.state is JobState.EXPORTED
    return ShelfItem(job, program.janitor.due(job, watching_since) if is_there else None)


def file_on_shelf(program: Program, job: Job) -> Path:
    """Where the file of an exported job is. Raises `NotFound` where somebody took it away by hand."""
    assert job.file is not None, "it is on the shelf"
    path = program.shelf.path_of(job.file)
    if not path.is_file():
        raise NotFound(f"{job.file.name} is not on the shelf any more.", "Run the export again to make it anew.")
    return path
