"""When each kind of data of a course last came in, as the reports of its imports say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import CourseId
from exportmanager.library import tables as t

_KIND_OF: Mapping[str, PieceKind] = {
    "people": PieceKind.ROSTER,
    "results": PieceKind.GRADES,
    "answers": PieceKind.ASSESSMENT_DATA,
    "access": PieceKind.ACCESS,
    "coach_logs": PieceKind.COACH_LOGS,
    "blueprints": PieceKind.BLUEPRINTS,
    "workspaces": PieceKind.COURSEWORK,
    "published": PieceKind.SOURCES,
}
"""What came in with a thing, where the import was of one piece."""


def holdings_of(connection: Connection, course: CourseId) -> Mapping[str, datetime]:
    """The last moment for each `PieceKind`; a kind that never came is not in it."""
    of = t.Imports
    parts = (func.json_extract(of.report, "$.pieces"), func.json_extract(of.report, "$.changes"))
    has_addresses = _has_addresses(connection, course)
    held: dict[str, datetime] = {}
    for at, *told in connection.execute(select(of.at, *parts).where(of.course_id == course).order_by(of.at)):
        pieces, changes = (json.loads(text or "[]") for text in told)
        held |= dict.fromkeys(_kinds(pieces, changes), at)
        if has_addresses and not pieces:
            held[PieceKind.LTI_URLS] = at
    return held


def _kinds(pieces: list[Any], changes: list[Any]) -> Iterator[str]:
    if pieces:
        yield from (piece["kind"] for piece in pieces)
    else:
        yield from (_KIND_OF[change["thing"]] for change in changes if change["read"] and change["thing"] in _KIND_OF)


def _has_addresses(connection: Connection, course: CourseId) -> bool:
    """Whether any assignment has an LTI address: they came with the assignments, then."""
    of = t.Assignments
    return (
        connection.execute(select(of.id).where(of.course_id == course, of.lti_url != "").limit(1)).first() is not None
    )
