"""Where the rows of an import wait: tables of its connection alone, so that filling them does not lock the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Executable, Table, insert, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from exportmanager.core.source import GivenTwice
from exportmanager.library.base import Table as Base
from exportmanager.library.base import core_table
from exportmanager.library.db import temporary_like
from exportmanager.library.merge import count, others_of, staged
from exportmanager.library.parts import Rule

_BATCH = 2_000


class Staging:
    """Takes rows, each key once. `tick` is called now and then.

    After `join`, a row whose key waits already is joined with it by the rule; before, it is one too many.
    """

    def __init__(self, connection: Connection, models: Iterable[type[Base]], tick: Callable[[], None]) -> None:
        self._connection = connection
        self._tick = tick
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._stored: dict[type[Base], int] = {}
        self._rule: Rule | None = None
        self._joining: dict[str, Executable] = {}
        for model in models:
            table = core_table(model)
            connection.execute(text(temporary_like(table)))
            keys = ", ".join(key.name for key in table.primary_key)
            connection.execute(text(f"CREATE UNIQUE INDEX temp.key_of_{table.name} ON staged_{table.name} ({keys})"))
            self._rows[model] = []
            self._stored[model] = 0

    def join(self, rule: Rule) -> None:
        """From now on a row may come several times."""
        self._rule = rule

    def add(self, model: type[Base], row: dict[str, Any]) -> None:
        """Let a row wait. Raises `GivenTwice`, also for an earlier row."""
        rows = self._rows[model]
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush(model)
            self._tick()

    def flush(self, *models: type[Base]) -> None:
        """Let all rows that were added wait in the tables of `models`, or in all tables. Raises `GivenTwice`."""
        for model in models or self._rows:
            self._flush(model)

    def _flush(self, model: type[Base]) -> None:
        rows, table = self._rows[model], core_table(model)
        if not rows:
            return
        try:
            self._connection.execute(self._insert(table), rows)
        except IntegrityError as error:  # all rows before that one are stored
            row = rows[count(self._connection, staged(table)) - self._stored[model]]
            raise GivenTwice(table.name, {key.name: row[key.name] for key in table.primary_key}) from error
        self._stored[model] += len(rows)
        self._rows[model] = []

    def _insert(self, table: Table) -> Executable:
        waiting = staged(table)
        if self._rule is None:
            return insert(waiting)
        if table.name not in self._joining:  # made once: it is long
            self._joining[table.name] = joining(table, sqlite.insert(waiting), self._rule)
        return self._joining[table.name]


def joining(table: Table, adding: sqlite.Insert, rule: Rule, *, incoming_counts: bool = True) -> sqlite.Insert:
    """A statement that adds rows of `table`'s columns, and joins those whose key is there by the rule.

    `incoming_counts` is False where the row that is there is the later one.
    """
    present = adding.table.c
    becomes: Mapping[str, Any] = {
        name: rule(table.c[name], adding.excluded[name], present[name])
        if incoming_counts
        else rule(table.c[name], present[name], adding.excluded[name])
        for name in others_of(table)
    }
    return adding.on_conflict_do_update(index_elements=[key.name for key in table.primary_key], set_=becomes)
