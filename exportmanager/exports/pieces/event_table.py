"""A table of events on its way into a file: how large it will be, how it begins, and all of it, as a stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO, Protocol, TypeVar

from exportmanager.core.course import Extra
from exportmanager.core.events import Wanted
from exportmanager.core.export import Estimate, Preview, counted
from exportmanager.core.meter import Meter
from exportmanager.core.report import Count, Gap, Report
from exportmanager.exports.pieces.event_choice import Chosen
from exportmanager.exports.pieces.names import Names
from exportmanager.formats.csv import Cell, CsvWriter, Dialect, texts_of
from exportmanager.formats.tables import unique_names

_R = TypeVar("_R")
_SHOWN = 20
_SAMPLE, _MANY = 200, 20_000
_AT_ONCE = 500
"""Rows that are written at once: few enough to stay in the processor's own memory, which is faster."""


class EventTable(Protocol[_R]):
    """What is in a table of events; `things` are the events, in words."""

    things: str

    @property
    def header(self) -> Sequence[str]:
        """The names of the columns."""

    @property
    def chosen(self) -> Chosen:
        """The events in it."""

    def rows(self, wanted: Wanted) -> Iterator[_R]:
        """The events, by time."""

    def cells(self, row: _R) -> Sequence[Cell]:
        """A cell for each column."""

    def writing(self, writer: CsvWriter) -> Callable[[Iterable[_R]], None]:
        """What writes such rows."""

    def gaps(self) -> Sequence[Gap]:
        """What is not in the rows that were asked for, as it should be."""

    def privacy_notes(self) -> Sequence[str]:
        """What the report says of the names in it."""


def estimate_of(table: EventTable[_R], dialect: Dialect) -> Estimate:
    """How many rows, about how many bytes, and what to know first."""
    rows = table.chosen.here.rows
    size = len(",".join(table.header)) + rows * _bytes_each(table, dialect)
    return Estimate(size, counted(rows, table.things.removesuffix("s")), notes=table.chosen.notes)


def preview_of(table: EventTable[_R], dialect: Dialect) -> Preview:
    """The first 20 rows."""
    rows = islice(table.rows(table.chosen.wanted), _SHOWN)
    return Preview(texts_of(table.header, dialect), tuple(texts_of(table.cells(row), dialect) for row in rows))


def write_table(table: EventTable[_R], dialect: Dialect, out: BinaryIO, meter: Meter) -> Report:
    """Write all of it."""
    expected, each, done = table.chosen.here.rows, _bytes_each(table, dialect), 0
    meter.stage("Writing", expected * each)
    writer = CsvWriter(out.write, dialect, table.header)
    write = table.writing(writer)
    rows = table.rows(table.chosen.wanted)
    while some := list(islice(rows, _AT_ONCE)):
        write(some)
        done += len(some)
        meter.advance(len(some) * each)
    writer.close()
    return Report(
        counts=(Count(thing=table.things, expected=expected, done=done),),
        gaps=tuple(table.gaps()),
        notes=(*table.chosen.notes, *table.privacy_notes()),
    )


def _bytes_each(table: EventTable[_R], dialect: Dialect) -> int:
    """About how many bytes a row takes, judged by the first ones."""
    some = list(islice(table.rows(_beginning(table.chosen)), _SAMPLE))
    pieces: list[bytes] = []
    writer = CsvWriter(pieces.append, dialect, ("", ""))
    table.writing(writer)(some)
    writer.close()
    return sum(map(len, pieces)) // max(1, len(some)) + 1


def _beginning(chosen: Chosen) -> Wanted:
    """Of many rows only so much of their time as may have those that are looked at: all would be sorted for them."""
    here = chosen.here
    if here.first is None or here.last is None or here.rows < _MANY:
        return chosen.wanted
    part = (here.last - here.first) * (_SAMPLE / here.rows)
    return replace(chosen.wanted, until=here.first + part + timedelta.resolution)


def header_of(columns: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """The documented `columns`, and `more` of the source's own, called otherwise where one has such a name already."""
    return unique_names([*columns, *more])


def more_cells(extra: Extra, more: Sequence[str]) -> list[Cell]:
    """What the source said in columns of its own."""
    return [_plain(extra.get(name)) for name in more]


def _plain(value: Any) -> Cell:
    return value if isinstance(value, str | int | float | bool | None) else json.dumps(value, ensure_ascii=False)


def privacy_notes_of(names: Names, replaced: Sequence[str], free: Sequence[str], left_out: Sequence[str]) -> list[str]:
    """What a pseudonymous table says of its columns; `left_out` are those of the source's own."""
    notes = [*names.notes(replaced, free)]
    if names.is_pseudonymous and left_out:
        notes.append(f"Left out, because it may tell who somebody is: {', '.join(left_out)}.")
    return notes
