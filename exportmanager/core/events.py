"""Events as exports ask for them, and in the shapes in which millions of them come and go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exportmanager.core.course import AssessmentId, AssignmentId, Extra, StudentId


class AccessType(StrEnum):
    """What an access event records."""

    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    PROJECT_OPEN = "project_open"
    PROJECT_CLOSE = "project_close"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent:
    """Somebody logged in or out, or opened or closed a project."""

    at: datetime
    user_id: StudentId
    type: AccessType
    assignment_id: AssignmentId | None = None
    role: str = ""
    project_path: str = ""
    ip: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachLog:
    """A question to the AI coach, what it was told, and what it said."""

    at: datetime
    user_id: StudentId
    assignment_id: AssignmentId | None = None
    assessment_id: AssessmentId | None = None
    question: str = ""
    context_guides: str = ""
    context_error: str = ""
    context_files: str = ""
    response: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: from `since` on and before `until`, of these people, types and assignments; None means all."""

    since: datetime | None = None
    until: datetime | None = None
    people: frozenset[StudentId] | None = None
    types: frozenset[AccessType] | None = None
    assignments: frozenset[AssignmentId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How many events there are, and when the first and the last of them happened (None where there are none)."""

    rows: int = 0
    first: datetime | None = None
    last: datetime | None = None


AccessRow = tuple[datetime, StudentId, str, AssignmentId | None, str, str, str, Extra]
"""An access event as a plain tuple: when, who, its type, assignment, role, project path, IP address and what more."""

AccessLine = tuple[str, StudentId, str]
"""An access event as it is read: when, who, and what, as text: to make values of millions would take too long.

The time is in UTC, of 26 characters, such as ``2026-03-02 14:05:00.000000``. What happened is one of a few texts that
come again and again; `told_in` reads it.
"""


def told_in(what: str) -> tuple[str, AssignmentId | None, str, str, str, Extra]:
    """What the text of an `AccessLine` (a list in JSON) tells: type, assignment, role, path, IP address, what more."""
    *told, extra = json.loads(what)
    return (*told, {} if extra == "{}" else json.loads(extra))
