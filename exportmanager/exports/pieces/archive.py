"""A zip being written that knows the SHA-256 of every file in it, and ends with the manifest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, BinaryIO

from exportmanager.formats.csv import Cell, CsvWriter, Dialect
from exportmanager.formats.manifest import MANIFEST, manifest_line
from exportmanager.formats.members import Members, Stream
from exportmanager.formats.zips import STORED, Member, ZipWriter

_SPOOL = 4 << 20


def modified_on(day: date) -> int:
    """The time of generated files, in seconds since 1970: the day the data were taken, whenever they go out."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def spool() -> BinaryIO:
    """A temporary file, in memory as long as it is small."""
    return tempfile.SpooledTemporaryFile(_SPOOL)  # type: ignore[return-value]


class _Hashing:
    """Passes bytes on and hashes them."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.sha = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.sha.update(data)
        self._stream.write(data)


class Archive:
    """Adds files to `zip` and gives `note` their hashes, as manifest lines (`manifest_line`).

    `modified` (seconds since 1970) is the time of generated files.
    """

    def __init__(self, members: Members, note: Callable[[Iterable[str]], None], modified: int) -> None:
        self.zip, self.note, self.modified = members, note, modified

    def text(self, name: str, text: str) -> None:
        """Add a text file."""
        data = text.encode()
        self.zip.add(name, data, modified=self.modified)
        self.note([manifest_line(hashlib.sha256(data).hexdigest(), name)])

    def json(self, name: str, value: Any) -> None:
        """Add a JSON file."""
        self.text(name, json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def stored(self, name: str, file: BinaryIO, advance: Callable[[int], None]) -> None:
        """Add what is packed already: the whole of `file`, as it is. `advance` hears of each piece."""
        sha, crc, size = hashlib.sha256(), 0, 0
        for piece in _pieces(file):
            sha.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            advance(0)
        member = Member(name, crc, size, size, STORED, stat.S_IFREG | 0o644, self.modified, 0)
        self.zip.copy_chunks(name, member, _counted(_pieces(file), advance))
        self.note([manifest_line(sha.hexdigest(), name)])

    @contextlib.contextmanager
    def bytes(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Add a file: give its bytes to what this gives. Nothing else may be added meanwhile."""
        with self.zip.stream(name, modified=self.modified) as stream:
            hashing = _Hashing(stream)
            yield hashing.write
        self.note([manifest_line(hashing.sha.hexdigest(), name)])

    @contextlib.contextmanager
    def table(self, name: str, dialect: Dialect, header: Iterable[str]) -> Iterator[CsvWriter]:
        """Add a CSV file: write its rows to what this gives. Nothing else may be added meanwhile."""
        with self.bytes(name) as write:
            writer = CsvWriter(write, dialect, header)
            yield writer
            writer.close()

    def rows(self, name: str, dialect: Dialect, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
        """Add a CSV file whose rows are at hand."""
        with self.table(name, dialect, header) as table:
            for row in rows:
                table.row(row)


@contextlib.contextmanager
def archive_in(out: BinaryIO, modified: int) -> Iterator[Archive]:
    """An archive that is a zip of its own, and ends with the manifest."""
    with spool() as manifest, ZipWriter(out) as writer:

        def note(lines: Iterable[str]) -> None:
            manifest.write("".join(lines).encode())

        yield Archive(writer, note, modified)
        manifest.seek(0)
        with writer.stream(MANIFEST, modified=modified) as stream:
            while chunk := manifest.read(1 << 20):
                stream.write(chunk)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(1 << 20):
        yield piece


def _counted(pieces: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    for piece in pieces:
        advance(len(piece))
        yield piece


class LaterTable:
    """A CSV file that is written while other files are added, and added itself at the end."""

    def __init__(self, dialect: Dialect, header: Iterable[str]) -> None:
        self._spool = spool()
        self._writer = CsvWriter(self._spool.write, dialect, header)
        self.count = 0

    def __enter__(self) -> LaterTable:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def row(self, *cells: Cell) -> None:
        """One row."""
        self._writer.row(cells)
        self.count += 1

    def add_to(self, archive: Archive, name: str) -> None:
        """Add it."""
        self._writer.close()
        with archive.bytes(name) as write:
            for piece in _pieces(self._spool):
                write(piece)
