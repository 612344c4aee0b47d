"""What the teacher decided for each course: read, kept and changed."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select, update

from exportmanager.core.course import CourseId
from exportmanager.core.course_settings import MOST_MONTHS, CourseSettings
from exportmanager.core.errors import BadOptions
from exportmanager.library import tables as t

_ROWS = t.CourseSettingsRows
_NOT_WARNED = {"access_warned_at": None, "access_goes_before": None, "access_gone_before": None}


def settings_of(connection: Connection, course: CourseId) -> CourseSettings:
    """What the teacher decided for a course."""
    columns = [getattr(_ROWS, field.name) for field in fields(CourseSettings)]
    row = connection.execute(select(*columns).where(_ROWS.course_id == course)).first()
    return CourseSettings(**row._mapping) if row else CourseSettings()


def keep_settings(connection: Connection, course: CourseId, settings: CourseSettings) -> None:
    """Keep what the teacher decided. Another rule for old access events has to be announced anew."""
    months = settings.retention_months
    if months is not None and not 1 <= months <= MOST_MONTHS:
        raise BadOptions(f"Exports hold from 1 to {MOST_MONTHS} months of data, or all.", "Choose another number.")
    before = settings_of(connection, course)
    values = asdict(settings) | (_NOT_WARNED if _about_access(before) != _about_access(settings) else {})
    if not connection.execute(update(_ROWS).where(_ROWS.course_id == course).values(values)).rowcount:
        connection.execute(insert(_ROWS).values(course_id=course, **values))


def _about_access(settings: CourseSettings) -> tuple[object, ...]:
    return settings.retention_months, settings.keep_everything, settings.remove_old_access


def forget_warnings(connection: Connection) -> None:
    """All that was announced has to be announced anew."""
    connection.execute(update(_ROWS).values(_NOT_WARNED))
