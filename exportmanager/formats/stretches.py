"""Bytes that several threads may read at once: of a file, of a part of one, or in memory."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import BinaryIO

from exportmanager.core.errors import BadSource, HostileArchive
from exportmanager.formats.untrusted import PIECE, unreadable

_IN_MEMORY = 8 << 20


class Stretch:
    """So many bytes from somewhere; `read` gives a number of them from an offset, and fewer only where they end."""

    def __init__(self, read: Callable[[int, int], bytes], start: int, size: int) -> None:
        self._read, self._start = read, start
        self.size = size

    def at(self, offset: int, length: int) -> bytes:
        """So many bytes from `offset`. Raises `HostileArchive` where there are fewer, `BadSource` where none come."""
        if offset < 0 or length < 0 or offset + length > self.size:  # before any room is made for them
            raise HostileArchive("The archive is damaged or cut off.")
        data = self._read(self._start + offset, length)
        if len(data) != length:
            raise HostileArchive("The archive is damaged or cut off.")
        return data

    def part(self, offset: int, size: int) -> Stretch:
        """A part of it. Raises `HostileArchive` where it does not lie inside."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise HostileArchive("The archive is damaged or cut off.")
        return Stretch(self._read, self._start + offset, size)

    def pieces(self) -> Iterator[bytes]:
        """All of it, from front to back."""
        for offset in range(0, self.size, PIECE):
            yield self.at(offset, min(PIECE, self.size - offset))

    def near(self) -> Stretch:
        """The same in memory, if it is small: then nobody asks the system for each part of it."""
        return stretch_of(self.at(0, self.size)) if self.size <= _IN_MEMORY else self

    def open(self) -> BinaryIO:
        """A file to read and seek in."""
        return io.BufferedReader(_Seekable(self))


def stretch_of(source: BinaryIO | bytes) -> Stretch:
    """All of a file, which must stay open, or of some bytes."""
    if isinstance(source, bytes):
        data = source
        return Stretch(lambda offset, length: data[offset : offset + length], 0, len(data))
    size = source.seek(0, io.SEEK_END)
    return Stretch(_pread(source) if hasattr(os, "pread") else _locked(source), 0, size)


def spooled(pieces: Iterable[bytes], keep: ExitStack) -> Stretch:
    """The `pieces` one after the other: in memory if they are few, else in a temporary file that `keep` closes."""
    with ExitStack() as unfinished:
        file = unfinished.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
        for piece in pieces:
            file.write(piece)
        if file.tell() <= _IN_MEMORY:
            file.seek(0)
            return stretch_of(file.read())
        keep.push(unfinished.pop_all())
        return stretch_of(file)  # type: ignore[arg-type]


def _pread(file: BinaryIO) -> Callable[[int, int], bytes]:
    """Every read names its place, so that threads do not move each other's."""

    def read(offset: int, length: int) -> bytes:
        return _filled(lambda at, left: os.pread(file.fileno(), left, at), offset, length)

    return read


def _locked(file: BinaryIO) -> Callable[[int, int], bytes]:
    """For Windows: one thread at a time goes to its place and reads."""
    lock = threading.Lock()

    def one(offset: int, length: int) -> bytes:
        with lock:
            file.seek(offset)
            return file.read(length)

    return lambda offset, length: _filled(one, offset, length)


def _filled(read: Callable[[int, int], bytes], offset: int, length: int) -> bytes:
    """So many bytes, in as many reads as the system takes."""
    pieces: list[bytes] = []
    while length:
        try:
            piece = read(offset, length)
        except OSError as error:
            raise BadSource(f"The archive was not read: {unreadable(error)}.") from error
        except ValueError as error:  # what Python says of a file that another thread closed
            raise BadSource("The archive was closed while it was read.", "Open it again.") from error
        if not piece:
            break
        pieces.append(piece)
        offset, length = offset + len(piece), length - len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class _Seekable(io.RawIOBase):
    """A stretch as a file."""

    def __init__(self, stretch: Stretch) -> None:
        super().__init__()
        self._stretch, self._at = stretch, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stretch.size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n = max(min(len(buffer), self._stretch.size - self._at), 0)
        buffer[:n] = self._stretch.at(self._at, n) if n else b""
        self._at += n
        return n


class PieceFile(io.RawIOBase):
    """What gives its bytes piece by piece, as a file to read from front to back."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into `buffer`. Raises what the pieces raise."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n
