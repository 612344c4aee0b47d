"""Tables as they come from anywhere: encoding, separator and header found out, rows streamed, oddities told.

What is read is what spreadsheets and programs write: RFC 4180 with commas, semicolons or tabs, Excel's first line
``sep=;``, UTF-8, UTF-16 with and without a byte order mark, and lines in Windows-1252.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from exportmanager.core.errors import MalformedFile
from exportmanager.formats.csv import neutral

TableLine = tuple[int, list[str]]
"""The line that a row begins in (from 1), and its cells: at least as many as there are columns."""

_PIECE = 1 << 20
_LINE_LIMIT = 64 << 20
_SAMPLE, _SAMPLE_ROWS = 1 << 16, 50
_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w"\r\n])"?(\r\n|\r|\n)', re.IGNORECASE)
_WEB_PAGE = re.compile(r"\s*<(!doctype|html|head|body|!--)", re.IGNORECASE)
_REMARK = re.compile(r"\([^()]*\)\s*$")
_AGAIN = "Download it again."


def as_written(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it: the inverse of `csv.neutral`."""
    return cell[1:] if cell[:1] == "'" and neutral(cell[1:]) == cell else cell


def key_of(column: str) -> str:
    """A column's name as it is compared: only its letters and digits, without case and without a remark in brackets."""
    plain = unicodedata.normalize("NFKC", _REMARK.sub("", column)).casefold()
    return "".join(character for character in plain if character.isalnum())


def unique_names(header: Sequence[str]) -> tuple[str, ...]:
    """Names for columns, each there once: ``Quiz``, ``Quiz (2)``; ``Column 5`` for one without."""
    taken, seen, counts = set(header), set[str](), dict[str, int]()
    names = []
    for number, name in enumerate(header, start=1):
        unique = wish = name or f"Column {number}"
        while unique in taken and (name in seen or not name):  # the first of a name keeps it
            counts[wish] = counts.get(wish, 1) + 1
            unique = f"{wish} ({counts[wish]})"
        seen.add(name)
        taken.add(unique)
        names.append(unique)
    return tuple(names)


@dataclass
class _Tally:
    """How many of something there were, and the line of the first."""

    number: int = 0
    first: int = 0

    def add(self, line: int) -> None:
        self.number += 1
        self.first = self.first or line

    def says(self, one: str, several: str, what: str, then: str) -> Iterator[str]:
        """The sentence about it, if there were any."""
        if self.number == 1:
            yield f"{one} {what} (line {self.first}); {then}."
        elif self.number:
            yield f"{self.number:,} {several} {what} (the first in line {self.first}); {then}."


class Table:
    """A table, read once from front to back. Made by `open_table`.

    `header` has the names as they stand there, `columns` unique ones: repeated names are numbered as they come
    (``Quiz``, ``Quiz (2)``), and those without a name are called ``Column 5``. `separator` is one of ``, ; tab`` or
    what Excel's first line says.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        self._text = _Text(file, name)
        self._short, self._long = _Tally(), _Tally()
        self._short_end = 0
        told = _SEPARATOR_LINE.match(self._text.first)
        self.separator = told[1] if told else _separator_of(self._text.first[:_SAMPLE])
        lines = chain.from_iterable(self._text.lines())
        self._skipped = 1 if told else 0
        self._reader = csv.reader(islice(lines, self._skipped, None), delimiter=self.separator, strict=True)
        self.header_line, header = self._header()
        self.header = tuple(as_written(cell).strip() for cell in header)
        self.columns = unique_names(self.header)

    def _header(self) -> TableLine:
        line = self._next_line
        try:
            for cells in self._reader:
                if any(cell.strip() for cell in cells):
                    return line, cells
                line = self._next_line
        except csv.Error as error:
            raise _malformed(self._name, line, error) from error
        raise MalformedFile(self._name, 0, "it is empty.", _AGAIN)

    @property
    def _next_line(self) -> int:
        return self._reader.line_num + self._skipped + 1

    def column(self, index: int) -> str:
        """The name of a column, also of one beyond the header."""
        return self.columns[index] if index < len(self.columns) else f"Column {index + 1}"

    def rows(self) -> Iterator[TableLine]:
        """Every line that is not empty. Raises `MalformedFile`. `findings` is whole only after the last one."""
        reader, width, after = self._reader, len(self.columns), self._skipped + 1
        line = reader.line_num + after
        is_cut = False
        try:
            for cells in reader:
                if len(cells) == width:
                    yield line, cells
                elif cells:
                    is_cut = len(cells) < width and not self._short.number
                    yield line, self._fitted(line, cells)
                line = reader.line_num + after
        except csv.Error as error:
            raise _malformed(self._name, line, error) from error
        if is_cut and self._text.ends_open and line == self._short_end:
            raise MalformedFile(self._name, self._short.first, "the file ends in the middle of a row.", _AGAIN)

    def _fitted(self, line: int, cells: list[str]) -> list[str]:
        """Cells for every column; the first short row notes where it ends."""
        missing = len(self.columns) - len(cells)
        if missing > 0:
            self._short.add(line)
            self._short_end = self._next_line
            return cells + [""] * missing
        while missing < 0 and not cells[-1]:  # separators at the end of each line say nothing
            cells.pop()
            missing += 1
        if missing:
            self._long.add(line)
        return cells

    @property
    def findings(self) -> list[str]:
        """What was odd so far, in sentences."""
        beyond = f"what is beyond it is kept as {self.column(len(self.columns))} and so on"
        foreign = self._text.foreign
        return [
            *foreign.says("One line is", "lines are", "not valid UTF-8", "read as Windows-1252"),
            *self._short.says("One row has", "rows have", "fewer cells than the header", "what is missing is empty"),
            *self._long.says("One row has", "rows have", "more cells than the header", beyond),
        ]


def open_table(file: BinaryIO, name: str) -> Table:
    """The table in `file`, which stays open and is the caller's. Raises `MalformedFile`, which calls it `name`."""
    return Table(file, name)


def _separator_of(sample: str) -> str:
    """The separator by which the header has several cells, and most rows as many; where several do, the most cells."""

    def fits(separator: str) -> tuple[bool, float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        rows = [cells for cells in islice(reader, _SAMPLE_ROWS) if cells] or [[""]]
        width = len(rows[0])
        return width > 1, sum(len(cells) == width and _is_whole(cells) for cells in rows) / len(rows), width

    return max(_SEPARATORS, key=fits)


def _is_whole(cells: Iterable[str]) -> bool:
    """Whether no cell has a single quote in it, as those have that were cut at a separator inside of quotes."""
    return not any(cell.count('"') % 2 for cell in cells)


def _malformed(name: str, line: int, error: csv.Error) -> MalformedFile:
    if "unexpected end" in str(error):
        return MalformedFile(name, line, "the file ends in the middle of a cell.", _AGAIN)
    return MalformedFile(name, line, f"this is not valid CSV ({error}).", "Download it again, or correct it.")


class _Text:
    """The lines of a file as text: in pieces, so that no line costs a call; `first` is the first piece."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        self._line = 1
        self.foreign = _Tally()
        self.ends_open = False
        self._pieces = self._decoded(_utf8_of(_pieces(file), name))
        self.first = ""
        while len(self.first) < _SAMPLE and (piece := next(self._pieces, "")):
            self.first += piece
        self.first = self.first.removeprefix("\ufeff")
        if _WEB_PAGE.match(self.first):
            raise MalformedFile(
                name, 0, "this is a web page, and no table.", "Log in to the platform, and download it again."
            )

    def lines(self) -> Iterator[io.StringIO]:
        """Each piece, to be gone through by line; without translation, so that cells keep their line ends."""
        return (io.StringIO(piece, newline="") for piece in chain([self.first], self._pieces))

    def _decoded(self, pieces: Iterable[bytes]) -> Iterator[str]:
        """Text in pieces that end where a line does."""
        rest: list[bytes] = []
        for piece in pieces:
            if b"\0" in piece:
                raise MalformedFile(self._name, 0, "this is no table: it holds bytes that no text has.", _AGAIN)
            # a \r at the very end may be half of a line end
            cut = piece.rfind(b"\n") + 1 or piece.rfind(b"\r", 0, -1) + 1
            if cut:
                yield self._text_of(b"".join([*rest, piece[:cut]]))
                rest.clear()
            rest.append(piece[cut:])
            if len(rest) * _PIECE > _LINE_LIMIT:
                raise MalformedFile(self._name, self._line, "the line is longer than any in a table should be.")
        last = b"".join(rest)
        self.ends_open = bool(last) and not last.endswith(b"\r")
        if last:
            yield self._text_of(last)

    def _text_of(self, data: bytes) -> str:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = "".join(self._line_of(line, number) for number, line in enumerate(data.splitlines(keepends=True)))
        self._line += data.count(b"\n") or data.count(b"\r")
        return text

    def _line_of(self, data: bytes, number: int) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError:
            self.foreign.add(self._line + number)
            return data.decode("cp1252", "replace")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The whole file, in full pieces, also where it gives less than it is asked for."""
    piece = bytearray()
    while data := file.read(_PIECE - len(piece)):
        piece += data
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _utf8_of(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The file in UTF-8, or in whatever it is instead; from UTF-16 where it begins like that."""
    first = next(pieces, b"")
    if encoding := _utf16_of(first[:64]):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for piece in chain([first], pieces):
                yield decoder.decode(piece).encode()
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise MalformedFile(name, 0, "its text breaks off, or is damaged.", _AGAIN) from error
    else:
        yield first
        yield from pieces


def _utf16_of(start: bytes) -> str:
    """UTF-16 in which byte order, told by its mark, or by the zeros of a header in Latin letters; "" for neither."""
    if start.startswith(codecs.BOM_UTF16_LE) or start[1::2].count(0) * 2 > len(start[1::2]):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE) or start[::2].count(0) * 2 > len(start[::2]):
        return "utf-16-be"
    return ""
