"""The records of a zip file between its members' data: headers, the directory and its end, as values and as bytes.

Follows PKWARE's APPNOTE 6.3.10 (zip64: 4.5.3) and Info-ZIP's extended timestamp (header id 0x5455). Times in the DOS
fields are UTC, from 1980 to 2107 and in steps of two seconds. The extended timestamp holds the exact second, from 1901
to 2038; it is left out after that, so that the DOS fields count.
"""

from __future__ import annotations

import calendar
import stat
import struct
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from exportmanager.core.errors import Damaged

STORED = 0
DEFLATED = 8
MAX32 = 0xFFFFFFFF
MAX16 = 0xFFFF

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_STAMP = struct.Struct("<2HBl")
_STAMP_ALONE = struct.Struct("<5sl")
_STAMP_BEGIN = b"UT\x05\x00\x01"
_LENGTHS = struct.Struct("<2H")
_UTF8 = 0x800
_UNIX = 3 << 8
_FIRST_DOS = calendar.timegm((1980, 1, 1, 0, 0, 0))
_LAST_DOS = calendar.timegm((2107, 12, 31, 23, 59, 58))
_FIRST_STAMP, _LAST_STAMP = -0x80000000, 0x7FFFFFFF

LOCAL_SIZE = _LOCAL.size
_LIST_DAMAGED = "The archive's list of files is damaged."


class Member(NamedTuple):
    """An entry of a zip: sizes in bytes, `mode` as in `stat`, `modified` in seconds since 1970, header at `offset`."""

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


class Directory(NamedTuple):
    """Where the list of members lies: how many there are, and the offset and length of the list in bytes."""

    entries: int
    start: int
    length: int


def records(member: Member, *, zip64: bool = False) -> tuple[bytes, bytes]:
    """The local header and the central record of an entry; `zip64` keeps room in it for any size."""
    name, crc, packed, size, method, mode, modified, offset = member
    raw = name.encode()
    flags = _UTF8  # also where all is ASCII: a name may get a folder before it that is not (see zip_moving)
    dos_time, dos_date = _dos_time(modified)
    stamp = _stamp(modified)
    big = zip64 or packed >= MAX32 or size >= MAX32
    far = offset >= MAX32
    version = 45 if big or far else 20
    sizes = (MAX32, MAX32) if big else (packed, size)
    extra = struct.pack("<2H2Q", 1, 16, size, packed) + stamp if big else stamp
    head = _LOCAL.pack(b"PK\x03\x04", version, flags, method, dos_time, dos_date, crc, *sizes, len(raw), len(extra))
    local = b"".join((head, raw, extra))
    if far:
        wide = (size, packed, offset) if big else (offset,)
        extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) + stamp
    attributes = (mode << 16) | (0x10 if stat.S_ISDIR(mode) else 0)
    record = _CENTRAL.pack(
        b"PK\x01\x02", _UNIX | version, version, flags, method, dos_time, dos_date, crc, *sizes,
        len(raw), len(extra), 0, 0, 0, attributes & MAX32, min(offset, MAX32),
    )  # fmt: skip
    return local, b"".join((record, raw, extra))


def end_records(directory: Directory) -> bytes:
    """What stands at the end of a zip."""
    count, start, length = directory
    wide = b""
    if count >= MAX16 or start >= MAX32 or length >= MAX32:
        end = _END64.pack(b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, count, count, length, start)
        wide = end + _LOCATOR64.pack(b"PK\x06\x07", 0, start + length, 1)
    short = min(count, MAX16)
    return wide + _END.pack(b"PK\x05\x06", 0, 0, short, short, min(length, MAX32), min(start, MAX32), 0)


def find_directory(at: Callable[[int, int], bytes], size: int) -> Directory:
    """Where the directory lies in a zip of `size` bytes; `at` gives so many bytes from an offset. Raises `Damaged`.

    Nothing may stand between the directory and the end: in a file that was cut off, the end of a zip that lies in it as
    a member could pass for its own.
    """
    tail_at = size - _END.size
    if tail_at < 0:
        raise Damaged("The file is too short to be an archive.")
    mark, disk, first_disk, here, count, length, start, comment = _END.unpack(at(tail_at, _END.size))
    if mark != b"PK\x05\x06" or disk or first_disk or here != count or comment:
        raise Damaged("The archive has no end: it was cut off or changed.")
    if count == MAX16 or MAX32 in {start, length}:
        return _find_directory64(at, tail_at)
    if start + length != tail_at:
        raise Damaged("The archive's end is damaged.")
    return Directory(count, start, length)


def _find_directory64(at: Callable[[int, int], bytes], tail_at: int) -> Directory:
    locator_at = tail_at - _LOCATOR64.size
    end_at = locator_at - _END64.size
    if end_at < 0:
        raise Damaged("The archive's zip64 end is damaged.")
    locator = _LOCATOR64.unpack(at(locator_at, _LOCATOR64.size))
    end = _END64.unpack(at(end_at, _END64.size))
    count, length, start = end[7:]
    expected = (b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, count)
    if locator != (b"PK\x06\x07", 0, end_at, 1) or end[:7] != expected or start + length != end_at:
        raise Damaged("The archive's zip64 end is damaged.")
    return Directory(count, start, length)


def directory(data: bytes, count: int) -> Iterator[Member]:
    """The members that a central directory lists; all of it must be taken up by them. Raises `Damaged`."""
    at = 0
    for _ in range(count):
        try:
            fields = _CENTRAL.unpack_from(data, at)
            end = at + _CENTRAL.size + fields[10]
            name = data[at + _CENTRAL.size : end].decode()
        except (struct.error, UnicodeDecodeError) as error:
            raise Damaged(_LIST_DAMAGED) from error
        if fields[0] != b"PK\x01\x02" or fields[3] & ~_UTF8 or fields[4] not in {STORED, DEFLATED}:
            raise Damaged(_LIST_DAMAGED)
        extra = data[end : end + fields[11]]
        modified, packed, size, offset = _from_extra(extra, fields[8], fields[9], fields[16])
        if modified is None:
            modified = _seconds(fields[5], fields[6])
        yield Member(name, fields[7], packed, size, fields[4], fields[15] >> 16, modified, offset)
        at = end + fields[11] + fields[12]
    if at != len(data):
        raise Damaged(_LIST_DAMAGED)


def data_offset(head: bytes, member: Member) -> int:
    """Where a member's data begin; `head` is its local header without name and extra fields. Raises `Damaged`."""
    if len(head) != _LOCAL.size or head[:4] != b"PK\x03\x04":
        raise Damaged(f"{member.name} is not where the archive says.")
    name, extra = _LENGTHS.unpack_from(head, 26)
    return member.offset + _LOCAL.size + int(name) + int(extra)


def local_member(head: bytes, offset: int) -> Member:
    """The member that a whole local header tells of; its mode, which stands only in the directory, is that of any file.

    Raises `Damaged`.
    """
    try:
        mark, _, flags, method, time, date, crc, packed, size, length, _ = _LOCAL.unpack_from(head)
        name = head[_LOCAL.size : _LOCAL.size + length].decode()
    except (struct.error, UnicodeDecodeError) as error:
        raise Damaged(_LIST_DAMAGED) from error
    if mark != b"PK\x03\x04" or flags & ~_UTF8 or method not in {STORED, DEFLATED}:
        raise Damaged(_LIST_DAMAGED)
    modified, packed, size, _ = _from_extra(head[_LOCAL.size + length :], packed, size, offset)
    mode = stat.S_IFDIR | 0o755 if name.endswith("/") else stat.S_IFREG | 0o644
    moment = _seconds(time, date) if modified is None else modified
    return Member(name, crc, packed, size, method, mode, moment, offset)


def local_length(head: bytes) -> int:
    """The length of the local header that begins with `head`, by what stands there."""
    name, extra = _LENGTHS.unpack_from(head.ljust(LOCAL_SIZE, b"\0"), 26)
    return LOCAL_SIZE + int(name) + int(extra)


def _from_extra(extra: bytes, packed: int, size: int, offset: int) -> tuple[int | None, int, int, int]:
    """The extended timestamp, and sizes and offset, which zip64 keeps there when they do not fit the record."""
    if len(extra) == _STAMP_ALONE.size:
        begin, moment = _STAMP_ALONE.unpack(extra)
        if begin == _STAMP_BEGIN:  # as nearly all of ours
            return moment, packed, size, offset
    modified = None
    at = 0
    try:
        while at < len(extra):
            kind, length = _LENGTHS.unpack_from(extra, at)
            if kind == 0x5455:
                modified = struct.unpack_from("<l", extra, at + 5)[0]
            elif kind == 1:
                wide = list(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
                size = wide.pop(0) if size == MAX32 else size
                packed = wide.pop(0) if packed == MAX32 else packed
                offset = wide.pop(0) if offset == MAX32 else offset
            at += 4 + length
    except (struct.error, IndexError) as error:
        raise Damaged(_LIST_DAMAGED) from error
    return modified, packed, size, offset


@lru_cache(1 << 10)
def _dos_time(modified: int) -> tuple[int, int]:
    moment = time.gmtime(min(max(modified, _FIRST_DOS), _LAST_DOS))
    year, month, day, hour, minute, second, *_ = moment
    return (hour << 11) | (minute << 5) | (second >> 1), ((year - 1980) << 9) | (month << 5) | day


def _seconds(dos_time: int, dos_date: int) -> int:
    day = (1980 + (dos_date >> 9), (dos_date >> 5 & 15) or 1, dos_date & 31 or 1)
    try:
        return calendar.timegm((*day, dos_time >> 11, dos_time >> 5 & 63, (dos_time & 31) * 2))
    except ValueError as error:  # a thirteenth month
        raise Damaged(_LIST_DAMAGED) from error


def _stamp(modified: int) -> bytes:
    if modified > _LAST_STAMP:
        return b""
    return _STAMP.pack(0x5455, 5, 1, max(modified, _FIRST_STAMP))
