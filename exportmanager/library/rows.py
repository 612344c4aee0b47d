"""All rows of a course as lines of JSON, as they stand in the database: for an archive, and back.

Nothing is made of them on the way (a moment stays the text that it is), so that what is taken in again is equal.
Bytes are written in hex.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, LargeBinary
from sqlalchemy import Table as CoreTable

from exportmanager.core.course import CourseId
from exportmanager.core.errors import MalformedFile
from exportmanager.formats.json import parse_json
from exportmanager.library import tables as t
from exportmanager.library.base import core_table

_MODELS = (
    t.Courses,
    t.CourseSettingsRows,
    t.Imports,
    t.Modules,
    t.Assignments,
    t.Students,
    t.Assessments,
    t.Results,
    t.Answers,
    t.AccessEvents,
    t.CoachLogs,
    t.Blueprints,
    t.TeacherNotes,
    t.Workspaces,
    t.PublishedVersions,
)
TABLES: Sequence[str] = tuple(model.__tablename__ for model in _MODELS)
"""The tables that have rows of courses; what a row refers to stands in one before. Packages are kept apart."""

OF_PACKAGES = {t.Workspaces.__tablename__, t.PublishedVersions.__tablename__}
"""The tables whose rows name a package."""

PERSON = {"students": "id", "access_events": "user_id", "coach_logs": "user_id"}
"""The column that says whose a row is, where it is not ``student_id``."""

_TABLES = {model.__tablename__: core_table(model) for model in _MODELS}
_OURS = {"courses": {"trashed_at"}, "imports": {"id"}}
"""Columns that say something of this library, and nothing of the course."""
_AT_ONCE = 500
_CALLED = "exportmanager_called"


def table_called(table: str) -> CoreTable:
    """One of `TABLES`."""
    return _TABLES[table]


def columns_of(table: str) -> list[str]:
    """The columns of a table that go out, in their order."""
    return [column.name for column in _TABLES[table].columns if column.name not in _OURS.get(table, ())]


def person_column(table: str) -> str | None:
    """The column that says whose a row is; None where rows are nobody's."""
    name = PERSON.get(table, "student_id")
    return name if name in _TABLES[table].columns else None


def lines_of(
    connection: Connection, course: CourseId, table: str, called: Callable[[str], str] | None = None
) -> Iterator[str]:
    """Each row of a course in a table, as a JSON object on a line of its own, in the order of the key.

    Where people are `called` otherwise than by their ids, in the order of that, which tells nothing of the ids.
    """
    columns, of = columns_of(table), _TABLES[table]
    whole = ", ".join(f'"{name}"' for name in columns)
    key = ", ".join(_ordering(table, column.name, called) for column in of.primary_key)
    if called:
        driver: Any = connection.connection.dbapi_connection
        driver.create_function(_CALLED, 1, called, deterministic=True)
    where = "id" if table == "courses" else "course_id"
    query = f'SELECT {whole} FROM "{table}" WHERE {where} = ? ORDER BY {key}'  # noqa: S608 - names of ours
    for row in connection.exec_driver_sql(query, (course,), execution_options={"yield_per": _AT_ONCE}):
        yield line_of(dict(zip(columns, row, strict=True)))


def line_of(row: Mapping[str, Any]) -> str:
    """A row as a JSON object on a line."""
    values = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _ordering(table: str, column: str, called: Callable[[str], str] | None) -> str:
    return f'{_CALLED}("{column}")' if called and column == person_column(table) else f'"{column}"'


def row_from(table: str, line: str, name: str) -> dict[str, Any]:
    """The row on a line of the file `name`, by columns; those it lacks are left out. Raises `MalformedFile`."""
    row = parse_json(line.encode(), name)
    if not isinstance(row, dict) or not all(isinstance(value, str | int | float | None) for value in row.values()):
        raise MalformedFile(name, 0, "a line of it is no row.", "Use another copy of the archive.")
    of = _TABLES[table]
    return {name: _value(of, name, value) for name, value in row.items() if name in of.columns}


def _value(of: CoreTable, name: str, value: Any) -> Any:
    is_bytes = isinstance(of.columns[name].type, LargeBinary) and isinstance(value, str)
    return bytes.fromhex(value) if is_bytes else value


def take_rows(
    connection: Connection, table: str, rows: Iterable[dict[str, Any]], check: Callable[[], None] = lambda: None
) -> int:
    """Insert rows that have the same columns; how many they were."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    names = list(first)
    columns = ", ".join(f'"{name}"' for name in names)
    insert = f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - names of ours
    count, batch = 0, [first, *islice(rows, _AT_ONCE)]
    while batch:
        check()
        connection.exec_driver_sql(insert, [tuple(row[name] for name in names) for row in batch])
        count += len(batch)
        batch = list(islice(rows, _AT_ONCE))
    return count
