"""Removes access events that a course's rule lets go, a batch at a time, so that nothing else waits for long."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, delete, select, update

from exportmanager.core.course import CourseId
from exportmanager.core.events import Wanted
from exportmanager.core.old_access import Rule
from exportmanager.core.retention import midnight
from exportmanager.library import tables as t
from exportmanager.library.db import reading, write_back, writing
from exportmanager.library.happened import access_span
from exportmanager.library.values import course_of

_BATCH = 10_000
"""Rows of one transaction: somebody who left more goes in one."""
_ROWS = t.CourseSettingsRows


class LibraryOldAccess:
    """Implements `core.old_access.OldEvents`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rules(self) -> Sequence[Rule]:
        """The courses that let old access events go."""
        with reading(self._engine) as connection:
            return _rules(connection)

    def count(self, rule: Rule, before: date) -> int:
        """How many events of the course are from before a day in its time zone."""
        with reading(self._engine) as connection:
            return access_span(connection, rule.info.id, Wanted(until=midnight(before, rule.info))).rows

    def remove(self, rule: Rule, before: date) -> int:
        """Remove these for good; how many there were."""
        with reading(self._engine) as connection:
            people = deque(
                connection.execute(select(t.Students.id).where(t.Students.course_id == rule.info.id)).scalars()
            )
        removed = 0
        while people:
            with writing(self._engine) as connection:
                if not _holds(connection, rule):
                    break
                removed += _remove_some(connection, rule, people, before)
        if removed:
            write_back(self._engine)
        return removed

    def note(self, rule: Rule, now: Rule) -> None:
        """Keep how far `rule` is now."""
        values = {
            "access_warned_at": now.warned_at,
            "access_goes_before": now.goes_before,
            "access_gone_before": now.gone_before,
        }
        with writing(self._engine) as connection:
            if _holds(connection, rule):
                connection.execute(update(_ROWS).where(_ROWS.course_id == rule.info.id).values(values))


def _rules(connection: Connection, course: CourseId | None = None) -> list[Rule]:
    lets_go = (_ROWS.remove_old_access, ~_ROWS.keep_everything, _ROWS.retention_months.is_not(None))
    query = select(_ROWS.__table__).where(*lets_go, *([_ROWS.course_id == course] if course else []))
    rows = connection.execute(query.order_by(_ROWS.course_id)).all()
    courses = select(t.Courses.__table__).where(t.Courses.id.in_([row.course_id for row in rows]))
    infos = {info.id: info for info in map(course_of, connection.execute(courses))}
    return [
        Rule(
            info=infos[CourseId(row.course_id)],
            months=row.retention_months or 0,  # of those without, none was asked for
            warned_at=row.access_warned_at,
            goes_before=row.access_goes_before,
            gone_before=row.access_gone_before,
        )
        for row in rows
    ]


def _holds(connection: Connection, rule: Rule) -> bool:
    """Whether nobody decided otherwise meanwhile, and no other process did the work."""
    return rule in _rules(connection, rule.info.id)


def _remove_some(connection: Connection, rule: Rule, people: deque[str], before: date) -> int:
    of, removed = t.AccessEvents, 0
    old = (of.course_id == rule.info.id, of.at < midnight(before, rule.info))
    while people and removed < _BATCH:
        removed += connection.execute(delete(of).where(*old, of.user_id == people.popleft())).rowcount
    return removed
