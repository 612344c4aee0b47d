"""What a cell that came in makes of the library's: a whole course replaces it, part of a course adds to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, case, false, func, literal, or_

from exportmanager.core.course import AssignmentKind, Role, State
from exportmanager.library.types import Json, json_text

Expression = ColumnElement[Any]
Rule = Callable[[Column[Any], Expression, Expression], Expression]
"""What a column becomes, from what came in and what is there."""

_LATEST = {"taken_on", "last_active_at"}
"""Days and times that only move on: the later one counts, whichever came last."""
_MAY_MOVE = _LATEST | {"position", "dates_shift_days"}
"""Columns in which nobody contradicts anybody."""
_ASSUMED = {
    "role": Role.STUDENT.value,
    "kind": AssignmentKind.PROJECT.value,
    "state": State.NOT_STARTED.value,
    "time_zone": "UTC",
}
"""What a value holds where its source said nothing."""
_EMPTY: dict[type, Any] = {str: "", int: 0, bool: False, dict: {}}


def whole(column: Column[Any], incoming: Expression, present: Expression) -> Expression:
    """What came in counts."""
    return incoming


def part(column: Column[Any], incoming: Expression, present: Expression) -> Expression:
    """What came in counts where it says something; `extra` is joined key by key."""
    if column.name == "gaps":
        return incoming
    if column.name in _LATEST:
        return func.coalesce(func.max(incoming, present), incoming, present)
    silent = says_nothing(column, incoming)
    if column.name == "extra":
        joined = func.joined_json(present, incoming, type_=Json())
        return case((silent, present), (says_nothing(column, present), incoming), else_=joined)
    if column.name == "answer":  # the platform's own form says more than the text of a cell
        return case((or_(silent, and_(_is_raw(present), ~_is_raw(incoming))), present), else_=incoming)
    return case((silent, present), else_=incoming)


def contradicts(column: Column[Any], incoming: Expression, present: Expression) -> ColumnElement[bool]:
    """Whether both say something, and what is there gives way."""
    if column.name in _MAY_MOVE:
        return false()
    gives_way = and_(~says_nothing(column, present), part(column, incoming, present) != present)
    if column.name == "answer":
        return and_(gives_way, or_(_is_raw(present), ~_is_raw(incoming)))
    return gives_way


def says_nothing(column: Column[Any], cell: Expression) -> ColumnElement[bool]:
    """Whether a cell is empty, or as it is where nobody said anything."""
    empty = _ASSUMED.get(column.name, _EMPTY.get(column.type.python_type))
    if empty is None or (column.nullable and empty != ""):
        return cell.is_(None)
    return or_(cell.is_(None), cell == literal(empty, column.type))


def _is_raw(cell: Expression) -> ColumnElement[bool]:
    first = func.substr(cell, 1, 1)
    return or_(first == "{", first == "[")


def joined_json(present: str, incoming: str) -> str:
    """Two JSON objects as one: a key that came in counts, unless there is nothing in it."""
    told = {key: value for key, value in json.loads(incoming).items() if value not in (None, "", {}, [])}
    return json_text(json.loads(incoming) | json.loads(present) | told)


def know_json(connection: Connection) -> None:
    """Make `joined_json` known to the statements of a connection."""
    driver: Any = connection.connection.dbapi_connection
    driver.create_function("joined_json", 2, joined_json, deterministic=True)
