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
from exportmanager.formats.stretches import PieceFile, Stretch
from exportmanager.formats.untrusted import LINK_LIMIT, PIECE, damaged, printable
from exportmanager.formats.zip_directory import LOCAL, MAX32, ForeignMember, members_of

_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1 | 0x40
_SIZES_FOLLOW = 0x8


class ZipArchive:
    """A zip, listed. Several threads may read it."""

    def __init__(self, data: Stretch, notes: Notes, counts: Counts) -> None:
        self._data, self._counter = data, counts.contents
        self.listing = Listing(self._items(notes), notes, self._counter)

    def _items(self, notes: Notes) -> Iterator[Item[ForeignMember]]:
        for member in members_of(self._data, self._counter.refuse):
            notes.check()
            self._counter.entry(member.name)
            path = notes.path(member.name)
            _refuse_unknown(member)
            kind = _kind(member)
            if path is not None and kind is None:
                notes.leave_out(path, "it is a device, pipe or socket")
            elif path is not None and kind is EntryKind.FOLDER and member.size:
                notes.refuse(path, f"It holds a folder with the content of a file ({printable(path)}).")
            elif path is not None and kind is not None:
                yield Item(path, kind, member.size, member.modified, member)

    def entry(self, item: Item[ForeignMember], path: str) -> TreeEntry:
        """The entry for an item, with a path of its own. Raises `BadSource` for a link that cannot be read."""
        mode = item.where.mode & 0o777
        if item.kind is EntryKind.FOLDER:
            return TreeEntry(path=path, kind=item.kind, mode=mode or 0o755, modified=item.modified)
        if item.kind is EntryKind.LINK:
            link = self._target(item)
            return TreeEntry(path=path, kind=item.kind, mode=mode or 0o644, modified=item.modified, link=link)
        return TreeEntry(
            path=path,
            size=item.size,
            mode=mode or 0o644,
            modified=item.modified,
            open=partial(self.open, item),
            deflated=self._deflated(item.where),
        )

    def _deflated(self, member: ForeignMember) -> Deflated | None:
        """None where the file itself would be no longer."""
        if member.method != _DEFLATED or member.packed >= member.size:
            return None
        return Deflated(member.packed, member.crc, partial(self._pieces, member))

    def _target(self, item: Item[ForeignMember]) -> str:
        with self.open(item) as file:
            return file.read(LINK_LIMIT + 1).decode("utf-8", "surrogateescape")

    def open(self, item: Item[ForeignMember]) -> BinaryIO:
        """The bytes of a file. Raises `BadSource`, also while they are read."""
        return io.BufferedReader(PieceFile(content for _, content in self._pieces(item.where)))

    def window(self, item: Item[ForeignMember], _: ExitStack) -> Stretch | None:
        """The bytes of a file where they lie, if they are not packed. Raises `BadSource`."""
        member = item.where
        if member.method != _STORED:
            return None
        for _piece in self._pieces(member):
            """Where the last one has come, it is known that all are right."""
        head = self._data.at(member.offset, min(member.end - member.offset, PIECE))
        return self._data.part(member.offset + _data_start(head, member), member.packed)

    def _pieces(self, member: ForeignMember) -> Iterator[tuple[bytes, bytes]]:
        """A member as it lies there, piece by piece, each with what it holds. Raises `BadSource`."""
        crc = size = 0
        packed = _packed(self._data, member)
        try:
            for piece, content in _inflated(packed) if member.method == _DEFLATED else _as_they_are(packed):
                size += len(content)
                self._counter.add(len(content))
                if size > member.size:
                    break
                crc = isal_zlib.crc32(content, crc)
                yield piece, content
        except zlib.error as error:
            raise damaged(error) from error
        if size != member.size:
            raise HostileArchive("The archive is damaged: a file in it is not as long as it says.")
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


def _packed(data: Stretch, member: ForeignMember) -> Iterator[bytes]:
    """The bytes of a member as they lie there, none but its own. Raises `HostileArchive`, `BadSource`."""
    room = member.end - member.offset
    head = data.at(member.offset, min(room, PIECE))
    start = _data_start(head, member)
    if start + member.packed > room:
        raise HostileArchive("Its members overlap, as in a zip bomb.")
    if member.packed:
        yield head[start : start + member.packed]
    at, end = len(head), start + member.packed
    while at < end:
        piece = data.at(member.offset + at, min(end - at, PIECE))
        yield piece
        at += len(piece)


def _data_start(head: bytes, member: ForeignMember) -> int:
    """Where the data begin after a member's own header, which must not contradict the list."""
    mark, _, flags, method, _, _, crc, packed, size, name, extra = LOCAL.unpack_from(head)
    raw = head[LOCAL.size : LOCAL.size + name]
    told = [(crc, member.crc)] + [pair for pair in ((packed, member.packed), (size, member.size)) if pair[0] != MAX32]
    later = flags & _SIZES_FOLLOW  # they stand behind the data
    if (
        mark != b"PK\x03\x04"
        or (method, raw) != (member.method, member.raw)
        or flags & _ENCRYPTED
        or any(here != listed and not (later and here == 0) for here, listed in told)
    ):
        raise HostileArchive(f"The archive is damaged: it says two things of one file ({printable(member.name)}).")
    return int(LOCAL.size + name + extra)


def _as_they_are(packed: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return ((piece, piece) for piece in packed)


def _inflated(packed: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each piece with what comes out of it, never much at once. Raises `HostileArchive`, `zlib.error`.

    By zlib, though isal is faster: isal takes codes that zlib and so unzip refuse, and these bytes are copied.
    """
    unpacker = zlib.decompressobj(-15)
    for piece in packed:
        if unpacker.eof:
            raise HostileArchive("The archive is damaged: a file in it is shorter than it says.")
        yield piece, unpacker.decompress(piece, PIECE)
        while unpacker.unconsumed_tail:
            yield b"", unpacker.decompress(unpacker.unconsumed_tail, PIECE)
    while not unpacker.eof and (rest := unpacker.decompress(b"", PIECE)):
        yield b"", rest
    if not unpacker.eof or unpacker.unused_data:
        raise HostileArchive("The archive is damaged: a file in it is not as long as it says.")
