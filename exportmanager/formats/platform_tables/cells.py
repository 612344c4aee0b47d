"""Cells of a row as values; what cannot be read is kept as text, and told with its line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from exportmanager.formats.moments import seconds_of
from exportmanager.formats.numbers import boolean_of, is_nothing, number_of, percent_of, ratio_of, whole_of
from exportmanager.formats.platform_tables.platform_table import PlatformTable
from exportmanager.formats.tables import as_written

_T = TypeVar("_T")


class RowCells:
    """The cells of one row. `extra` is for what nobody knows, and for what could not be read, by column."""

    def __init__(self, table: PlatformTable, line: int, cells: Sequence[str]) -> None:
        self._table = table
        self._cells = cells
        self.line = line
        self.who = table.persons.number(cells)
        self.person = table.persons[self.who]
        beyond = range(len(table.table.columns), len(cells))
        self.extra = {
            table.table.column(index): as_written(cells[index]) for index in (*table.unknown, *beyond) if cells[index]
        }

    def text(self, field: str) -> str:
        """Text as it was written; "" where it is missing."""
        return self.text_at(self._table.fields.get(field))

    def text_at(self, index: int | None) -> str:
        """The same, of a column."""
        return "" if index is None else as_written(self._cells[index])

    def word(self, field: str) -> str:
        """Text without space around it."""
        return self.text(field).strip()

    def addressed(self, is_address: Callable[[str], bool]) -> list[str]:
        """Every cell that is an address."""
        return [text.strip() for text in self._cells if is_address(text)]

    def number(self, field: str) -> float | None:
        """A number."""
        return self._read(field, self._number)

    def whole(self, field: str) -> int | None:
        """A whole number."""
        return self._read(field, whole_of)

    def percent(self, field: str) -> float | None:
        """A grade in percent."""
        return self._read(field, lambda text: percent_of(text, self._table.has_decimal_comma))

    def ratio(self, field: str) -> tuple[float, float] | None:
        """So many of so many."""
        return self._read(field, lambda text: ratio_of(text, self._table.has_decimal_comma))

    def boolean(self, field: str) -> bool | None:
        """Yes or no."""
        return self._read(field, boolean_of)

    def seconds(self, field: str) -> int | None:
        """A duration, in seconds."""
        return self._read(field, seconds_of)

    def moment(self, field: str) -> datetime | None:
        """A time."""
        return self._read(field, self._table.moments.read)

    def last_moment(self, field: str) -> datetime | None:
        """The last of all times in a cell; where there are several, the cell is kept whole as well."""
        found = self._read(field, self._table.moments.read_all) or []
        if len(found) > 1:
            index = self._table.fields[field]
            self.extra[self._table.table.columns[index]] = self.text_at(index)
        return max(found, default=None)

    def number_at(self, index: int | None, kept: dict[str, str]) -> float | None:
        """A number in a column; what cannot be read goes to `kept`."""
        return self.read_at(index, self._number, kept)

    def _number(self, text: str) -> float:
        return number_of(text, self._table.has_decimal_comma)

    def _read(self, field: str, convert: Callable[[str], _T]) -> _T | None:
        return self.read_at(self._table.fields.get(field), convert, self.extra)

    def read_at(self, index: int | None, convert: Callable[[str], _T], kept: dict[str, str]) -> _T | None:
        """A cell by way of `convert`; None for nothing in it, and for what cannot be read: its text goes to `kept`."""
        if index is None or is_nothing(text := as_written(self._cells[index])):
            return None
        try:
            return convert(text)
        except ValueError:
            column = self._table.table.columns[index]
            kept[column] = text
            self._table.cell_findings.note(self.line, column, text, "could not be read, and is kept as text")
            return None


def rows_of(table: PlatformTable) -> Iterator[RowCells]:
    """Every row that says anything. Raises `MalformedFile`."""
    return (RowCells(table, line, cells) for line, cells in table.lines() if any(cells))
