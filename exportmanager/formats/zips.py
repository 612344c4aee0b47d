"""Zip files written so that compressed members can be copied as they are, and read back without trusting them.

Follows PKWARE's APPNOTE 6.3.10 (zip64: 4.5.3) and Info-ZIP's extended timestamp (header id 0x5455). What is written is
deterministic: the same members in the same order give the same bytes. Times in the DOS fields are UTC; the extended
timestamp holds the exact second.
"""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from isal import isal_zlib

from exportmanager.core.errors import Damaged

STORED = 0
DEFLATED = 8
CHUNK = 1 << 20

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_STAMP = struct.Struct("<2HBl")
_LENGTHS = struct.Struct("<2H")
_UTF8 = 0x800
_ENCRYPTED = 0x1
_UNIX = 3 << 8
_MAX32 = 0xFFFFFFFF
_MAX16 = 0xFFFF
_SPOOL = 4 << 20
_LEVEL = 1  # of igzip: within 3 % of zlib's level 6 on source code, at five times its speed


class Member(NamedTuple):
    """An entry of a zip: sizes in bytes, `mode` as in `stat`, `modified` in seconds since 1970, `offset` of its header."""

    name: str
    crc: int
    packed: int
    size: int
    method: int
    mode: int
    modified: int
    offset: int

    @property
    def is_link(self) -> bool:
        """A symbolic link: its data are the target."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_folder(self) -> bool:
        """A folder: no data."""
        return self.name.endswith("/")


def deflate(data: bytes) -> tuple[int, bytes]:
    """The method and bytes to keep `data` as: deflated, or stored where that is no shorter."""
    packed = isal_zlib.compress(data, _LEVEL, -15) if len(data) > 16 else data  # type: ignore[call-arg]
    return (DEFLATED, packed) if len(packed) < len(data) else (STORED, data)


def link_member(like: Member, target: str) -> tuple[Member, bytes]:
    """A symbolic link to `target`, otherwise like another one, and its data."""
    data = target.encode()
    return like._replace(crc=zlib.crc32(data), packed=len(data), size=len(data), method=STORED), data


def inflate(method: int, packed: bytes | memoryview, size: int) -> bytes | memoryview:
    """The bytes of a member, never more than `size` of them. Raises `Damaged`."""
    if method == STORED:
        return packed
    if method != DEFLATED:
        raise Damaged(f"The archive uses a compression (number {method}) that is not known here.")
    try:
        unpacker = isal_zlib.decompressobj(-15)
        data = unpacker.decompress(packed, size + 1)
    except isal_zlib.error as error:
        raise Damaged("The compressed data are damaged.", details=str(error)) from error
    if len(data) != size or not unpacker.eof:
        raise Damaged("The compressed data are not as long as the archive says.")
    return data


def _dos_time(modified: int) -> tuple[int, int]:
    year, month, day, hour, minute, second, *_ = time.gmtime(max(modified, 315532800))  # 1980 is where DOS begins
    year = min(year, 2107)
    return (hour << 11) | (minute << 5) | (second >> 1), ((year - 1980) << 9) | (month << 5) | day


def _stamp(modified: int) -> bytes:
    clamped = max(min(modified, 0x7FFFFFFF), -0x80000000)
    return _STAMP.pack(0x5455, 5, 1, clamped)


class ZipWriter:
    """Writes a zip to an open, empty, seekable file; `close` ends it and leaves the file open.

    Entries may be added whole (`add`), streamed (`stream`), or copied compressed from another zip (`copy`). What grows with
    the number of entries waits in a temporary file, so that memory stays the same.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._offset = out.tell()
        self._count = 0
        self._central: BinaryIO = tempfile.SpooledTemporaryFile(_SPOOL)  # type: ignore[assignment]

    @property
    def written(self) -> int:
        """Bytes so far."""
        return self._offset

    def __enter__(self) -> ZipWriter:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self.close()
        self._central.close()

    def add(self, name: str, data: bytes, *, mode: int = 0o644, modified: int = 0) -> Member:
        """Add a file. `mode` holds permission bits, or a whole `st_mode` for links and folders."""
        method, packed = deflate(data)
        member = Member(name, zlib.crc32(data), len(packed), len(data), method, _full_mode(mode), modified, 0)
        return self.copy([name], [member], [packed])[0]

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
        pieces: list[bytes | memoryview] = []
        central: list[bytes] = []
        added = []
        for name, member, data in zip(names, members, packed, strict=True):
            new = member._replace(name=name, offset=self._offset)
            head, record = _records(new)
            pieces += (head, data)
            central.append(record)
            added.append(new)
            self._offset += len(head) + new.packed
        self._out.write(b"".join(pieces))
        self._central.write(b"".join(central))
        self._count += len(added)
        return added

    def copy_chunks(self, name: str, member: Member, chunks: Iterable[bytes]) -> Member:
        """Like `copy`, for one entry too large for memory."""
        new = member._replace(name=name, offset=self._offset)
        head, record = _records(new)
        self._out.write(head)
        for chunk in chunks:
            self._out.write(chunk)
        self._central.write(record)
        self._count += 1
        self._offset += len(head) + new.packed
        return new

    @contextmanager
    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> Iterator[MemberStream]:
        """Add a file of unknown length: write to what this gives. Nothing else may be added meanwhile."""
        start = self._offset
        draft = Member(name, 0, 0, _MAX32, DEFLATED, _full_mode(mode), modified, start)  # keeps room for zip64
        self._out.write(_records(draft)[0])
        stream = MemberStream(self._out)
        yield stream
        stream.end()
        member = draft._replace(crc=stream.crc, packed=stream.packed, size=stream.size)
        head, record = _records(member, zip64=True)
        self._out.seek(start)
        self._out.write(head)
        self._out.seek(0, io.SEEK_END)
        self._central.write(record)
        self._count += 1
        self._offset = start + len(head) + member.packed

    def close(self) -> None:
        """Write the central directory. The file must be closed by who opened it."""
        start, size = self._offset, self._central.tell()
        self._central.seek(0)
        while chunk := self._central.read(CHUNK):
            self._out.write(chunk)
        if self._count >= _MAX16 or start >= _MAX32 or size >= _MAX32:
            end = start + size
            self._out.write(_END64.pack(b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, self._count, self._count, size, start))
            self._out.write(_LOCATOR64.pack(b"PK\x06\x07", 0, end, 1))
        count = min(self._count, _MAX16)
        self._out.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, min(size, _MAX32), min(start, _MAX32), 0))
        self._offset = self._out.tell()


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


def _records(member: Member, *, zip64: bool = False) -> tuple[bytes, bytes]:
    """The local header and the central record of an entry."""
    name, crc, packed, size, method, mode, modified, offset = member
    raw = name.encode()
    flags = 0 if name.isascii() else _UTF8
    dos_time, dos_date = _dos_time(modified)
    stamp = _stamp(modified)
    big = zip64 or packed >= _MAX32 or size >= _MAX32
    far = offset >= _MAX32
    version = 45 if big or far else 20
    sizes = (_MAX32, _MAX32) if big else (packed, size)
    extra = struct.pack("<2H2Q", 1, 16, size, packed) + stamp if big else stamp
    head = _LOCAL.pack(b"PK\x03\x04", version, flags, method, dos_time, dos_date, crc, *sizes, len(raw), len(extra))
    local = b"".join((head, raw, extra))
    if far:
        wide = (size, packed, offset) if big else (offset,)
        extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) + stamp
    made_by = _UNIX | version
    attributes = (mode << 16) | (0x10 if stat.S_ISDIR(mode) else 0)
    record = _CENTRAL.pack(
        b"PK\x01\x02", made_by, version, flags, method, dos_time, dos_date, crc, *sizes,
        len(raw), len(extra), 0, 0, 0, attributes & _MAX32, min(offset, _MAX32),
    )  # fmt: skip
    return local, b"".join((record, raw, extra))


def members_of(data: bytes) -> list[Member]:
    """The members of a small zip of ours that is in memory (no zip64). Raises `Damaged`."""
    if len(data) < _END.size:
        raise Damaged("The file is too short to be an archive.")
    mark, _, _, _, count, length, start, _ = _END.unpack_from(data, len(data) - _END.size)
    if mark != b"PK\x05\x06" or count == _MAX16 or start + length > len(data):
        raise Damaged("The archive has no end: it was cut off or changed.")
    return list(directory(data[start : start + length], count))


def packed_of(data: bytes, member: Member) -> memoryview:
    """The packed bytes of a member of a zip that is in memory."""
    name, extra = _LENGTHS.unpack_from(data, member.offset + 26)
    start = member.offset + _LOCAL.size + name + extra
    return memoryview(data)[start : start + member.packed]


class ZipReader:
    """Reads a zip of ours: the list of its members, and each one's packed bytes. Raises `Damaged`.

    It takes only what `ZipWriter` writes; archives from outside are for `formats.archives`.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self.size = self._file.seek(0, io.SEEK_END)
            self.count, self._start, self._length = self._find_directory()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> ZipReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _at(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise Damaged("The archive is cut off.")
        return data

    def _find_directory(self) -> tuple[int, int, int]:
        tail_at = self.size - _END.size
        if tail_at < 0:
            raise Damaged("The file is too short to be an archive.")
        mark, _, _, _, count, length, start, _ = _END.unpack(self._at(tail_at, _END.size))
        if mark != b"PK\x05\x06":
            raise Damaged("The archive has no end: it was cut off or changed.")
        if count == _MAX16 or start == _MAX32 or length == _MAX32:
            return self._find_directory64(tail_at)
        return count, start, length

    def _find_directory64(self, tail_at: int) -> tuple[int, int, int]:
        mark, _, at, _ = _LOCATOR64.unpack(self._at(max(0, tail_at - _LOCATOR64.size), _LOCATOR64.size))
        if mark != b"PK\x06\x07" or at + _END64.size > self.size:
            raise Damaged("The archive's zip64 end is damaged.")
        end = _END64.unpack(self._at(at, _END64.size))
        return end[7], end[9], end[8]

    def members(self) -> Iterator[Member]:
        """All entries, in the order of the archive's directory."""
        return directory(self._at(self._start, self._length), self.count)

    def packed(self, member: Member) -> bytes:
        """A member's bytes as they lie in the archive."""
        return self._at(self._data_at(member), member.packed)

    def packed_chunks(self, member: Member) -> Iterator[bytes]:
        """The same in pieces, for members larger than memory."""
        at, left = self._data_at(member), member.packed
        while left:
            piece = self._at(at, min(left, CHUNK))
            at, left = at + len(piece), left - len(piece)
            yield piece

    def unpacked_chunks(self, member: Member) -> Iterator[bytes]:
        """A member's content in pieces. Raises `Damaged` when it is longer or shorter than it says, or its CRC differs."""
        crc = size = 0
        for chunk in self._inflated(member):
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            if size > member.size:
                break
            yield chunk
        if size != member.size or crc != member.crc:
            raise Damaged(f"{member.name} in the archive is damaged.")

    def _inflated(self, member: Member) -> Iterator[bytes]:
        if member.method == STORED:
            yield from self.packed_chunks(member)
            return
        unpacker = isal_zlib.decompressobj(-15)
        try:
            for piece in self.packed_chunks(member):
                data = unpacker.decompress(piece, CHUNK)
                while data:
                    yield data
                    data = unpacker.decompress(unpacker.unconsumed_tail, CHUNK)
        except isal_zlib.error as error:
            raise Damaged(f"{member.name} in the archive is damaged.", details=str(error)) from error

    def _data_at(self, member: Member) -> int:
        head = _LOCAL.unpack(self._at(member.offset, _LOCAL.size))
        if head[0] != b"PK\x03\x04":
            raise Damaged(f"{member.name} is not where the archive says.")
        return member.offset + _LOCAL.size + int(head[9]) + int(head[10])


def directory(data: bytes, count: int) -> Iterator[Member]:
    """The members that a central directory lists. Raises `Damaged`."""
    at = 0
    for _ in range(count):
        try:
            fields = _CENTRAL.unpack_from(data, at)
            end = at + _CENTRAL.size + fields[10]
            name = data[at + _CENTRAL.size : end].decode()
        except (struct.error, UnicodeDecodeError) as error:
            raise Damaged("The archive's list of files is damaged.") from error
        if fields[0] != b"PK\x01\x02" or fields[3] & _ENCRYPTED:
            raise Damaged("The archive's list of files is damaged.")
        extra = data[end : end + fields[11]]
        modified, packed, size, offset = _from_extra(extra, fields[8], fields[9], fields[16])
        yield Member(name, fields[7], packed, size, fields[4], fields[15] >> 16, modified, offset)
        at = end + fields[11] + fields[12]


def _from_extra(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int, int]:
    modified = 0
    at = 0
    try:
        while at < len(extra):
            kind, length = struct.unpack_from("<2H", extra, at)
            if kind == 0x5455:
                modified = struct.unpack_from("<l", extra, at + 5)[0]
            elif kind == 1:
                wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
                size, packed, offset = (next(wide) if v == _MAX32 else v for v in (size, packed, offset))
            at += 4 + length
    except (struct.error, StopIteration, RuntimeError) as error:
        raise Damaged("The archive's list of files is damaged.") from error
    return modified, packed, size, offset
