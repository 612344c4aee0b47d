"""The list of members at the end of a stranger's zip, as values: whoever and whatever wrote it, and nothing believed.

Follows PKWARE's APPNOTE 6.3.10 (4.3 records, 4.5.3 zip64, 4.6.9 Unicode path) and Info-ZIP's extended timestamp
(header id 0x5455). Names without the UTF-8 flag may be UTF-8 all the same, as many programs write them; else they are
code page 437. DOS times are taken for UTC.
"""

from __future__ import annotations

import calendar
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from exportmanager.core.errors import HostileArchive
from exportmanager.formats.stretches import Stretch
from exportmanager.formats.untrusted import PIECE

MAX32 = 0xFFFFFFFF
_MAX16 = 0xFFFF
_UTF8 = 0x800

LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_EXTRA = struct.Struct("<2H")
_COMMENT_LIMIT = 0xFFFF
_LONGEST = _CENTRAL.size + 3 * 0xFFFF

_ZIP64, _TIMESTAMP, _UNICODE_NAME = 1, 0x5455, 0x7075
_WINDOWS = {0, 10, 11, 14}  # FAT, NTFS by APPNOTE and by Info-ZIP, VFAT: a backslash parts folders there
_UNIX = {3, 19}
_DOS_FOLDER = 0x10
_OVERLAP = "Its members overlap, as in a zip bomb."


class ForeignMember(NamedTuple):
    """A member as the list has it: `raw` is the name's bytes, `mode` is 0 where only Windows knows what it is.

    Its header begins at `offset`.
    """

    name: str
    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    is_dos_folder: bool
    modified: int
    offset: int


class _Directory(NamedTuple):
    entries: int
    start: int
    length: int
    ends_at: int


def members_of(zip_: Stretch, announce: Callable[[int, int], None]) -> list[tuple[ForeignMember, int]]:
    """All members in the order of the list, each with where the next thing in the zip begins.

    Before any is read, `announce` hears how many there are said to be, and how long the list is. Raises
    `HostileArchive`, and errors of `untrusted.DAMAGE`.

    A zip begins with its first member, ends with its end, has as many members as are said there, and nothing in it
    belongs to two of them. In a zip that was cut off, the end of a zip that lies in it must not pass for its own.
    """
    found = _find(zip_)
    if found.start + found.length != found.ends_at:
        raise HostileArchive("The archive is damaged or cut off: its list of files does not end where it should.")
    announce(found.entries, found.length)
    members = list(_records(zip_, found))
    return list(zip(members, _ends(members, found.start), strict=True))


def _find(zip_: Stretch) -> _Directory:
    """Where the list lies, by the last end record that the file holds."""
    tail_at = max(zip_.size - _END.size - _COMMENT_LIMIT, 0)
    tail = zip_.at(tail_at, zip_.size - tail_at)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise HostileArchive("The archive is damaged or cut off: it has no end.")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment != len(tail):
        raise HostileArchive("The archive is damaged or cut off: there is more or less where it should end.")
    short = _Directory(count, start, length, tail_at + at)
    locator_at = short.ends_at - _LOCATOR64.size
    if locator_at >= 0 and zip_.at(locator_at, 4) == b"PK\x06\x07":
        return _find64(zip_, locator_at, short)
    if disk or first_disk or here != count:
        raise HostileArchive("It is one part of an archive that was split into several.")
    return short


def _find64(zip_: Stretch, locator_at: int, short: _Directory) -> _Directory:
    _, disk, end_at, disks = _LOCATOR64.unpack(zip_.at(locator_at, _LOCATOR64.size))
    mark, size, _, _, this, first, here, count, length, start = _END64.unpack(zip_.at(end_at, _END64.size))
    if mark != b"PK\x06\x06" or end_at + 12 + size != locator_at:
        raise HostileArchive("The archive is damaged: its zip64 end is not where it says.")
    if disk or disks > 1 or this or first or here != count:
        raise HostileArchive("It is one part of an archive that was split into several.")
    wide = (count, start, length)
    if any(said not in {wide, top} for said, wide, top in zip(short[:3], wide, (_MAX16, MAX32, MAX32), strict=True)):
        raise HostileArchive("The archive is damaged: its two ends contradict each other.")
    return _Directory(count, start, length, end_at)


def _records(zip_: Stretch, directory: _Directory) -> Iterator[ForeignMember]:
    """The members of the list, which they must fill; it is read in pieces, and never held whole."""
    held, at = b"", 0
    offset, left = directory.start, directory.length
    for _ in range(directory.entries):
        if left and len(held) - at < _LONGEST:
            more = min(left, PIECE)
            held, at = held[at:] + zip_.at(offset, more), 0
            offset, left = offset + more, left - more
        member, at = _record(held, at)
        yield member
    if left or at != len(held):
        raise HostileArchive(f"The archive is damaged: its list does not hold {directory.entries:,} files.")


def _record(data: bytes, at: int) -> tuple[ForeignMember, int]:
    """A member, and where the next one begins."""
    (
        mark, _, system, _, flags, method, time, date, crc, packed, size,
        name_length, extra_length, comment_length, _, _, attributes, offset,
    ) = _CENTRAL.unpack_from(data, at)  # fmt: skip
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_length
    end = extra_at + extra_length + comment_length
    if mark != b"PK\x01\x02" or end > len(data):
        raise HostileArchive("The archive is damaged: its list of files cannot be read.")
    raw = data[name_at:extra_at]
    modified, unicode_name = None, None
    if extra_length:
        for kind, extra in _extras(data[extra_at : extra_at + extra_length]):
            if kind == _TIMESTAMP and len(extra) >= 5 and extra[0] & 1:
                (modified,) = struct.unpack_from("<l", extra, 1)
            elif kind == _UNICODE_NAME and extra[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
                unicode_name = extra[5:].decode("utf-8", "surrogateescape")
            elif kind == _ZIP64:
                size, packed, offset = _wide(extra, size, packed, offset)
    name = _name(raw, flags, unicode_name)
    is_dos_folder = False
    if system in _WINDOWS:
        name, is_dos_folder = name.replace("\\", "/"), attributes & _DOS_FOLDER != 0
    mode = attributes >> 16 if system in _UNIX else 0
    seconds = _seconds(date, time) if modified is None else modified
    return ForeignMember(name, raw, flags, method, crc, packed, size, mode, is_dos_folder, seconds, offset), end


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size + length
        if at > len(extra):
            raise HostileArchive("The archive is damaged: its list of files cannot be read.")
        yield kind, extra[at - length : at]


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes and offset; zip64 has those that do not fit the record, in this order."""
    wide = list(struct.unpack(f"<{len(extra) // 8}Q", extra[: len(extra) // 8 * 8]))
    try:
        size = wide.pop(0) if size == MAX32 else size
        packed = wide.pop(0) if packed == MAX32 else packed
        return size, packed, wide.pop(0) if offset == MAX32 else offset
    except IndexError as error:
        raise HostileArchive("The archive is damaged: its list of files cannot be read.") from error


def _name(raw: bytes, flags: int, unicode_name: str | None) -> str:
    if flags & _UTF8:
        return raw.decode("utf-8", "surrogateescape")
    if unicode_name is not None:  # of Info-ZIP and WinRAR, where the other one is in some code page
        return unicode_name
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437")


@lru_cache(1 << 12)
def _seconds(date: int, time: int) -> int:
    """Since 1970; months and days that no calendar has become the nearest."""
    day = (1980 + (date >> 9), min(max(date >> 5 & 15, 1), 12), max(date & 31, 1))
    return calendar.timegm((*day, time >> 11, time >> 5 & 63, (time & 31) * 2))


def _ends(members: list[ForeignMember], directory: int) -> list[int]:
    """Where the next thing after each begins, be it the directory. Raises `HostileArchive` where they overlap."""
    offsets = sorted(member.offset for member in members)
    following = dict(pairwise([*offsets, directory]))
    if offsets and offsets[0] not in {0, 4}:  # 4: after the mark of an archive that might have been split
        raise HostileArchive("The archive is damaged or cut off: what it lists does not begin where it does.")
    if len(following) != len(members):
        raise HostileArchive(_OVERLAP)
    ends = [following[member.offset] for member in members]
    for member, end in zip(members, ends, strict=True):
        if member.offset + LOCAL.size + len(member.raw) + member.packed > end:
            raise HostileArchive(_OVERLAP)
    return ends
