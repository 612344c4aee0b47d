"""course.json as values: what `docs/course-folder.md` says of it, and what an id is."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from exportmanager.core.course import AssignmentKind
from exportmanager.core.errors import MalformedFile
from exportmanager.core.names import portable_part
from exportmanager.formats.json import read_json

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
YEARS = range(1900, 2200)
"""Days and times outside are mistakes. Inside, they can be moved and turned into any zone and stay in the calendar."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def checked_id(text: str) -> str:
    """`text`, if it is an id. Raises `ValueError` with a sentence."""
    if not _ID.fullmatch(text) or text.endswith(".") or portable_part(text)[1]:
        raise ValueError(f"{text[:80]!r} is not an id: 1 to 64 of A-Z a-z 0-9 . _ - that every system can hold")
    return text


def checked_day(text: object) -> date:
    """A day such as ``2026-03-02``. Raises `ValueError` with a sentence."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(f"{str(text)[:40]!r} is not a day such as 2026-03-02")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:  # the 30th of February
        raise ValueError(f"{text!r} is not a day") from error
    if day.year not in YEARS:
        raise ValueError(f"{text!r} is beyond the calendar of this program, {YEARS[0]} to {YEARS[-1]}")
    return day


def _checked_id(value: object) -> object:
    return checked_id(value) if isinstance(value, str) else value


def _number(value: object) -> object:
    if isinstance(value, (bool, str)):
        raise ValueError(f"{str(value)[:40]!r} is not a number")
    return value


_Id = Annotated[str, BeforeValidator(_checked_id)]
_Day = Annotated[date, BeforeValidator(checked_day)]
_Number = BeforeValidator(_number)


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_known(cls, data: Any) -> Any:
        """The same as a key that is not there; keys that this format has no name for keep their null."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}

    @property
    def unknown(self) -> dict[str, Any]:
        """The keys that this format has no name for."""
        return dict(self.model_extra or {})


class AssignmentEntry(_Part):
    """An assignment in course.json."""

    id: _Id
    title: str
    kind: AssignmentKind = AssignmentKind.PROJECT
    points: Annotated[float, _Number] | None = None
    due_at: str | None = None
    lti_url: str = ""
    lti_constant_url: str = ""
    stack: str = ""
    version: Annotated[int, _Number, Field(ge=0)] | None = None
    published_at: str | None = None


class ModuleEntry(_Part):
    """A module in course.json."""

    id: _Id
    title: str
    assignments: tuple[AssignmentEntry, ...] = ()


class ParentEntry(_Part):
    """The parent in course.json."""

    title: str
    licensed_master: StrictBool = False


class CourseFile(_Part):
    """course.json."""

    format: Literal["exportmanager-course"]
    version: Literal[1]
    id: _Id
    title: str
    taken_on: _Day
    code: str = ""
    term: str = ""
    description: str = ""
    starts_on: _Day | None = None
    ends_on: _Day | None = None
    time_zone: str = "UTC"
    dates: Literal["fixed", "floating"] = "fixed"
    has_children: StrictBool = False
    child_of: ParentEntry | None = None
    licensed_master: StrictBool = False
    lti_enabled: StrictBool = False
    counts: dict[str, Annotated[int, _Number, Field(ge=0)]] = Field(default_factory=dict)
    modules: tuple[ModuleEntry, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value[:80]!r} is not a time zone such as Europe/Berlin") from error
        return value

    @field_validator("counts", mode="before")
    @classmethod
    def _known_counts(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {thing: number for thing, number in value.items() if number is not None}


def read_course(path: Path) -> CourseFile:
    """course.json. Raises `MalformedFile`."""
    name = path.name
    try:
        course = CourseFile.model_validate(read_json(path, name))
    except ValidationError as error:
        raise MalformedFile(name, 0, _sentence(error)) from error
    modules: set[str] = set()
    assignments: set[str] = set()
    for module in course.modules:
        _note(module.id, modules, name)
        for assignment in module.assignments:
            _note(assignment.id, assignments, name)
    return course


def _sentence(error: ValidationError) -> str:
    """The first fault, with its place: lists are counted from 1."""
    fault = error.errors(include_url=False)[0]
    if not fault["loc"]:
        return "it holds no JSON object."
    place = " > ".join(str(part + 1 if isinstance(part, int) else part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"{place} is missing."
    return f"{place}: {fault['msg'].removeprefix('Value error, ')}."


def _note(id_: str, seen: set[str], name: str) -> None:
    if id_.lower() in seen:
        raise MalformedFile(name, 0, f"the id {id_} is used twice.")
    seen.add(id_.lower())
