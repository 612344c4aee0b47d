"""Rows of the platform's tables as neutral values: whom and which assignment they mean is matched by others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from exportmanager.core.course import Extra
from exportmanager.core.events import AccessType


@dataclass(frozen=True, slots=True)
class Person:
    """What a row says of who it is; "" for what it does not say."""

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    email: str = ""
    user_id: str = ""
    hashed_id: str = ""
    lti_id: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCell:
    """What a row says of one assessment: the `number`-th of that name in the table (from 1); None for nothing said.

    `attempts` counts submissions; `earned` and `possible` are points; `extra` is the text of what could not be read.
    """

    assessment_name: str
    number: int = 1
    correct: bool | None = None
    answer: str = ""
    attempts: int | None = None
    earned: float | None = None
    possible: float | None = None
    extra: Extra = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        """Whether somebody answered: nobody did where there is no text, no attempt, no point and nothing right."""
        return bool(self.answer or self.attempts or self.earned or self.correct or self.extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row: the line it begins in, and the person it is about, the `who`-th that its table names (from 0).

    `who` counts distinct persons as they come, as `Survey.persons` does; it is -1, and `person` empty, where the row
    names nobody. `extra` holds the columns that are not known, and the text of cells that could not be read.
    """

    line: int
    who: int
    person: Person
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow(TableRow):
    """A row of an assignment's "Download CSV" (documented columns of "Export Assignment Data").

    Grades are in percent; `completed_at` is the last of all completions; `assignment_name` is there only in tables
    about several assignments.
    """

    assignment_name: str = ""
    right: int | None = None
    wrong: int | None = None
    answered: int | None = None
    points: float | None = None
    max_points: float | None = None
    total_points: float | None = None
    time_spent_seconds: int | None = None
    grade: float | None = None
    comments: str = ""
    teacher_grade: float | None = None
    assessments_grade: float | None = None
    script_grade: float | None = None
    grade_override: float | None = None
    extra_credit: float | None = None
    started_at: datetime | None = None
    completed: bool | None = None
    completed_at: datetime | None = None
    behavioral_insights: int | None = None
    answers: tuple[AnswerCell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow(TableRow):
    """A row of "Assessment Data": somebody's answers in one assignment, `earned` of `possible` points in all."""

    assignment_name: str = ""
    earned: float | None = None
    possible: float | None = None
    time_spent_seconds: int | None = None
    answers: tuple[AnswerCell, ...] = ()


AccessRow = tuple[int, datetime, AccessType, str, str, str, str, Extra]
"""Who (as in `TableRow`), when, what, the assignment's name, role, project path, IP address, and unknown columns.

A plain tuple: there are a million of them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachRow(TableRow):
    """A row of "Course Coach Logs". `at` is None where the time is missing or cannot be read (it is in `extra`)."""

    at: datetime | None = None
    assignment_name: str = ""
    assessment_id: str = ""
    question: str = ""
    context_guides: str = ""
    context_error: str = ""
    context_files: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow(TableRow):
    """Somebody in a list of people."""

    enrolled_on: date | None = None
    last_active_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LtiRow:
    """An assignment's LTI addresses; `constant_url` is the one without the course's id ("LTI Constant URLs")."""

    line: int
    assignment_id: str = ""
    assignment_name: str = ""
    url: str = ""
    constant_url: str = ""
    extra: Extra = field(default_factory=dict)
