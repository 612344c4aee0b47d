"""The tables of a course folder as values; `docs/course-folder.md` defines them. For course.json see `course_file`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from exportmanager.core.course import (
    Answer,
    AssessmentId,
    AssignmentId,
    Blueprint,
    Result,
    Role,
    State,
    Student,
    StudentId,
)
from exportmanager.core.errors import MalformedFile
from exportmanager.core.events import AccessEvent, AccessType, CoachLog
from exportmanager.formats.course_file import (
    AssignmentEntry,
    CourseFile,
    ModuleEntry,
    ParentEntry,
    checked_id,
    read_course,
)
from exportmanager.formats.course_rows import Dates, Row, read_values
from exportmanager.formats.json import read_json

__all__ = [
    "AssignmentEntry",
    "CourseFile",
    "Dates",
    "ModuleEntry",
    "ParentEntry",
    "Row",
    "access_event_of",
    "answer_of",
    "checked_id",
    "coach_log_of",
    "read_blueprints",
    "read_course",
    "read_values",
    "result_of",
    "student_of",
]

_T = TypeVar("_T")


def _word(row: Row, column: str, words: type[_T]) -> _T:
    text = row.text(column)
    try:
        return words(text)  # type: ignore[call-arg]
    except ValueError as error:
        known = ", ".join(word.value for word in words)  # type: ignore[attr-defined]
        raise ValueError(f"{column} is {text[:40]!r}; it can be {known}") from error


def _student(row: Row, column: str = "student") -> StudentId:
    return StudentId(row.id(column))


def _assignment(row: Row) -> AssignmentId:
    return AssignmentId(row.id("assignment"))


def student_of(row: Row, dates: Dates) -> Student:
    """A line of roster.csv."""
    student = Student(
        id=_student(row, "id"),
        role=_word(row, "role", Role),
        username=row.text("username"),
        email=row.text("email"),
        first_name=row.text("first_name"),
        last_name=row.text("last_name"),
        enrolled_on=row.day("enrolled_on", dates),
        last_active_at=row.moment("last_active_at", dates),
    )
    return _with_extra(student, row)


def result_of(row: Row, dates: Dates) -> Result:
    """A line of results.csv."""
    result = Result(
        student_id=_student(row),
        assignment_id=_assignment(row),
        state=_word(row, "state", State),
        started_at=row.moment("started_at", dates),
        completed_at=row.moment("completed_at", dates),
        time_spent_seconds=row.whole("time_spent_seconds"),
        grade=row.number("grade"),
        comments=row.text("comments"),
    )
    return _with_extra(result, row)


def answer_of(row: Row, dates: Dates) -> Answer:
    """A line of answers.csv."""
    attempt = row.whole("attempt")
    if attempt is None or not 1 <= attempt < 1 << 31:
        raise ValueError(f"attempt is {row.text('attempt')[:40]!r}, and not a number from 1 on")
    if not row.text("assessment"):
        raise ValueError("assessment is empty")
    answer = Answer(
        student_id=_student(row),
        assignment_id=_assignment(row),
        assessment_id=AssessmentId(row.text("assessment")),
        attempt=attempt,
        at=row.moment("at", dates),
        answer=row.text("answer"),
        points=row.number("points"),
        correct=row.boolean("correct"),
    )
    return _with_extra(answer, row)


def access_event_of(row: Row, dates: Dates) -> AccessEvent:
    """A line of access.csv."""
    event = AccessEvent(
        at=row.needed("at", dates),
        user_id=_student(row, "user"),
        type=_word(row, "type", AccessType),
        assignment_id=AssignmentId(row.text("assignment")) or None,
        role=row.text("role"),
        project_path=row.text("project_path"),
        ip=row.text("ip"),
    )
    return _with_extra(event, row)


def coach_log_of(row: Row, dates: Dates) -> CoachLog:
    """A line of coach-logs.csv."""
    log = CoachLog(
        at=row.needed("at", dates),
        user_id=_student(row, "user"),
        assignment_id=AssignmentId(row.text("assignment")) or None,
        assessment_id=AssessmentId(row.text("assessment")) or None,
        question=row.text("question"),
        context_guides=row.text("context_guides"),
        context_error=row.text("context_error"),
        context_files=row.text("context_files"),
        response=row.text("response"),
    )
    return _with_extra(log, row)


def _with_extra(value: _T, row: Row) -> _T:
    return replace(value, extra=row.unknown) if row.unknown else value  # type: ignore[type-var]


def read_blueprints(path: Path) -> list[Blueprint]:
    """blueprints.json. Raises `MalformedFile`. A file that is not there has none."""
    if not path.exists():
        return []
    items = read_json(path, path.name)
    if not isinstance(items, list):
        raise MalformedFile(path.name, 1, "it is not a list of blueprints.")
    blueprints = [_blueprint(item, number, path.name) for number, item in enumerate(items)]
    for name, count in Counter(blueprint.name for blueprint in blueprints).items():
        if count > 1:
            raise MalformedFile(path.name, 0, f"there are {count} blueprints called {name[:80]}.")
    return blueprints


def _blueprint(item: Any, position: int, file: str) -> Blueprint:
    match item:
        case {"name": str(name), "content": str(content)} if name.strip():
            layout = {key: value for key, value in item.items() if key not in {"name", "content"}}
            return Blueprint(name, content, layout, position)
    raise MalformedFile(file, 0, f"blueprint {position + 1} has no name or no content.")
