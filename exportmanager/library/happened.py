"""Gives out what happened in a course by time, one slice of it after another: millions of events need no memory.

Events lie by person and time. Sorting a slice of everybody's is faster than an index by time would be, which each
import had to fill besides, and the first rows come at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from exportmanager.core.course import CourseId
from exportmanager.core.events import AccessLine, CoachLog, Span, Wanted
from exportmanager.library.types import stored_moment

_FETCHED = 500
_ACCESS_SLICE, _COACH_SLICE = 100_000, 1_000
"""About so many rows are sorted at once; what the coach was asked and said is long."""


@dataclass(frozen=True, slots=True)
class _Table:
    """`rows` is what follows FROM, `filters` the columns that a `Wanted` may name things of."""

    rows: str
    filters: Mapping[str, str]


def _events(table: str, **filters: str) -> _Table:
    """By person, for the key begins with them: so few events are read in vain."""
    rows = f"students s CROSS JOIN {table} e ON e.course_id = s.course_id AND e.user_id = s.id"
    return _Table(f"{rows} WHERE s.course_id = :course", {"people": "s.id", **filters})


_ACCESS = _events("access_events", types="e.type", assignments="e.assignment_id")
_COACH = _events("coach_logs", assignments="e.assignment_id")
_ANSWERS = _Table("answers e WHERE e.course_id = :course", {"people": "e.student_id", "assignments": "e.assignment_id"})
_COACH_COLUMNS = (
    "assignment_id", "assessment_id", "question", "context_guides", "context_error", "context_files", "response",
)  # fmt: skip


def access_rows(connection: Connection, course: CourseId, wanted: Wanted, span: Span) -> Iterator[AccessLine]:
    """Access events by time; those of one moment by person. `span` is that of all of them."""
    told = "json_array(e.type, e.assignment_id, e.role, e.project_path, e.ip, e.extra)"  # one text is faster than six
    return _by_time(connection, _ACCESS, f"e.at, e.user_id, {told}", course, wanted, span, _ACCESS_SLICE)


def coach_logs(connection: Connection, course: CourseId, wanted: Wanted) -> Iterator[CoachLog]:
    """Questions to the coach by time; those of one moment by person."""
    columns = ", ".join(f"e.{name}" for name in ("at", "user_id", "extra", *_COACH_COLUMNS))
    span = coach_span(connection, course, wanted)
    for at, user, extra, *rest in _by_time(connection, _COACH, columns, course, wanted, span, _COACH_SLICE):
        told = dict(zip(_COACH_COLUMNS, rest, strict=True))
        yield CoachLog(at=_moment(at), user_id=user, extra=json.loads(extra), **told)


def access_span(connection: Connection, course: CourseId, wanted: Wanted) -> Span:
    """How many access events there are."""
    return _span(connection, _ACCESS, course, wanted)


def access_counted(connection: Connection, course: CourseId, wanted: Wanted) -> tuple[Span, bool]:
    """How many access events there are, and whether any of them has more than is documented."""
    span, has_more = _counted(connection, _ACCESS, course, wanted, "max(e.extra != '{}')")
    return span, bool(has_more)


def coach_span(connection: Connection, course: CourseId, wanted: Wanted) -> Span:
    """How many questions to the coach there are."""
    return _span(connection, _COACH, course, wanted)


def answer_span(connection: Connection, course: CourseId, wanted: Wanted) -> Span:
    """How many answers there are. One of unknown time is in no period."""
    return _span(connection, _ANSWERS, course, wanted)


def access_columns(connection: Connection, course: CourseId, wanted: Wanted) -> Sequence[str]:
    """What access events have besides: the keys of `extra`."""
    return _columns(connection, _ACCESS, course, wanted)


def coach_columns(connection: Connection, course: CourseId, wanted: Wanted) -> Sequence[str]:
    """What questions to the coach have besides: the keys of `extra`."""
    return _columns(connection, _COACH, course, wanted)


def _columns(connection: Connection, table: _Table, course: CourseId, wanted: Wanted) -> Sequence[str]:
    rows, values = _asked(table, course, wanted)
    extras = f"SELECT e.extra AS extra FROM {rows} AND e.extra != '{{}}'"
    found = connection.exec_driver_sql(f"SELECT DISTINCT key FROM ({extras}), json_each(extra)", values)
    return sorted(found.scalars())


def _span(connection: Connection, table: _Table, course: CourseId, wanted: Wanted) -> Span:
    return _counted(connection, table, course, wanted)[0]


def _counted(
    connection: Connection, table: _Table, course: CourseId, wanted: Wanted, also: str = "NULL"
) -> tuple[Span, Any]:
    """How many rows there are, and what is to be found out of them besides: a million are gone through only once."""
    rows, values = _asked(table, course, wanted)
    found = connection.exec_driver_sql(f"SELECT count(*), min(e.at), max(e.at), {also} FROM {rows}", values).one()
    return Span(rows=found[0], first=_moment(found[1]), last=_moment(found[2])), found[3]


def _asked(table: _Table, course: CourseId, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """What follows FROM, and the values in it."""
    rows, values = [table.rows], dict[str, Any](course=course)
    for name, sign in (("since", ">="), ("until", "<")):
        if (moment := getattr(wanted, name)) is not None:
            rows.append(f"e.at {sign} :{name}")
            values[name] = stored_moment(moment)
    for name, column in table.filters.items():
        if (chosen := getattr(wanted, name)) is not None:
            rows.append(f"{column} IN (SELECT value FROM json_each(:{name}))")
            values[name] = json.dumps(sorted(chosen))
    return " AND ".join(rows), values


def _by_time(
    connection: Connection, table: _Table, columns: str, course: CourseId, wanted: Wanted, span: Span, each: int
) -> Iterator[Any]:
    """Rows as the driver gives them: SQLAlchemy's own would take longer to make than all the rest."""
    rows, values = _asked(table, course, wanted)
    query = (
        f"SELECT {columns} FROM {rows} AND e.at >= :first AND e.at < :end "
        "ORDER BY e.at, e.user_id, e.digest, e.occurrence"
    )
    driver: Any = connection.connection.dbapi_connection
    for first, end in _slices(span, each):
        with closing(driver.execute(query, {**values, "first": first, "end": end})) as cursor:
            while some := cursor.fetchmany(_FETCHED):
                yield from some


def _slices(span: Span, each: int) -> Iterator[tuple[str, str]]:
    """The time of a span in equal parts, as texts: so many that each has about `each` rows."""
    if span.first is None or span.last is None:
        return
    count = span.rows // each + 1
    cuts = [stored_moment(span.first + (span.last - span.first) * part / count) for part in range(count)]
    yield from zip(cuts, [*cuts[1:], "~"], strict=True)  # which comes after every time


def _moment(at: str | None) -> Any:
    return None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC)
