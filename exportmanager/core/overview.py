"""What a person looks at before exporting: a course in numbers, and all of one student."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from exportmanager.core.course import Answer, Assignment, CourseInfo, Result, Student, Workspace
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.events import AccessEvent, CoachLog
from exportmanager.core.report import Gap, ImportReport


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentOverview:
    """An assignment in numbers of students; teachers are not counted. `module` is the module's title.

    `started` includes those who completed it, `answered` are those with at least one answer, `average_grade` is in
    percent and of those who have a grade. `gaps` are those of the last import.
    """

    assignment: Assignment
    module: str
    started: int
    completed: int
    answered: int
    workspaces: int
    gaps: int
    average_grade: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentOverview:
    """Somebody in the course, teachers too, in numbers of assignments; `answers` counts each attempt.

    `inactive_days` is None for whoever was active enough (`retention.inactive_days`); `started` includes what was
    completed; `gaps` are those of the last import.
    """

    student: Student
    inactive_days: int | None
    last_active_on: date | None
    started: int
    completed: int
    answers: int
    workspaces: int
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOverview:
    """A course in numbers, with its assignments in their order and everybody in it in the order of the roster.

    `source` is the id of the source of the last import, "" where there was none. `files` and `bytes` (unpacked) are
    those of the current `workspaces`.
    """

    info: CourseInfo
    settings: CourseSettings
    source: str
    imported_at: datetime | None
    report: ImportReport | None
    assignments: tuple[AssignmentOverview, ...]
    students: tuple[StudentOverview, ...]
    answers: int
    access_events: int
    coach_logs: int
    blueprints: int
    workspaces: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a student did in one assignment. `workspace` is the current one of `versions`; gaps of the last import."""

    assignment: Assignment
    module: str
    result: Result | None
    workspace: Workspace | None
    versions: int
    answers: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """An attempt, with the titles of what it was given in; its id where the assessment is not known any more."""

    answer: Answer
    assignment: str
    assessment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRecord:
    """All of one student: `work` has each assignment in its order, whether or not something was done in it.

    `answers` stand by assignment, assessment and attempt, `access` and `coach` newest first.
    """

    student: Student
    info: CourseInfo
    inactive_days: int | None
    work: tuple[Work, ...]
    answers: tuple[AnswerLine, ...]
    access: tuple[AccessEvent, ...]
    coach: tuple[CoachLog, ...]
