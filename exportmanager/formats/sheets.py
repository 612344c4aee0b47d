"""Tables of commas, semicolons or tabs from anybody, for people to look at: the beginning of it, the rest counted."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from exportmanager.formats.texts import Text, visible

ROWS, COLUMNS = 10_000, 500
_CELLS = 1_000_000
_LETTERS = 1_000
_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first rows of a table, each cell as it is shown; about how many lines and how many columns there are more."""

    rows: list[list[str]]
    columns: int
    more_lines: int
    more_columns: int


def sheet_of(text: Text, separator: str = "") -> Sheet | None:
    """The table that a text is; None where it is none, or one whose lines are too long to be a table for people."""
    head = text.lines(0, 20, 2000)
    separator = separator or max(",;\t|", key=lambda mark: _fits(head, mark))
    rows: list[list[str]] = []
    widest = cells = 0
    lines = _Lines(text)
    try:
        for row in csv.reader(lines, delimiter=separator):
            widest = max(widest, len(row))
            rows.append([visible(cell[:_LETTERS]) for cell in row[:COLUMNS]])
            cells += len(rows[-1])
            if len(rows) >= ROWS or cells >= _CELLS:
                break
    except csv.Error:  # a quote that never ends, or a line longer than any table's
        return None
    more = max(text.line_count - lines.read, 0)
    return Sheet(rows, min(widest, COLUMNS), more, max(widest - COLUMNS, 0))


def _fits(head: list[str], mark: str) -> tuple[int, int]:
    """How well the lines are cut by `mark`: how many lines have it equally often, and how often that is."""
    (often, lines), *_ = Counter(filter(None, (line.count(mark) for line in head))).most_common(1) or [(0, 0)]
    return lines, often


class _Lines:
    """The lines of a text as the reader of tables wants them, and how many were read."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        while lines := self._text.raw_lines(self.read, self.read + 500, _LINE):
            for line in lines:
                if len(line) >= _LINE:
                    raise csv.Error("a line is too long")
                self.read += 1
                yield f"{line}\n"
