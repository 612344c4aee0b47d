"""The files of a course folder as values; `docs/course-folder.md` defines them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from exportmanager.core.course import (
    AccessEvent,
    AccessType,
    Answer,
    AssessmentId,
    AssignmentId,
    AssignmentKind,
    Blueprint,
    CoachLog,
    Result,
    Role,
    State,
    Student,
    StudentId,
)
from exportmanager.core.errors import MalformedFile
from exportmanager.core.names import portable_part
from exportmanager.formats.csv import read_rows
from exportmanager.formats.json import read_json

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_T = TypeVar("_T")


def checked_id(text: str) -> str:
    """`text`, if it is an id. Raises `ValueError` with a sentence."""
    if not _ID.fullmatch(text) or text.endswith(".") or portable_part(text)[1]:
        raise ValueError(f"{text[:80]!r} is not an id: 1 to 64 of A-Z a-z 0-9 . _ - that every system can hold")
    return text


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    @field_validator("id", check_fields=False)
    @classmethod
    def _is_id(cls, value: str) -> str:
        return checked_id(value)

    @property
    def unknown(self) -> dict[str, Any]:
        """The keys that this format has no name for."""
        return dict(self.model_extra or {})


class AssignmentEntry(_Part):
    """An assignment in course.json."""

    id: str
    title: str
    kind: AssignmentKind = AssignmentKind.PROJECT
    points: float | None = None
    due_at: str | None = None
    lti_url: str = ""
    lti_constant_url: str = ""
    stack: str = ""
    version: int | None = Field(default=None, ge=0)
    published_at: str | None = None


class ModuleEntry(_Part):
    """A module in course.json."""

    id: str
    title: str
    assignments: tuple[AssignmentEntry, ...] = ()


class ParentEntry(_Part):
    """The parent in course.json."""

    title: str
    licensed_master: bool = False


class CourseFile(_Part):
    """course.json."""

    format: Literal["exportmanager-course"]
    version: Literal[1]
    id: str
    title: str
    taken_on: date
    code: str = ""
    term: str = ""
    description: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    time_zone: str = "UTC"
    dates: Literal["fixed", "floating"] = "fixed"
    has_children: bool = False
    child_of: ParentEntry | None = None
    licensed_master: bool = False
    lti_enabled: bool = False
    counts: dict[str, int] = Field(default_factory=dict)
    modules: tuple[ModuleEntry, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is not a time zone") from error
        return value


def read_course(path: Path) -> CourseFile:
    """course.json. Raises `MalformedFile`."""
    name = path.name
    data = read_json(path, name)
    try:
        course = CourseFile.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = " > ".join(str(part + 1 if isinstance(part, int) else part) for part in fault["loc"])
        raise MalformedFile(name, 0, f"{place}: {fault['msg'].removeprefix('Value error, ')}.") from error
    seen: set[str] = set()
    for module in course.modules:
        for entry in (module, *module.assignments):
            key = f"{type(entry).__name__} {entry.id.lower()}"
            if key in seen:
                raise MalformedFile(name, 0, f"the id {entry.id} stands there twice.")
            seen.add(key)
    return course


@dataclass(frozen=True)
class Dates:
    """Reads days and times: without a zone in the course's, and moved by `shift` days."""

    zone: ZoneInfo
    shift: int = 0

    def day(self, text: str | None) -> date | None:
        """A day; None for nothing. Raises `ValueError`."""
        return self.moved(date.fromisoformat(text)) if text else None

    def moved(self, day: date) -> date:
        """A day, moved."""
        return day + timedelta(days=self.shift)

    def moment(self, text: str | None) -> datetime | None:
        """A time, or the start of a day; None for nothing. Raises `ValueError`."""
        if not text:
            return None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        if not self.shift:
            return moment
        # by the clock on the wall, so that a lesson at eight stays at eight when summer time begins in between
        local = moment.astimezone(self.zone)
        return (local.replace(tzinfo=None) + timedelta(days=self.shift)).replace(tzinfo=self.zone)

    def needed(self, text: str) -> datetime:
        """A time that must be there. Raises `ValueError`."""
        moment = self.moment(text)
        if moment is None:
            raise ValueError("the time is missing")
        return moment


@dataclass
class Row:
    """A row of a CSV file on its way to a value: every column that is asked for is known, the rest is kept."""

    cells: dict[str, str]
    taken: set[str] = field(default_factory=set)

    def text(self, column: str) -> str:
        """A cell; "" where it is missing."""
        self.taken.add(column)
        return self.cells.get(column, "")

    def number(self, column: str) -> float | None:
        """A cell as a number."""
        return self._as(column, float)

    def whole(self, column: str) -> int | None:
        """A cell as a whole number."""
        return self._as(column, int)

    def boolean(self, column: str) -> bool | None:
        """A cell as yes or no."""
        words = {"true": True, "false": False}
        return self._as(column, lambda text: words[text.lower()])

    def _as(self, column: str, convert: Callable[[str], _T]) -> _T | None:
        text = self.text(column).strip()
        if not text:
            return None
        try:
            value = convert(text)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{column} is {text[:40]!r}") from error
        if isinstance(value, float) and not abs(value) < 1e15:
            raise ValueError(f"{column} is {text[:40]!r}")
        return value

    @property
    def unknown(self) -> dict[str, str]:
        """The columns that nobody asked for."""
        return {column: text for column, text in self.cells.items() if column not in self.taken and text}


def read_values(path: Path, required: tuple[str, ...], make: Callable[[Row], _T]) -> Iterator[tuple[int, _T]]:
    """Each row of a CSV file as a value, with its line. Raises `MalformedFile`. A file that is not there has no rows."""
    if not path.exists():
        return
    for line, cells in read_rows(path, path.name, required):
        try:
            yield line, make(Row(cells))
        except ValueError as error:
            raise MalformedFile(path.name, line, f"{error}.") from error


def _word(row: Row, column: str, words: type[_T]) -> _T:
    text = row.text(column)
    try:
        return words(text)  # type: ignore[call-arg]
    except ValueError as error:
        known = ", ".join(word.value for word in words)  # type: ignore[attr-defined]
        raise ValueError(f"{column} is {text[:40]!r}; it can be {known}") from error


def _student(row: Row, column: str = "student") -> StudentId:
    return StudentId(checked_id(row.text(column)))


def _assignment(row: Row) -> AssignmentId:
    return AssignmentId(checked_id(row.text("assignment")))


def student_of(row: Row, dates: Dates) -> Student:
    """A line of roster.csv."""
    student = Student(
        id=_student(row, "id"),
        role=_word(row, "role", Role),
        username=row.text("username"),
        email=row.text("email"),
        first_name=row.text("first_name"),
        last_name=row.text("last_name"),
        enrolled_on=dates.day(row.text("enrolled_on")),
        last_active_at=dates.moment(row.text("last_active_at")),
    )
    return _with_extra(student, row)


def result_of(row: Row, dates: Dates) -> Result:
    """A line of results.csv."""
    result = Result(
        student_id=_student(row),
        assignment_id=_assignment(row),
        state=_word(row, "state", State),
        started_at=dates.moment(row.text("started_at")),
        completed_at=dates.moment(row.text("completed_at")),
        time_spent_seconds=row.whole("time_spent_seconds"),
        grade=row.number("grade"),
        comments=row.text("comments"),
    )
    return _with_extra(result, row)


def answer_of(row: Row, dates: Dates) -> Answer:
    """A line of answers.csv."""
    attempt = row.whole("attempt")
    if attempt is None or not 1 <= attempt < 1 << 31:
        raise ValueError("attempt is not a number from 1 on")
    answer = Answer(
        student_id=_student(row),
        assignment_id=_assignment(row),
        assessment_id=AssessmentId(row.text("assessment")),
        attempt=attempt,
        at=dates.moment(row.text("at")),
        answer=row.text("answer"),
        points=row.number("points"),
        correct=row.boolean("correct"),
    )
    return _with_extra(answer, row)


def access_event_of(row: Row, dates: Dates) -> AccessEvent:
    """A line of access.csv."""
    event = AccessEvent(
        at=dates.needed(row.text("at")),
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
        at=dates.needed(row.text("at")),
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
    from dataclasses import replace

    return replace(value, extra=row.unknown) if row.unknown else value  # type: ignore[type-var]


def read_blueprints(path: Path) -> list[Blueprint]:
    """blueprints.json. Raises `MalformedFile`. A file that is not there has none."""
    if not path.exists():
        return []
    items = read_json(path, path.name)
    if not isinstance(items, list):
        raise MalformedFile(path.name, 1, "it is not a list of blueprints.")
    blueprints = []
    for number, item in enumerate(items, 1):
        match item:
            case {"name": str(name), "content": str(content), **layout} if name:
                blueprints.append(Blueprint(name, content, layout, number - 1))
            case _:
                raise MalformedFile(path.name, 0, f"blueprint {number} has no name or no content.")
    names = [blueprint.name for blueprint in blueprints]
    if twice := [name for name in names if names.count(name) > 1]:
        raise MalformedFile(path.name, 0, f"the name {twice[0]} stands there twice.")
    return blueprints
