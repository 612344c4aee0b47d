"""Takes events in by the million: they have no id, so that equal ones are counted, and none is doubled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, text

from exportmanager.core.events import AccessRow, CoachLog
from exportmanager.core.report import Change
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.types import json_text

_KEY = ("course_id", "user_id", "at", "digest", "occurrence")
_AT_ONCE = 250
"""Rows of one statement: a statement for each would cost three times as much."""
_WIDTH = 4
_FULL = 16 * _AT_ONCE * _WIDTH
_REMEMBERED = 50_000
"""What happened, without who and when, is mostly one of a few thousand things."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def digest_of(rest: Sequence[Any]) -> bytes:
    """A hash of what happened: the columns of an event that are no part of the key, in their order, as JSON."""
    return hashlib.blake2b(json_text(rest).encode(), digest_size=16).digest()


class EventStaging:
    """Where events of one table wait, as numbers: who (`who_...`), when, and what (`what_...`).

    Equal events of one file are as many events; equal ones of two files are the same. `tick` is called now and then.
    """

    def __init__(self, connection: Connection, model: type[Base], tick: Callable[[], None]) -> None:
        self._connection = connection
        self._tick = tick
        self._name = model.__tablename__
        self._rest = _rest_of(core_table(model))
        self._file = 1
        self._rows: list[int] = []
        self._people: dict[str, int] = {}
        self._known: dict[tuple[Any, ...], int] = {}
        self._what: list[tuple[Any, ...]] = []
        for table in (
            f"staged_{self._name} (who, second, part, what, file)",
            f"who_{self._name} (who INTEGER PRIMARY KEY, user_id)",
            f"what_{self._name} (what INTEGER PRIMARY KEY, digest, {', '.join(self._rest)})",
        ):
            connection.exec_driver_sql(f"CREATE TEMP TABLE {table}")

    def another_file(self) -> None:
        """What comes now comes from another file."""
        self.flush()
        self._file += 1

    def access(self, events: Iterable[AccessRow]) -> None:
        """Take access events."""
        rows, people, known = self._rows, self._people, self._known
        for at, user, kind, assignment, role, path, ip, extra in events:
            told = (kind, assignment, role, path, ip, json_text(extra) if extra else "{}")
            what = known.get(told)
            if what is None:
                if len(known) >= _REMEMBERED:
                    known.clear()
                what = known[told] = self._number((str(kind), assignment, role, path, ip), extra)
            since = at - _EPOCH
            who = people.setdefault(user, len(people))
            rows += (who, since.days * 86_400 + since.seconds, since.microseconds, what)
            if len(rows) >= _FULL:
                self.flush()

    def coach_log(self, log: CoachLog) -> None:
        """Take a question to the coach."""
        *told, extra = (getattr(log, name) for name in self._rest)
        since = log.at - _EPOCH
        who = self._people.setdefault(log.user_id, len(self._people))
        self._rows += (who, since.days * 86_400 + since.seconds, since.microseconds, self._number(told, extra))
        if len(self._rows) >= _FULL:
            self.flush()

    def _number(self, told: Sequence[Any], extra: Any) -> int:
        """The number of what happened: the same one always, and no other one's but once in a billion imports."""
        digest = digest_of([*told, dict(extra)])
        what = int.from_bytes(digest[:8], "big", signed=True)
        self._what.append((what, digest, *told, json_text(dict(extra))))
        return what

    def flush(self) -> None:
        """Let all of them wait in the tables."""
        run = self._connection.exec_driver_sql
        if self._what:
            run(f"INSERT OR IGNORE INTO what_{self._name} VALUES ({', '.join('?' * len(self._what[0]))})", self._what)
            self._what.clear()
        for start in range(0, len(self._rows), _AT_ONCE * _WIDTH):
            values = tuple(self._rows[start : start + _AT_ONCE * _WIDTH])
            marks = ", ".join([f"(?, ?, ?, ?, {self._file})"] * (len(values) // _WIDTH))
            run(f"INSERT INTO staged_{self._name} VALUES {marks}", values)
        self._rows.clear()
        self._tick()

    def finish(self) -> None:
        """No more will come."""
        self.flush()
        if people := [(number, user) for user, number in self._people.items()]:
            self._connection.exec_driver_sql(f"INSERT INTO who_{self._name} VALUES (?, ?)", people)


def _rest_of(table: Table) -> list[str]:
    """The columns that say what happened."""
    return [column.name for column in table.columns if column.name not in _KEY]


_MOMENT = "datetime(second, 'unixepoch') || CASE part WHEN 0 THEN '.000000' ELSE printf('.%06d', part) END"
"""As `UtcDateTime` writes it."""


def merge_events(connection: Connection, target: Table, thing: str, course: str) -> Change:
    """Take staged events in: all once, then again those that came more than once.

    They are sorted and counted first: in the order of the key they come in fast, in whatever order they were given.
    """
    name, rest = target.name, ", ".join(_rest_of(target))
    counted = f"""CREATE TEMP TABLE counted_{name} AS SELECT who, second, part, what, file, count(*) AS number
        FROM staged_{name} GROUP BY who, second, part, what, file"""
    into = f"INSERT INTO {name} ({', '.join(_KEY)}, {rest})"
    joined = f"""CROSS JOIN who_{name} USING (who) CROSS JOIN what_{name} USING (what)
        WHERE true ON CONFLICT DO NOTHING"""
    once = f"{into} SELECT :course, user_id, {_MOMENT}, digest, 1, {rest} FROM counted_{name} {joined}"
    again = f"""{into} WITH RECURSIVE again (who, second, part, what, number, occurrence) AS (
        SELECT who, second, part, what, number, 2 FROM counted_{name} WHERE number > 1
        UNION ALL
        SELECT who, second, part, what, number, occurrence + 1 FROM again WHERE occurrence < number
    ) SELECT :course, user_id, {_MOMENT}, digest, occurrence, {rest} FROM again {joined}"""
    known = text(f"SELECT count(*) FROM {name} WHERE course_id = :course")
    before = connection.execute(known, {"course": course}).scalar_one()
    read = connection.execute(text(f"SELECT count(*) FROM staged_{name}")).scalar_one()
    connection.execute(text(counted))
    added = sum(connection.execute(text(query), {"course": course}).rowcount for query in (once, again))
    return Change(thing=thing, read=read, added=added, unchanged=read - added, kept=before - (read - added))
