"""Writes zips so that compressed members can be copied as they are; `zip_reading` reads them back, trusting nothing.

What is written is deterministic: the same members in the same order give the same bytes. How headers look is in
`zip_records`; zips from outside are for `archives`.
"""

from __future__ import annotations

import io
import stat
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import deflate as libdeflate
from isal import isal_zlib

from exportmanager.core.errors import Damaged
from exportmanager.formats.zip_moving import moved
from exportmanager.formats.zip_reading import ZipReader, inflate, members_of, packed_of
from exportmanager.formats.zip_records import (
    DEFLATED,
    MAX32,
    STORED,
    Directory,
    Member,
    directory,
    end_records,
    records,
)

__all__ = [
    "DEFLATED",
    "STORED",
    "Member",
    "MemberStream",
    "ZipReader",
    "ZipWriter",
    "deflate",
    "directory",
    "inflate",
    "link_member",
    "members_of",
    "packed_of",
]

CHUNK = 1 << 20
_SPOOL = 4 << 20
_WHOLE_LEVEL = 3  # of libdeflate: within 3 % of zlib at 6 on source code, at three times its speed
_LEVEL = 1  # of igzip, which can be fed piece by piece: 10 % larger than zlib's level 6, at five times its speed


def deflate(data: bytes) -> tuple[int, bytes | bytearray]:
    """The method and bytes to keep `data` as: deflated, or stored where that is no shorter."""
    packed = libdeflate.deflate_compress(data, _WHOLE_LEVEL) if len(data) > 16 else data
    return (DEFLATED, packed) if len(packed) < len(data) else (STORED, data)


def link_member(like: Member, target: str) -> tuple[Member, bytes]:
    """A symbolic link to `target`, otherwise like another one, and its data."""
    data = target.encode()
    return like._replace(crc=zlib.crc32(data), packed=len(data), size=len(data), method=STORED), data


class ZipWriter:
    """Writes a zip to an open, empty, seekable file; `close` ends it and leaves the file open.

    Entries may be added whole (`add`), streamed (`stream`), or copied compressed from another zip (`copy`). What grows
    with the number of entries waits in a temporary file, so that memory stays the same. After an entry that was not
    finished nothing more can be added, and the archive cannot be closed: it would not be whole.
    """

    takes_links = True
    depth = 0

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._offset = out.tell()
        self._count = 0
        self._unfinished = ""
        self._central: BinaryIO = tempfile.SpooledTemporaryFile(_SPOOL)  # type: ignore[assignment]  # noqa: SIM115

    @property
    def written(self) -> int:
        """Bytes so far."""
        return self._offset

    def __enter__(self) -> ZipWriter:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        with self._central:
            if error is None:
                self.close()

    def add(self, name: str, data: bytes, *, mode: int = 0o644, modified: int = 0) -> Member:
        """Add a file. `mode` holds permission bits, or a whole `st_mode` for links and folders."""
        method, packed = deflate(data)
        crc = isal_zlib.crc32(data)
        member = Member(name, crc, len(packed), len(data), method, _full_mode(mode), modified, self._offset)
        head, record = records(member)
        self._begin(name)
        self._out.write(b"".join((head, packed)))
        self._central.write(record)
        self._end(1, self._offset + len(head) + len(packed))
        return member

    def add_folder(self, name: str, *, mode: int = 0o755, modified: int = 0) -> Member:
        """Add an (empty) folder."""
        member = Member(f"{name}/", 0, 0, 0, STORED, stat.S_IFDIR | mode, modified, 0)
        return self.copy([member.name], [member], [b""])[0]

    def add_link(self, name: str, target: str, *, modified: int = 0) -> Member:
        """Add a symbolic link to `target`."""
        return self.add(name, target.encode(), mode=stat.S_IFLNK | 0o777, modified=modified)

    def copy(
        self, names: Sequence[str], members: Sequence[Member], packed: Sequence[bytes | memoryview]
    ) -> list[Member]:
        """Add entries whose data are packed already, under new `names`; the bytes are taken as they are."""
        self._begin(names[0] if names else "")
        pieces: list[bytes | memoryview] = []
        central: list[bytes] = []
        added = []
        offset = self._offset
        for name, member, data in zip(names, members, packed, strict=True):
            if len(data) != member.packed:
                raise Damaged(f"{member.name} has {len(data):,} bytes where {member.packed:,} were announced.")
            new = member._replace(name=name, offset=offset)
            head, record = records(new)
            pieces += (head, data)
            central.append(record)
            added.append(new)
            offset += len(head) + new.packed
        self._out.write(b"".join(pieces))
        self._central.write(b"".join(central))
        self._end(len(added), offset)
        return added

    @property
    def takes_packages(self) -> bool:
        """Whether `copy_package` can be used: not beyond 4 GB, where records need more room."""
        return self._offset < MAX32 - (1 << 28)

    def copy_package(self, package: bytes, prefix: str) -> None:
        """Add all entries of a small zip of ours, with `prefix` before their names; all else stays as it is."""
        entries, central, count = moved(package, prefix, self._offset)
        self._begin(prefix)
        self._out.write(entries)
        self._central.write(central)
        self._end(count, self._offset + len(entries))

    def copy_chunks(self, name: str, member: Member, chunks: Iterable[bytes]) -> Member:
        """Like `copy`, for one entry too large for memory."""
        new = member._replace(name=name, offset=self._offset)
        head, record = records(new)
        size = 0
        self._begin(name)
        self._out.write(head)
        for chunk in chunks:
            size += len(chunk)
            self._out.write(chunk)
        if size != new.packed:
            raise Damaged(f"{member.name} has {size:,} bytes where {new.packed:,} were announced.")
        self._central.write(record)
        self._end(1, self._offset + len(head) + size)
        return new

    @contextmanager
    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> Iterator[MemberStream]:
        """Add a file of unknown length: write to what this gives. Nothing else may be added meanwhile."""
        start = self._offset
        draft = Member(name, 0, 0, 0, DEFLATED, _full_mode(mode), modified, start)
        self._begin(name)
        self._out.write(records(draft, zip64=True)[0])
        stream = MemberStream(self._out)
        yield stream
        stream.end()
        member = draft._replace(crc=stream.crc, packed=stream.packed, size=stream.size)
        head, record = records(member, zip64=True)
        self._out.seek(start)
        self._out.write(head)
        self._out.seek(0, io.SEEK_END)
        self._central.write(record)
        self._end(1, start + len(head) + member.packed)

    def close(self) -> None:
        """Write the central directory. The file must be closed by who opened it."""
        self._refuse_unfinished()
        start, size = self._offset, self._central.tell()
        self._central.seek(0)
        while chunk := self._central.read(CHUNK):
            self._out.write(chunk)
        end = end_records(Directory(self._count, start, size))
        self._out.write(end)
        self._offset = start + size + len(end)

    def _begin(self, name: str) -> None:
        self._refuse_unfinished()
        self._unfinished = name or "an entry"

    def _end(self, count: int, offset: int) -> None:
        self._count += count
        self._offset = offset
        self._unfinished = ""

    def _refuse_unfinished(self) -> None:
        if self._unfinished:
            raise ValueError(f"{self._unfinished} is not finished: nothing can follow it in the archive")


class MemberStream(io.RawIOBase):
    """The open end of a streamed member: takes bytes, keeps count and CRC, writes them deflated."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out
        self._packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -15)
        self.crc = self.size = self.packed = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take `data` whole."""
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)
        self._put(self._packer.compress(data))
        return len(data)

    def end(self) -> None:
        """No more data come."""
        self._put(self._packer.flush())

    def _put(self, packed: bytes) -> None:
        self.packed += len(packed)
        self._out.write(packed)


def _full_mode(mode: int) -> int:
    return mode if stat.S_IFMT(mode) else stat.S_IFREG | mode
