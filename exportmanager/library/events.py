"""Takes events in by the million: they have no id, so that equal ones are counted, and none is doubled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Table, text

from exportmanager.core.course import AccessRow, CoachLog
from exportmanager.core.report import Change
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.types import json_text, stored_moment

_KEY = ("course_id", "user_id", "at", "digest", "occurrence")
_AT_ONCE = 250
"""Rows of one statement: a statement for each would cost three times as much."""
_BATCH = 8 * _AT_ONCE
_REMEMBERED = 50_000
"""What happened, without who and when, is mostly one of a few thousand things."""


def digest_of(rest: Sequence[Any]) -> bytes:
    """A hash of what happened: the columns of an event that are no part of the key, in their order, as JSON."""
    return hashlib.blake2b(json_text(rest).encode(), digest_size=16).digest()


class EventStaging:
    """Where events of one table wait: when, whose and what in one table, and what each `what` is in another one.

    Equal events of one file are as many events; equal ones of two files are the same. `tick` is called now and then.
    """

    def __init__(self, connection: Connection, model: type[Base], tick: Callable[[], None]) -> None:
        self._connection = connection
        self._tick = tick
        self._table = core_table(model)
        self._rest = [column.name for column in self._table.columns if column.name not in _KEY]
        self._file = 1
        self._rows: list[Any] = []
        self._digests: dict[tuple[Any, ...], bytes] = {}
        self._told: list[Any] = []
        name, rest = self._table.name, ", ".join(self._rest)
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE staged_{name} (at, user_id, digest, file, number, "
            "PRIMARY KEY (at, user_id, digest, file)) WITHOUT ROWID"
        )
        connection.exec_driver_sql(f"CREATE TEMP TABLE told_{name} (digest PRIMARY KEY, {rest}) WITHOUT ROWID")

    def another_file(self) -> None:
        """What comes now comes from another file."""
        self.flush()
        self._file += 1

    def access(self, events: Iterable[AccessRow]) -> None:
        """Take access events."""
        rows, digests = self._rows, self._digests
        for at, user, kind, assignment, role, path, ip, extra in events:
            told = (kind, assignment, role, path, ip, json_text(extra) if extra else "{}")
            digest = digests.get(told)
            if digest is None:
                digest = self._tell((str(kind), assignment, role, path, ip), extra)
                if len(digests) >= _REMEMBERED:
                    digests.clear()
                digests[told] = digest
            moment = at if at.tzinfo is UTC else at.astimezone(UTC)
            rows += (moment.isoformat(" ", "microseconds")[:26], user, digest)  # `stored_moment`, faster
            if len(rows) >= 3 * _BATCH:
                self.flush()

    def coach_log(self, log: CoachLog) -> None:
        """Take a question to the coach."""
        *told, extra = (getattr(log, name) for name in self._rest)
        self._rows += (stored_moment(log.at), log.user_id, self._tell(told, extra))
        if len(self._rows) >= 3 * _BATCH:
            self.flush()

    def _tell(self, told: Sequence[Any], extra: Any) -> bytes:
        digest = digest_of([*told, dict(extra)])
        self._told.append((digest, *told, json_text(dict(extra))))
        return digest

    def flush(self) -> None:
        """Let all of them wait in the tables."""
        name = self._table.name
        if self._told:
            marks = ", ".join("?" * (len(self._rest) + 1))
            self._connection.exec_driver_sql(f"INSERT OR IGNORE INTO told_{name} VALUES ({marks})", self._told)
            self._told.clear()
        for start in range(0, len(self._rows), 3 * _AT_ONCE):
            values = tuple(self._rows[start : start + 3 * _AT_ONCE])
            marks = ", ".join([f"(?, ?, ?, {self._file}, 1)"] * (len(values) // 3))
            self._connection.exec_driver_sql(
                f"INSERT INTO staged_{name} VALUES {marks} "
                "ON CONFLICT (at, user_id, digest, file) DO UPDATE SET number = number + 1",
                values,
            )
        self._rows.clear()
        self._tick()


def merge_events(connection: Connection, target: Table, thing: str, course: str) -> Change:
    """Take staged events in: all once, then again those that came more than once."""
    name = target.name
    rest = ", ".join(column.name for column in target.columns if column.name not in _KEY)
    into = f"INSERT INTO {name} ({', '.join(_KEY)}, {rest})"
    told = f"JOIN told_{name} USING (digest) WHERE true ON CONFLICT DO NOTHING"
    once = f"{into} SELECT :course, user_id, at, digest, 1, {rest} FROM staged_{name} {told}"
    again = f"""{into} WITH RECURSIVE again (user_id, at, digest, number, occurrence) AS (
        SELECT user_id, at, digest, number, 2 FROM staged_{name} WHERE number > 1
        UNION ALL SELECT user_id, at, digest, number, occurrence + 1 FROM again WHERE occurrence < number
    ) SELECT :course, user_id, at, digest, occurrence, {rest} FROM again {told}"""
    known = text(f"SELECT count(*) FROM {name} WHERE course_id = :course")
    before = connection.execute(known, {"course": course}).scalar_one()
    read = connection.execute(text(f"SELECT coalesce(sum(number), 0) FROM staged_{name}")).scalar_one()
    added = sum(connection.execute(text(query), {"course": course}).rowcount for query in (once, again))
    return Change(thing=thing, read=read, added=added, unchanged=read - added, kept=before - (read - added))
