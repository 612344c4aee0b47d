"""The blueprints of a course."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from exportmanager.core.course import Blueprint, CourseId
from exportmanager.library import tables as t


def blueprints_of(connection: Connection, course: CourseId) -> Sequence[Blueprint]:
    """The templates for pages, in their order."""
    of = t.Blueprints
    query = select(of.name, of.content, of.layout, of.position).where(of.course_id == course)
    return [Blueprint(*row) for row in connection.execute(query.order_by(of.position, of.name))]
