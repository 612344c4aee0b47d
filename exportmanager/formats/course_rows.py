"""Rows of a course folder's tables on their way to values: numbers, days and times, and what is kept unread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.errors import MalformedFile
from exportmanager.formats.course_file import checked_day, checked_id
from exportmanager.formats.csv import read_rows
from exportmanager.formats.moments import iso_moment
from exportmanager.formats.numbers import plain_number, plain_whole

_T = TypeVar("_T")


@dataclass(frozen=True)
class Dates:
    """Reads days and times: without a zone in the course's, and moved by `shift` days."""

    zone: ZoneInfo
    shift: int = 0

    def day(self, text: str | None) -> date | None:
        """A day; None for nothing. Raises `ValueError`."""
        return self.moved(checked_day(text.strip())) if text and text.strip() else None

    def moved(self, day: date) -> date:
        """A day, moved."""
        return day + timedelta(days=self.shift)

    def moment(self, text: str | None) -> datetime | None:
        """A time, or the start of a day; None for nothing. Raises `ValueError`."""
        if not text or not text.strip():
            return None
        moment = iso_moment(text.strip(), self.zone)
        if not self.shift:
            return moment
        # by the clock on the wall, so that a lesson at eight stays at eight when summer time begins in between
        local = moment.astimezone(self.zone)
        return (local.replace(tzinfo=None) + timedelta(days=self.shift)).replace(tzinfo=self.zone)

    def needed(self, text: str) -> datetime:
        """A time that must be there. Raises `ValueError`."""
        moment = self.moment(text)
        if moment is None:
            raise ValueError("the time is missing")
        return moment


@dataclass
class Row:
    """A row of a CSV file on its way to a value: every column that is asked for is known, the rest is kept."""

    cells: dict[str, str]
    taken: set[str] = field(default_factory=set)

    def text(self, column: str) -> str:
        """A cell; "" where it is missing."""
        self.taken.add(column)
        return self.cells.get(column, "")

    def id(self, column: str) -> str:
        """A cell as an id."""
        return self._in(column, checked_id)

    def number(self, column: str) -> float | None:
        """A cell as a number."""
        return self._as(column, plain_number, "a number such as 12.5")

    def whole(self, column: str) -> int | None:
        """A cell as a whole number."""
        return self._as(column, plain_whole, "a whole number")

    def boolean(self, column: str) -> bool | None:
        """A cell as yes or no."""
        words = {"true": True, "false": False}
        return self._as(column, lambda text: words[text.lower()], "true or false")

    def day(self, column: str, dates: Dates) -> date | None:
        """A cell as a day."""
        return self._in(column, dates.day)

    def moment(self, column: str, dates: Dates) -> datetime | None:
        """A cell as a time, or the start of a day."""
        return self._in(column, dates.moment)

    def needed(self, column: str, dates: Dates) -> datetime:
        """A cell as a time that must be there."""
        return self._in(column, dates.needed)

    def _in(self, column: str, convert: Callable[[str], _T]) -> _T:
        try:
            return convert(self.text(column))
        except ValueError as error:
            raise ValueError(f"{column}: {error}") from error

    def _as(self, column: str, convert: Callable[[str], _T], expected: str) -> _T | None:
        text = self.text(column).strip()
        if not text:
            return None
        try:
            return convert(text)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{column} is {text[:40]!r}, and not {expected}") from error

    @property
    def unknown(self) -> dict[str, str]:
        """The columns that nobody asked for."""
        return {column: text for column, text in self.cells.items() if column not in self.taken and text}


def read_values(path: Path, required: tuple[str, ...], make: Callable[[Row], _T]) -> Iterator[tuple[int, _T]]:
    """Each row of a CSV file as a value, with its line. Raises `MalformedFile`. A file that is missing has no rows."""
    if not path.exists():
        return
    for line, cells in read_rows(path, path.name, required):
        try:
            yield line, make(Row(cells))
        except ValueError as error:
            raise MalformedFile(path.name, line, f"{error}.") from error
