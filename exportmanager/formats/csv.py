"""CSV both ways: written for spreadsheets or for programs, read strictly with file and line.

RFC 4180: CRLF, quotes doubled. For spreadsheets a byte order mark says that it is UTF-8, and a cell that would run as a
formula gets an apostrophe before it (owasp.org, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from exportmanager.core import preset
from exportmanager.core.errors import MalformedFile

Preset = preset.Preset
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}

END = "\r\n"
"""What ends a line."""
_PIECE = 1 << 20
_LINE_LIMIT = 64 << 20
_FORMULA = "=+-@\t\r\n\uff0b\uff0d\uff1d\uff20"
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?%?")

csv.field_size_limit(_LINE_LIMIT)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells become bytes."""

    bom: bool
    neutralise: bool
    delimiter: str = ","


DIALECTS: dict[Preset, Dialect] = {
    "spreadsheets": Dialect(bom=True, neutralise=True),
    "programs": Dialect(bom=False, neutralise=False),
}


def dialect_of(written_for: Preset, separator: preset.Separator = "comma") -> Dialect:
    """How tables are written: only those for spreadsheets may have another separator than a comma."""
    dialect = DIALECTS[written_for]
    return replace(dialect, delimiter=_SEPARATORS[separator]) if written_for == "spreadsheets" else dialect


Cell = str | int | float | bool | date | datetime | None


def text_of(cell: Cell) -> str:
    """A cell as text: times in ISO 8601 with their zone, numbers without a needless ``.0``, nothing as nothing."""
    match cell:
        case str():
            text = cell
        case None:
            text = ""
        case bool():
            text = "true" if cell else "false"
        case float():
            text = repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            text = cell.isoformat().replace("+00:00", "Z")
        case date():
            text = cell.isoformat()
        case _:
            text = str(cell)
    return text


def neutral(text: str) -> str:
    """`text` with an apostrophe before it if a spreadsheet would run it; numbers stay numbers."""
    if text and text[0] in _FORMULA and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _safe(cell: Cell) -> str:
    return neutral(cell) if isinstance(cell, str) else text_of(cell)  # no number or time runs as a formula


def texts_of(cells: Iterable[Cell], dialect: Dialect) -> tuple[str, ...]:
    """The cells of a row as a reader gets them back, for a preview of the table."""
    return tuple(_safe(cell) if dialect.neutralise else text_of(cell) for cell in cells)


class CsvWriter:
    """Writes rows as bytes, in pieces of about a megabyte; `close` writes the rest.

    Of a table whose rows say the same again and again, `joined` gives what is the same once, to be put together to
    whole lines for `lines`: several times faster than `row`.
    """

    def __init__(self, write: Callable[[bytes], object], dialect: Dialect, header: Iterable[str]) -> None:
        self._write = write
        self._neutralise = dialect.neutralise
        self.delimiter = dialect.delimiter
        self._text, self._part = io.StringIO(newline=""), io.StringIO(newline="")
        self._csv = csv.writer(self._text, delimiter=dialect.delimiter)
        self._part_csv = csv.writer(self._part, delimiter=dialect.delimiter)
        if dialect.bom:
            self._text.write("\ufeff")
        self.row(header)

    def row(self, cells: Iterable[Cell]) -> None:
        """One row."""
        self._csv.writerow(self._texts(cells))
        if self._text.tell() > _PIECE:
            self.close()

    def joined(self, cells: Iterable[Cell]) -> str:
        """Two cells or more as they stand within a line, with the delimiter between them."""
        self._part_csv.writerow(self._texts(cells))
        return _taken(self._part).removesuffix(END)

    def lines(self, text: str) -> None:
        """Whole lines, at best many: what `joined` gave, with the delimiter between it, and `END` after each."""
        self.close()
        self._write(text.encode("utf-8", "replace"))

    def _texts(self, cells: Iterable[Cell]) -> list[str]:
        # most cells are text that is harmless: they are looked at here, without a call for each
        convert = _safe if self._neutralise else text_of
        return [
            c if type(c) is str and (not c or c[0] not in _FORMULA) else "" if c is None else convert(c) for c in cells
        ]

    def close(self) -> None:
        """Write what waits."""
        if text := _taken(self._text):
            self._write(text.encode("utf-8", "replace"))


def _taken(text: io.StringIO) -> str:
    """What is in it, which leaves it empty."""
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


def read_rows(path: Path, name: str, required: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line it begins in (from 1), by column. Raises `MalformedFile`, which calls the file `name`."""
    if not path.is_file():  # to open a pipe would wait for ever
        raise MalformedFile(name, 0, "it is not a file.")
    with path.open("rb") as file:
        reader = csv.reader(_lines(file, name), strict=True)
        line = 1
        try:
            header = next(reader, [])
            _check_header(header, name, required)
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    if len(cells) != len(header):
                        raise MalformedFile(name, line, f"it has {len(cells)} cells, but the header has {len(header)}.")
                    yield line, dict(zip(header, cells, strict=True))
                line = reader.line_num + 1
        except csv.Error as error:
            raise MalformedFile(name, line, f"this is not valid CSV ({error}).") from error


def _check_header(header: list[str], name: str, required: Collection[str]) -> None:
    if missing := [column for column in required if column not in header]:
        if len(header) == 1 and re.search(r"[;\t]", header[0]):
            raise MalformedFile(
                name, 1, "there are no commas between the columns.", "Save it with commas between them."
            )
        raise MalformedFile(name, 1, f"the column {missing[0]} is missing.")
    if "" in header:
        raise MalformedFile(name, 1, f"column {header.index('') + 1} has no name.")
    if twice := [column for column, count in Counter(header).items() if count > 1]:
        raise MalformedFile(name, 1, f"there are two columns called {twice[0][:80]}.")


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    number = 0
    while raw := file.readline(_LINE_LIMIT):
        number += 1
        if len(raw) == _LINE_LIMIT:
            raise MalformedFile(name, number, "the line is longer than any in a table should be.")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedFile(name, number, "the text is not UTF-8.", "Save it as UTF-8 and import again.") from error
        yield text.removeprefix("\ufeff") if number == 1 else text
