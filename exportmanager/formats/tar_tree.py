"""The files of a tar.gz or tar.zst from outside, whoever and whatever made it."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import zstandard

from exportmanager.core.errors import BadSource, HostileArchive
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits, TreeEntry
from exportmanager.formats.untrusted import (
    DAMAGE,
    PIECE,
    Counted,
    Counter,
    checked,
    damaged,
    packed_size,
    printable,
    readable,
    safe_path,
    unreadable,
)

_SPOOL = 32 << 20
_ZSTD_PIECE = 512  # a block of 4 bytes may become 128 KB: small pieces bound what one call can return (16 MB)
_BLOCK = 512
_HEADER_LIMIT = 8 << 20
_HOLES_LIMIT = 100_000


class TarTree:
    """The files of a tar.gz or tar.zst from outside."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self._path, self._limits = path, limits

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path. Raises `BadSource`."""
        packed = packed_size(self._path)
        # unpacked first into a temporary file, so that members can be sorted and hard links found
        with tempfile.SpooledTemporaryFile(_SPOOL) as plain:
            unpacked = Counter(self._limits, packed)
            try:
                for piece in self._pieces():
                    findings.check()
                    unpacked.add(len(piece))
                    plain.write(piece)
                plain.seek(0)
                counter = Counter(self._limits, packed)
                careful = _Careful(plain)  # type: ignore[arg-type]
                with tarfile.open(fileobj=careful, mode="r:", encoding="utf-8") as archive:  # type: ignore[call-overload]
                    entries = list(_found(archive, careful, counter, findings))
                    careful.check_end(archive.offset, findings.check)
                    yield from checked(entries, findings, counter)
            except DAMAGE as error:
                raise damaged(error) from error

    def _pieces(self) -> Iterator[bytes]:
        """The tar itself. Errors in writing it down stay the disk's; those in reading are the archive's."""
        try:
            if self._path.name.lower().endswith("zst"):
                yield from _zstd_pieces(self._path)
                return
            with gzip.open(self._path) as file:
                while piece := file.read(PIECE):
                    yield piece
        except gzip.BadGzipFile:
            raise
        except OSError as error:
            raise BadSource(f"The archive was not read: {unreadable(error)}.") from error


class _Careful:
    """The unpacked tar as tarfile is given it, which reads a header whole, however long it says that it is."""

    def __init__(self, plain: BinaryIO) -> None:
        self._plain = plain
        self._header_left: int | None = _HEADER_LIMIT

    def next_header(self) -> None:
        """A header was read, and another may come."""
        self._header_left = _HEADER_LIMIT

    def read(self, size: int) -> bytes:
        """Read `size` bytes. Raises `HostileArchive` for a header that is too long."""
        if self._header_left is not None:
            self._header_left -= size
            if size < 0 or self._header_left < 0:
                raise HostileArchive("It holds a header that is longer than any honest one.")
        return self._plain.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to `offset`."""
        return self._plain.seek(offset, whence)

    def tell(self) -> int:
        """Where it stands."""
        return self._plain.tell()

    def check_end(self, offset: int, check: Callable[[], None]) -> None:
        """From `offset` on there must be zeros, a block of them or more: that is how a tar ends, if it is whole.

        tarfile takes a damaged header for the end, and does not look at what follows. From now on there are no headers.
        """
        self._header_left = None
        self._plain.seek(offset)
        length = 0
        while piece := self._plain.read(PIECE):
            check()
            length += len(piece)
            if piece.count(0) != len(piece):
                raise HostileArchive("The archive is damaged: there is more where it should end.")
        if length < _BLOCK:
            raise HostileArchive("The archive is cut off: it does not end as a whole one does.")


def _found(archive: tarfile.TarFile, careful: _Careful, counter: Counter, findings: Findings) -> Iterator[TreeEntry]:
    by_name: dict[str, TreeEntry] = {}
    holes = 0
    for info in archive:
        findings.check()
        careful.next_header()
        counter.entry(info.name)
        holes += len(getattr(info, "sparse", None) or ())
        if info.size < 0 or holes > _HOLES_LIMIT:
            raise HostileArchive(f"It holds a header that no honest archive has ({printable(info.name)}).")
        raw = safe_path(info.name)
        entry = _linked(info, raw, by_name) if info.islnk() else _entry(archive, info, raw, counter)
        if entry is None:
            findings.left_out(printable(raw), "it is a device, pipe or socket")
            continue
        by_name[raw] = entry
        yield replace(entry, path=readable(raw, findings))


def _entry(archive: tarfile.TarFile, info: tarfile.TarInfo, path: str, counter: Counter) -> TreeEntry | None:
    """A member; None for devices and the like."""
    mode, modified = info.mode & 0o777, int(info.mtime)
    if info.isdir():
        return TreeEntry(path=path, kind=EntryKind.FOLDER, mode=mode, modified=modified)
    if info.issym():
        return TreeEntry(path=path, kind=EntryKind.LINK, mode=mode, modified=modified, link=info.linkname)
    if not info.isreg():
        return None
    opener = partial(_open, archive, info, counter)
    return TreeEntry(path=path, size=info.size, mode=mode, modified=modified, open=opener)


def _linked(info: tarfile.TarInfo, path: str, by_name: dict[str, TreeEntry]) -> TreeEntry:
    """A hard link: the same as an earlier member, under another name. (tarfile would search all members for each.)"""
    entry = by_name.get(safe_path(info.linkname))
    if entry is None or entry.kind is EntryKind.FOLDER:
        raise HostileArchive(f"A hard link in it leads to no file ({printable(info.name)}).")
    return replace(entry, path=path)


def _open(archive: tarfile.TarFile, info: tarfile.TarInfo, counter: Counter) -> BinaryIO:
    file = archive.extractfile(info)
    assert file is not None, "it is a file"
    return io.BufferedReader(Counted(file, info.size, counter))  # type: ignore[arg-type]


def _zstd_pieces(path: Path) -> Iterator[bytes]:
    """All frames unpacked. Unlike the library's own reader, this notices when the last one is cut off."""
    with path.open("rb") as file:
        frame = zstandard.ZstdDecompressor().decompressobj()
        started = False
        while piece := file.read(_ZSTD_PIECE):
            while piece:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                yield frame.decompress(piece)
                started = True
                piece = frame.unused_data if frame.eof else b""
        if not started or not frame.eof:
            raise EOFError("the last frame is not whole")
