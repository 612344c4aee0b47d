"""The library's tables, typed. Rows stay inside this package; values go out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, PrimaryKeyConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from exportmanager.library.base import Table, course_key, in_course
from exportmanager.library.tables_jobs import Jobs, Settings
from exportmanager.library.tables_kept import Archives, Packages, Projects

__all__ = [
    "AccessEvents",
    "Answers",
    "Archives",
    "Assessments",
    "Assignments",
    "Blueprints",
    "CoachLogs",
    "CourseSettingsRows",
    "Courses",
    "Imports",
    "Jobs",
    "Modules",
    "Packages",
    "Projects",
    "PublishedVersions",
    "Results",
    "Settings",
    "Students",
    "TeacherNotes",
    "Workspaces",
]


class Courses(Table):
    """Courses; `dates_shift_days` is by how much floating dates were moved when the course first came in.

    `trashed_at` is when a course was deleted: it can be put back until it is purged.
    """

    __tablename__ = "courses"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    code: Mapped[str]
    term: Mapped[str]
    description: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    time_zone: Mapped[str]
    taken_on: Mapped[date]
    has_children: Mapped[bool]
    parent_title: Mapped[str | None]
    parent_is_licensed_master: Mapped[bool]
    licensed_master: Mapped[bool]
    lti_enabled: Mapped[bool]
    extra: Mapped[dict[str, Any]]
    dates_shift_days: Mapped[int]
    trashed_at: Mapped[datetime | None]


class CourseSettingsRows(Table):
    """What the teacher decided for a course; imports leave it alone. The last three: see `core.old_access.Rule`."""

    __tablename__ = "course_settings"
    course_id: Mapped[str] = course_key()
    include_inactive: Mapped[bool]
    retention_months: Mapped[int | None]
    keep_everything: Mapped[bool] = mapped_column(server_default=false())
    remove_old_access: Mapped[bool] = mapped_column(server_default=false())
    access_warned_at: Mapped[datetime | None]
    access_goes_before: Mapped[date | None]
    access_gone_before: Mapped[date | None]


class Imports(Table):
    """Each import of a course, with its report; `gaps` counts those in it, and stands before what may be long."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    source: Mapped[str]
    at: Mapped[datetime]
    gaps: Mapped[int]
    report: Mapped[str]


class Modules(Table):
    """Parts of a course."""

    __tablename__ = "modules"
    course_id: Mapped[str] = course_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    position: Mapped[int]
    extra: Mapped[dict[str, Any]]


class Assignments(Table):
    """Assignments."""

    __tablename__ = "assignments"
    course_id: Mapped[str] = course_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    module_id: Mapped[str]
    title: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    points: Mapped[float | None]
    due_at: Mapped[datetime | None]
    lti_url: Mapped[str]
    lti_constant_url: Mapped[str]
    stack: Mapped[str]
    version: Mapped[int | None]
    published_at: Mapped[datetime | None]
    extra: Mapped[dict[str, Any]]
    __table_args__ = (in_course("module_id", target="modules"),)


class Students(Table):
    """Everybody in the course."""

    __tablename__ = "students"
    course_id: Mapped[str] = course_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    username: Mapped[str]
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    enrolled_on: Mapped[date | None]
    last_active_at: Mapped[datetime | None]
    on_roster: Mapped[bool]
    position: Mapped[int]
    extra: Mapped[dict[str, Any]]


class Assessments(Table):
    """Questions."""

    __tablename__ = "assessments"
    course_id: Mapped[str] = course_key()
    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    points: Mapped[float | None]
    position: Mapped[int]
    definition: Mapped[dict[str, Any]]
    __table_args__ = (in_course("assignment_id", target="assignments"),)


def _of_a_student() -> tuple[ForeignKeyConstraint, ...]:
    """What rows refer to that are a student's, in an assignment."""
    return in_course("assignment_id", target="assignments"), in_course("student_id", target="students")


class Results(Table):
    """How students stand in assignments."""

    __tablename__ = "results"
    course_id: Mapped[str] = course_key()
    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    time_spent_seconds: Mapped[int | None]
    grade: Mapped[float | None]
    comments: Mapped[str]
    extra: Mapped[dict[str, Any]]
    __table_args__ = _of_a_student()


class Answers(Table):
    """Attempts at assessments. The assessment itself may be unknown: answers outlive the guide they were given in."""

    __tablename__ = "answers"
    course_id: Mapped[str] = course_key()
    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    assessment_id: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime | None]
    answer: Mapped[str]
    points: Mapped[float | None]
    correct: Mapped[bool | None]
    extra: Mapped[dict[str, Any]]
    __table_args__ = _of_a_student()


def _event_key() -> PrimaryKeyConstraint:
    """Whose and when come first, for events come in by time, and are asked for by person."""
    return PrimaryKeyConstraint("course_id", "user_id", "at", "digest", "occurrence")


class AccessEvents(Table):
    """Logins and opened projects.

    `digest` is a hash of what happened (`events.digest_of`), `occurrence` tells equal events apart (from 1).
    """

    __tablename__ = "access_events"
    course_id: Mapped[str] = course_key()
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    occurrence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    assignment_id: Mapped[str | None]
    role: Mapped[str]
    project_path: Mapped[str]
    ip: Mapped[str]
    extra: Mapped[dict[str, Any]]
    __table_args__ = (
        _event_key(),
        in_course("user_id", target="students"),
        {"sqlite_with_rowid": False},  # the rows are short, and lie in the order of the key
    )


class CoachLogs(Table):
    """Questions to the coach; told apart like access events."""

    __tablename__ = "coach_logs"
    course_id: Mapped[str] = course_key()
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    occurrence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    assignment_id: Mapped[str | None]
    assessment_id: Mapped[str | None]
    question: Mapped[str]
    context_guides: Mapped[str]
    context_error: Mapped[str]
    context_files: Mapped[str]
    response: Mapped[str]
    extra: Mapped[dict[str, Any]]
    __table_args__ = (
        _event_key(),
        in_course("user_id", target="students"),
    )


class Blueprints(Table):
    """Page templates."""

    __tablename__ = "blueprints"
    course_id: Mapped[str] = course_key()
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    layout: Mapped[dict[str, Any]]
    position: Mapped[int]


class Workspaces(Table):
    """Each version of each student's workspace; the one with the highest number is current."""

    __tablename__ = "workspaces"
    course_id: Mapped[str] = course_key()
    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    package: Mapped[str] = mapped_column(ForeignKey("packages.sha256"), index=True)
    imported_at: Mapped[datetime]
    gaps: Mapped[list[Any]]
    __table_args__ = _of_a_student()


class PublishedVersions(Table):
    """Each version of each assignment's published project that came in; `number` counts those that differ."""

    __tablename__ = "published_versions"
    course_id: Mapped[str] = course_key()
    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    published_at: Mapped[datetime | None]
    package: Mapped[str] = mapped_column(ForeignKey("packages.sha256"), index=True)
    imported_at: Mapped[datetime]
    gaps: Mapped[list[Any]]
    __table_args__ = (in_course("assignment_id", target="assignments"),)


class TeacherNotes(Table):
    """What a teacher wrote down about a student's work on an assignment."""

    __tablename__ = "teacher_notes"
    course_id: Mapped[str] = course_key()
    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    student_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = _of_a_student()
