"""The list in a zip of course sources that this program wrote, as values; `docs/course-sources.md` defines it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from exportmanager.core.course import AssignmentKind
from exportmanager.core.errors import MalformedFile
from exportmanager.formats.course_file import checked_day, checked_id
from exportmanager.formats.json import parse_json
from exportmanager.formats.moments import iso_moment

LIST = "course-sources.json"
"""What the list is called in its zip."""
FORMAT = "exportmanager-course-sources"
VERSION = 1
SUFFIX = ".tar.zst"
_VERSION_LIMIT = 1 << 31
_MOST_GAPS = 1_000


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:40]!r} is not a time such as 2026-03-02T13:05:00Z")
    return iso_moment(value, UTC)


def _checked_id(value: object) -> object:
    return checked_id(value) if isinstance(value, str) else value


_Id = Annotated[str, BeforeValidator(_checked_id)]
_Day = Annotated[date, BeforeValidator(checked_day)]


class _Part(BaseModel):
    """A part of the list. What a later version may add to it is not taken for a mistake."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ListedGap(_Part):
    """Something that a project lacked when it came into the library."""

    what: str
    why: str


class ListedCourse(_Part):
    """The course."""

    id: _Id
    title: str
    taken_on: _Day
    code: str = ""
    term: str = ""
    description: str = ""
    starts_on: _Day | None = None
    ends_on: _Day | None = None
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value[:80]!r} is not a time zone such as Europe/Berlin") from error
        return value


class ListedModule(_Part):
    """A module of it that has any of the assignments."""

    id: _Id
    title: str


class ListedAssignment(_Part):
    """An assignment, and the `file` that holds its published project; None where there is none."""

    id: _Id
    module: str
    title: str
    kind: Annotated[AssignmentKind, Field(strict=False)] = AssignmentKind.PROJECT
    stack: str = ""
    version: Annotated[int, Field(ge=0, lt=_VERSION_LIMIT)] | None = None
    published_at: Annotated[datetime, BeforeValidator(_moment)] | None = None
    file: str | None = None
    gaps: Annotated[tuple[ListedGap, ...], Field(strict=False, max_length=_MOST_GAPS)] = ()


class CourseSources(_Part):
    """The list, whole: assignments in the order of the course."""

    format: Literal["exportmanager-course-sources"]
    version: Literal[1]
    course: ListedCourse
    modules: Annotated[tuple[ListedModule, ...], Field(strict=False)]
    assignments: Annotated[tuple[ListedAssignment, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _fits_together(self) -> CourseSources:
        _refuse_twice("id", (module.id.lower() for module in self.modules))
        _refuse_twice("id", (assignment.id.lower() for assignment in self.assignments))
        _refuse_twice("file", (assignment.file for assignment in self.assignments if assignment.file))
        modules = {module.id for module in self.modules}
        for assignment in self.assignments:
            if assignment.module not in modules:
                raise ValueError(f"there is no module {assignment.module[:80]!r}")
        return self


def _refuse_twice(what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} {value[:80]} is used twice")
        seen.add(value)


def read_course_sources(data: bytes) -> CourseSources:
    """The list. Raises `MalformedFile`."""
    told: Any = parse_json(data, LIST)
    try:
        return CourseSources.model_validate(told)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = " > ".join(str(part) for part in fault["loc"]) or "it"
        raise MalformedFile(LIST, 0, f"{place}: {fault['msg'].removeprefix('Value error, ')}.") from error
