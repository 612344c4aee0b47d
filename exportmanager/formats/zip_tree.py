"""The files of a zip from outside, whoever and whatever made it; what lies deflated in it can be copied as it is."""

from __future__ import annotations

import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import BinaryIO

from isal import isal_zlib

from exportmanager.core.errors import HostileArchive
from exportmanager.core.trees import Deflated, EntryKind, TreeEntry
from exportmanager.formats.counting import Counts
from exportmanager.formats.listing import Item, Listing, Notes
from exportmanager.formats.stretches import PieceFile, Stretch, stretch_of
from exportmanager.formats.untrusted import LINK_LIMIT, PIECE, damaged, latin1_path, printable
from exportmanager.formats.zip_directory import LOCAL, MAX32, ForeignMember, members_of

_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1 | 0x40
_SIZES_FOLLOW = 0x8
_LITTLE = 1_000  # deflate makes what it cannot shrink longer by less than a thousandth
_NOT_AS_LONG = "The archive is damaged: a file in it is not as long as it says."
_CONTRADICTION = "The archive is damaged: it says two things of one file"


_Member = tuple[ForeignMember, int]
"""A member, and where the next thing in the zip begins."""


class ZipArchive:
    """A zip, listed. Several threads may read it."""

    def __init__(self, data: Stretch, notes: Notes, counts: Counts) -> None:
        self._data, self._counter = data, counts.contents
        self.listing = Listing(self._items(notes), notes, self._counter)

    def _items(self, notes: Notes) -> Iterator[Item[_Member]]:
        for where in members_of(self._data, self._counter.listed):
            notes.check()
            member, _ = where
            path = notes.path(member.name)
            _refuse_unknown(member)
            kind = _kind(member)
            if path is None:
                continue
            if not path.isascii() and (latin1 := latin1_path(path)):
                notes.refuse(latin1, f"It holds a name that is not the UTF-8 it says ({printable(latin1)}).")
            elif kind is None:
                notes.leave_out(path, "it is a device, pipe or socket")
            elif kind is EntryKind.FOLDER and member.size:
                notes.refuse(path, f"It holds a folder with the content of a file ({printable(path)}).")
            else:
                yield Item(path, kind, member.size, member.modified, where)

    def entry(self, item: Item[_Member], path: str) -> TreeEntry:
        """The entry for an item, with a path of its own. Raises `BadSource` for a link that cannot be read."""
        member, end = item.where
        mode = member.mode & 0o777
        if item.kind is EntryKind.FOLDER:
            return TreeEntry(path=path, kind=item.kind, mode=mode or 0o755, modified=item.modified)
        if item.kind is EntryKind.LINK:
            link = self._target(item)
            return TreeEntry(path=path, kind=item.kind, mode=mode or 0o644, modified=item.modified, link=link)
        deflated = None
        if _is_deflated(member) and member.packed <= member.size + member.size // _LITTLE:
            deflated = Deflated(member.packed, member.crc, partial(self._pieces, member, end))
        return TreeEntry(
            path=path,
            size=item.size,
            mode=mode or 0o644,
            modified=item.modified,
            open=partial(self.open, item),
            deflated=deflated,
        )

    def _target(self, item: Item[_Member]) -> str:
        with self.open(item) as file:
            return file.read(LINK_LIMIT + 1).decode("utf-8", "surrogateescape")

    def open(self, item: Item[_Member]) -> BinaryIO:
        """The bytes of a file. Raises `BadSource`, also while they are read."""
        return io.BufferedReader(PieceFile(content for _, content in self._pieces(*item.where)))

    def window(self, item: Item[_Member], _: ExitStack) -> Stretch | None:
        """The bytes of a file where they lie, if they are not packed; they were looked at. Raises `BadSource`."""
        member, end = item.where
        if member.method != _STORED:
            return None
        for whole, content in self._pieces(member, end):
            if len(content) == member.size:
                return stretch_of(whole)
        head = self._data.at(member.offset, min(end - member.offset, PIECE))
        return self._data.part(member.offset + _data_start(head, member, end), member.packed)

    def _pieces(self, member: ForeignMember, end: int) -> Iterator[tuple[bytes, bytes]]:
        """A member as it lies there, piece by piece, each with what it holds. Raises `BadSource`."""
        if end - member.offset <= PIECE and member.size <= PIECE:
            yield self._whole(member, end)
            return
        crc = size = 0
        packed = _packed(self._data, member, end)
        try:
            for piece, content in _inflated(packed) if _is_deflated(member) else _as_they_are(packed):
                size += len(content)
                self._counter.add(len(content))
                if size > member.size:
                    break
                crc = isal_zlib.crc32(content, crc)
                yield piece, content
        except zlib.error as error:
            raise damaged(error) from error
        _refuse_other(member, size, crc)

    def _whole(self, member: ForeignMember, end: int) -> tuple[bytes, bytes]:
        """The same for a small one."""
        head = self._data.at(member.offset, end - member.offset)
        start = _data_start(head, member, end)
        packed = content = head[start : start + member.packed]
        if _is_deflated(member):
            unpacker = zlib.decompressobj(-15)  # not isal: see below
            try:
                content = unpacker.decompress(packed, member.size + 1)
            except zlib.error as error:
                raise damaged(error) from error
            if not unpacker.eof or unpacker.unused_data:
                raise HostileArchive(_NOT_AS_LONG)
        self._counter.add(len(content))
        _refuse_other(member, len(content), isal_zlib.crc32(content))
        return packed, content


def _is_deflated(member: ForeignMember) -> bool:
    """Some programs say so of an empty file and write nothing at all, which is no deflate."""
    return member.method == _DEFLATED and member.packed > 0


def _refuse_other(member: ForeignMember, size: int, crc: int) -> None:
    """Raise `HostileArchive` where what came out of a member is not what was announced."""
    if size != member.size:
        raise HostileArchive(_NOT_AS_LONG)
    if crc != member.crc:
        raise HostileArchive(f"The archive is damaged: the content of a file changed ({printable(member.name)}).")


def _refuse_unknown(member: ForeignMember) -> None:
    if member.flags & _ENCRYPTED:
        raise HostileArchive("It is encrypted.")
    if member.method not in {_STORED, _DEFLATED}:
        raise HostileArchive(f"It is packed in a way that is not known here ({printable(member.name)}).")


def _kind(member: ForeignMember) -> EntryKind | None:
    """What a member is; None for devices and the like."""
    if stat.S_ISLNK(member.mode):
        return EntryKind.LINK
    if member.name.endswith("/") or stat.S_ISDIR(member.mode) or member.is_dos_folder:
        return EntryKind.FOLDER
    return EntryKind.FILE if stat.S_IFMT(member.mode) in {0, stat.S_IFREG} else None


def _packed(data: Stretch, member: ForeignMember, end: int) -> Iterator[bytes]:
    """The bytes of a member as they lie there, none but its own. Raises `HostileArchive`, `BadSource`."""
    head = data.at(member.offset, min(end - member.offset, PIECE))
    start = _data_start(head, member, end)
    if member.packed:
        yield head[start : start + member.packed]
    at, end = len(head), start + member.packed
    while at < end:
        piece = data.at(member.offset + at, min(end - at, PIECE))
        yield piece
        at += len(piece)


def _data_start(head: bytes, member: ForeignMember, end: int) -> int:
    """Where the data begin after a member's own header, which must not contradict the list. Raises `HostileArchive`."""
    mark, _, flags, method, _, _, crc, packed, size, name, extra = LOCAL.unpack_from(head)
    raw = head[LOCAL.size : LOCAL.size + name]
    if mark != b"PK\x03\x04" or method != member.method or raw != member.raw or flags & _ENCRYPTED:
        raise HostileArchive(f"{_CONTRADICTION} ({printable(member.name)}).")
    if (crc, packed, size) != member[4:7]:
        later = {0} if flags & _SIZES_FOLLOW else set()  # they stand behind the data
        wide = {*later, MAX32}
        if crc not in {*later, member.crc} or packed not in {*wide, member.packed} or size not in {*wide, member.size}:
            raise HostileArchive(f"{_CONTRADICTION} ({printable(member.name)}).")
    start = LOCAL.size + name + extra
    if member.offset + start + member.packed > end:
        raise HostileArchive("Its members overlap, as in a zip bomb.")
    return int(start)


def _as_they_are(packed: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return ((piece, piece) for piece in packed)


def _inflated(packed: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each piece with what comes out of it, never much at once. Raises `HostileArchive`, `zlib.error`.

    By zlib, though isal is faster: isal takes codes that zlib and so unzip refuse, and these bytes are copied.
    """
    unpacker = zlib.decompressobj(-15)
    for piece in packed:
        if unpacker.eof:
            raise HostileArchive(_NOT_AS_LONG)
        yield piece, unpacker.decompress(piece, PIECE)
        while unpacker.unconsumed_tail:
            yield b"", unpacker.decompress(unpacker.unconsumed_tail, PIECE)
    while not unpacker.eof and (rest := unpacker.decompress(b"", PIECE)):
        yield b"", rest
    if not unpacker.eof or unpacker.unused_data:
        raise HostileArchive(_NOT_AS_LONG)
