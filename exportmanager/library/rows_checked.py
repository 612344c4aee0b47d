"""Checks rows that come from an archive: nothing goes into a table that the program itself would not have written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, LargeBinary, String

from exportmanager.core.course import AssignmentKind, CourseId, Role, State
from exportmanager.core.errors import MalformedFile
from exportmanager.core.report import Gap, ImportReport
from exportmanager.formats.course_file import checked_id
from exportmanager.formats.json import parse_json
from exportmanager.library.rows import columns_of, row_from, table_called
from exportmanager.library.types import Json, UtcDateTime

_NEXT_STEP = "Use another copy of the archive."
_CHOICES: Mapping[tuple[str, str], type[Enum]] = {
    ("students", "role"): Role,
    ("assignments", "kind"): AssignmentKind,
    ("results", "state"): State,
}
_IDS = {"course_id", "assignment_id", "student_id", "user_id"}
_HAVE_IDS = {"courses", "assignments", "students"}
_NO_IDS = {("access_events", "assignment_id"), ("coach_logs", "assignment_id")}
"""What only names something, which need not be here."""
_LISTS = {"gaps"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
_LARGEST = 2**63
_GAPS = TypeAdapter(tuple[Gap, ...])

_Check = Callable[[Any], object]
"""Raises `ValueError` or `TypeError` for what is no value of a column."""


def rows_from(table: str, lines: Iterable[str], course: CourseId, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a course on the lines of a file that is called `name`, each with all columns of its table.

    What an older archive does not have is empty. Raises `MalformedFile`.
    """
    whose = "id" if table == "courses" else "course_id"
    for number, line in enumerate(lines, 1):
        try:
            found = row_from(table, line, name)
            row = {column: found.get(column, default) for column, default, _ in _columns(table)}
            for column, _, check in _columns(table):
                check(row[column])
            if row[whose] != course:
                raise ValueError("it is of another course")
        except (ValueError, TypeError, OverflowError, MalformedFile) as error:
            raise MalformedFile(name, number, "this is no row that the program wrote.", _NEXT_STEP) from error
        yield row


@lru_cache
def _columns(table: str) -> list[tuple[str, Any, _Check]]:
    """The columns of a table, what is in them where an archive says nothing, and what checks a value."""
    of, names = table_called(table), columns_of(table)
    return [(name, _default(of.columns[name]), _check_of(table, of.columns[name])) for name in names]


def _default(column: Column[Any]) -> Any:
    kind = column.type
    if column.nullable:
        return None
    if isinstance(kind, Json):
        return "[]" if column.name in _LISTS else "{}"
    return 0 if isinstance(kind, Integer | Float | Boolean) else ""


def _check_of(table: str, column: Column[Any]) -> _Check:
    """What checks a value of a column."""
    check = _kind_of(table, column)
    if not column.nullable:
        return check
    return lambda value: value is None or check(value)


def _kind_of(table: str, column: Column[Any]) -> _Check:
    name, kind = column.name, column.type
    if choice := _CHOICES.get((table, name)):
        return choice
    if (table, name) == ("imports", "report"):
        return ImportReport.model_validate_json
    if (name in _IDS and (table, name) not in _NO_IDS) or (name == "id" and table in _HAVE_IDS):
        return lru_cache(1 << 14)(_id)
    for known, check in _KINDS:
        if isinstance(kind, known):
            return _json_list if check is _json and name in _LISTS else check
    raise AssertionError(f"no values of {table}.{name} are known")


def _id(value: Any) -> None:
    checked_id(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("it is no text")
    return value


def _number(value: Any) -> None:
    if not isinstance(value, int) or not -_LARGEST <= value < _LARGEST:
        raise ValueError("it is no number")


def _measure(value: Any) -> None:
    if not isinstance(value, int | float):
        raise TypeError("it is no number")


def _truth(value: Any) -> None:
    if value not in (0, 1) or not isinstance(value, int):
        raise ValueError("it is neither yes nor no")


def _bytes(value: Any) -> None:
    if not isinstance(value, bytes):
        raise TypeError("these are no bytes")


def _day(value: Any) -> None:
    if date.fromisoformat(_text(value)).isoformat() != value:
        raise ValueError("it is no day")


def _moment(value: Any) -> None:
    if not _MOMENT.fullmatch(_text(value)):
        raise ValueError("it is no moment")
    datetime.fromisoformat(value)


def _json(value: Any) -> None:
    if value != "{}" and not isinstance(parse_json(_text(value).encode(), ""), dict):
        raise ValueError("it is no object")


def _json_list(value: Any) -> None:
    if value != "[]":
        _GAPS.validate_python(parse_json(_text(value).encode(), ""))


_KINDS: tuple[tuple[Any, _Check], ...] = (
    (UtcDateTime, _moment),
    (Json, _json),
    (Boolean, _truth),
    (Date, _day),
    (Integer | BigInteger, _number),
    (Float, _measure),
    (LargeBinary, _bytes),
    (String, _text),
)
