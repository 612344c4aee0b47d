"""Takes in what waits, table by table, in the transaction that ends an import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select, update

from exportmanager.core.course import CourseId
from exportmanager.core.report import Change
from exportmanager.library import tables as t
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.differences import Differences
from exportmanager.library.events import merge_events
from exportmanager.library.merge import merge
from exportmanager.library.parts import part, whole

KEYED: Sequence[tuple[type[Base], str]] = (
    (t.Courses, "course"),
    (t.Modules, "modules"),
    (t.Assignments, "assignments"),
    (t.Students, "people"),
    (t.Assessments, "assessments"),
    (t.Results, "results"),
    (t.Answers, "answers"),
    (t.Blueprints, "blueprints"),
)
"""Tables whose rows have ids, and what reports call these rows."""
EVENTS: Sequence[tuple[type[Base], str]] = ((t.AccessEvents, "access"), (t.CoachLogs, "coach_logs"))
FILES: Sequence[type[Base]] = (t.Packages, t.Workspaces, t.PublishedVersions)


def take_rows(connection: Connection, course: CourseId, differences: Differences, *, is_part: bool) -> list[Change]:
    """Take in all that waits. Of part of a course, first say what it and the library tell differently."""
    if is_part:
        for model, thing in KEYED:
            differences.look(core_table(model), thing)
    rule = part if is_part else whole
    changes = [
        merge(connection, core_table(model), thing, None if model is t.Courses else course, rule)
        for model, thing in KEYED
    ]
    changes += [merge_events(connection, core_table(model), thing, course) for model, thing in EVENTS]
    for model in FILES:
        merge(connection, core_table(model), "", None, rule)
    return [change.model_copy(update={"kept": 0}) for change in changes] if is_part else changes


def number_assignments(connection: Connection, course: CourseId, assignments: Iterable[str]) -> None:
    """Say that each of `assignments` is at the version of its newest published project."""
    a, p = t.Assignments, t.PublishedVersions
    newest = select(p.version, p.published_at).where(p.course_id == course).order_by(p.number.desc()).limit(1)
    for assignment in assignments:
        version, at = connection.execute(newest.where(p.assignment_id == assignment)).one()
        values = {"version": version} | ({"published_at": at} if at else {})
        connection.execute(update(a).where(a.course_id == course, a.id == assignment).values(values))
