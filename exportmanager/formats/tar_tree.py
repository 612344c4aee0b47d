"""The files of a tar from outside, plain or in gzip or zstd, whoever and whatever made it."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import BinaryIO, NamedTuple

import zstandard

from exportmanager.core.errors import HostileArchive
from exportmanager.core.trees import EntryKind, TreeEntry
from exportmanager.formats.counting import Counter, Counts
from exportmanager.formats.listing import Item, Listing, Notes
from exportmanager.formats.magic import Form
from exportmanager.formats.stretches import PieceFile, Stretch, spooled
from exportmanager.formats.untrusted import PIECE, plain_path, printable

_ZSTD_PIECE = 512  # a block of 4 bytes may become 128 KB: small pieces bound what one call can return (16 MB)
_BLOCK = 512
_NO_MEMBERS = (b"x", b"g", b"X", b"L", b"K")  # headers that speak of the next one
_HEADER_LIMIT = 8 << 20
_HOLES_LIMIT = 100_000


class _Member(NamedTuple):
    """Where a file's bytes lie in the tar: `parts` of it as offset in the file, offset in the tar, length.

    Between the parts are holes, which are zeros.
    """

    mode: int
    link: str = ""
    parts: tuple[tuple[int, int, int], ...] = ()


class TarArchive:
    """A tar, unpacked and listed. Several threads may read it, until `keep` closes what it was unpacked into."""

    def __init__(self, data: Stretch, form: Form, notes: Notes, counts: Counts, keep: ExitStack) -> None:
        self._counter = counts.contents
        self._tar = data if form is Form.TAR else _unpacked(data, form, notes, counts.unpacked, keep)
        _count(self._tar, self._counter)
        self.listing = Listing(_listed(self._tar, notes, self._counter), notes, self._counter)

    def entry(self, item: Item[_Member], path: str) -> TreeEntry:
        """The entry for an item, with a path of its own."""
        return TreeEntry(
            path=path,
            kind=item.kind,
            size=item.size,
            mode=item.where.mode,
            modified=item.modified,
            link=item.where.link,
            open=partial(self.open, item) if item.kind is EntryKind.FILE else None,
        )

    def open(self, item: Item[_Member]) -> BinaryIO:
        """The bytes of a file. Raises `HostileArchive` while they are read."""
        return io.BufferedReader(PieceFile(self._pieces(item)))

    def window(self, item: Item[_Member], _: ExitStack) -> Stretch | None:
        """The bytes of a file where they lie, if they lie together."""
        parts = item.where.parts
        return self._tar.part(parts[0][1], item.size) if len(parts) == 1 and parts[0][2] == item.size else None

    def _pieces(self, item: Item[_Member]) -> Iterator[bytes]:
        for piece in _filled(self._tar, item):
            self._counter.add(len(piece))
            yield piece


def _filled(tar: Stretch, item: Item[_Member]) -> Iterator[bytes]:
    """The parts of a file and the zeros between them."""
    at = 0
    for start, offset, length in item.where.parts:
        yield from _zeros(start - at)
        yield from tar.part(offset, length).pieces()
        at = start + length
    yield from _zeros(item.size - at)


def _zeros(count: int) -> Iterator[bytes]:
    if count < 0:
        raise HostileArchive("The archive is damaged: parts of a file in it overlap.")
    for at in range(0, count, PIECE):
        yield bytes(min(PIECE, count - at))


def _unpacked(data: Stretch, form: Form, notes: Notes, counter: Counter, keep: ExitStack) -> Stretch:
    """The tar itself: members can then be sorted, and hard links found."""

    def pieces() -> Iterator[bytes]:
        for piece in _zstd_pieces(data) if form is Form.ZSTD else _gzip_pieces(data):
            notes.check()
            counter.add(len(piece))
            yield piece

    return spooled(pieces(), keep)


def _gzip_pieces(data: Stretch) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=data.open()) as file:
        while piece := file.read(PIECE):
            yield piece


def _zstd_pieces(data: Stretch) -> Iterator[bytes]:
    """All frames unpacked. Unlike the library's own reader, this notices when the last one is cut off."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    started = False
    for large in data.pieces():
        for at in range(0, len(large), _ZSTD_PIECE):
            piece = large[at : at + _ZSTD_PIECE]
            while piece:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                yield frame.decompress(piece)
                started = True
                piece = frame.unused_data if frame.eof else b""
    if not started or not frame.eof:
        raise EOFError("the last frame is not whole")


def _count(tar: Stretch, counter: Counter) -> None:
    """Go from header to header, ten times as fast as tarfile, so that an archive of too many files is refused soon."""
    at = count = held_at = 0
    held = b""
    while at + _BLOCK <= tar.size:
        if not held_at <= at <= held_at + len(held) - _BLOCK:
            held, held_at = tar.at(at, min(PIECE, tar.size - at)), at
        start = at - held_at
        if not held[start]:
            return  # no name: the zeros at the end
        size = held[start + 124 : start + 136]
        try:
            length = int(size.rstrip(b" \0") or b"0", 8) if size[0] < 0x80 else int.from_bytes(size[1:])
        except ValueError:
            return  # tarfile says better what is wrong
        count += held[start + 156 : start + 157] not in _NO_MEMBERS
        counter.expect(count)
        at += _BLOCK + -(-length // _BLOCK) * _BLOCK


def _listed(tar: Stretch, notes: Notes, counter: Counter) -> Iterator[Item[_Member]]:
    with tar.open() as plain:
        careful = _Careful(plain)
        with tarfile.open(fileobj=careful, mode="r:", encoding="utf-8") as archive:  # type: ignore[call-overload]
            yield from _found(archive, careful, notes, counter)
            careful.check_end(archive.offset, notes.check)


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


def _found(archive: tarfile.TarFile, careful: _Careful, notes: Notes, counter: Counter) -> Iterator[Item[_Member]]:
    by_name: dict[str, Item[_Member]] = {}
    holes = 0
    while (info := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # it would keep them all
        notes.check()
        careful.next_header()
        counter.entry(info.name)
        sparse = getattr(info, "sparse", None) or ()
        holes += len(sparse)
        if info.size < 0 or holes > _HOLES_LIMIT:
            raise HostileArchive(f"It holds a header that no honest archive has ({printable(info.name)}).")
        raw = plain_path(info.name)
        item = _linked(info, by_name) if info.islnk() else _item(info, sparse)
        if item is None:
            notes.leave_out(raw, "it is a device, pipe or socket")
            continue
        by_name[raw] = item
        if (path := notes.path(notes.readable(raw))) is not None:
            yield item._replace(path=path)


def _item(info: tarfile.TarInfo, sparse: Iterable[tuple[int, int]]) -> Item[_Member] | None:
    """A member; None for devices and the like."""
    mode, modified = info.mode & 0o777, int(info.mtime)
    if info.isdir():
        return Item("", EntryKind.FOLDER, 0, modified, _Member(mode))
    if info.issym():
        return Item("", EntryKind.LINK, 0, modified, _Member(mode, info.linkname))
    if not info.isreg():
        return None
    return Item("", EntryKind.FILE, info.size, modified, _Member(mode, "", _parts(info, sparse)))


def _parts(info: tarfile.TarInfo, sparse: Iterable[tuple[int, int]]) -> tuple[tuple[int, int, int], ...]:
    """Where the bytes lie; `sparse` has offset and length of each part where the file has holes."""
    offset, parts = info.offset_data, []
    if not info.issparse():
        return ((0, offset, info.size),)
    for start, length in sparse:
        if length:  # what has none marks the end
            parts.append((start, offset, length))
            offset += length
    return tuple(parts)


def _linked(info: tarfile.TarInfo, by_name: Mapping[str, Item[_Member]]) -> Item[_Member]:
    """A hard link: the same as an earlier member, under another name. (tarfile would search all members for each.)"""
    item = by_name.get(plain_path(info.linkname))
    if item is None or item.kind is EntryKind.FOLDER:
        raise HostileArchive(f"A hard link in it leads to no file ({printable(info.name)}).")
    return item
