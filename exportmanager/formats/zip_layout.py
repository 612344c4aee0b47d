"""Finds where everything lies in a zip of ours, also where it is damaged: no byte of it is without an owner.

A whole one is its members, one after the other, then a record of each, then its end, all of it as `zip_records` writes
it. Whatever is otherwise is named.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from exportmanager.core.errors import Damaged
from exportmanager.formats.zip_records import (
    LOCAL_SIZE,
    Member,
    directory,
    end_records,
    find_directory,
    local_length,
    local_member,
    records,
)

LIST_CHANGED = "its entry in the archive's list of files was changed"
HEADER_CHANGED = "its header in the archive was changed"
LOST = "what follows it in the archive is damaged or missing"
_RECORD_MARK = b"PK\x01\x02"
_RECORD = struct.Struct("<28x3H4xL")  # of a central record: lengths of name, extra fields and comment; attributes
_RECORD_SIZE = 46
RECORD_MORE = _RECORD_SIZE - LOCAL_SIZE
"""Bytes by which a record is longer than the header of its member."""
_AS_OURS = 8

At = Callable[[int, int], bytes]
"""Gives so many bytes from an offset, or fewer at the end."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The `members` of a zip, in the order in which they lie, and their records in `central`; their data end at `end`.

    `wrong` names what is damaged, and says how; "" is the archive itself. Where records are lost, so are the modes of
    files: `has_modes` tells.
    """

    members: Sequence[Member]
    central: bytes
    end: int
    wrong: tuple[tuple[str, str], ...] = ()
    has_modes: bool = True

    def entries(self) -> Iterator[tuple[Member, bytes]]:
        """Each member with its record."""
        at = 0
        for member in self.members:
            after = _after(self.central, at)
            yield member, self.central[at:after]
            at = after


def layout_of(at: At, size: int) -> Layout | None:
    """How a zip of `size` bytes lies; None for one that another program wrote, and for what is none."""
    try:
        found = find_directory(at, size)
        central = at(found.start, found.length)
        layout = Layout(list(directory(central, found.entries)), central, found.start)
    except Damaged:
        return _walked(at, size)
    if not _is_in_order(layout):
        return _walked(at, size)
    if layout.members and not any(header_of(*entry) for entry in islice(layout.entries(), _AS_OURS)):
        return None
    if at(found.start + found.length, size) != end_records(found):
        return replace(layout, wrong=(("", "its end was changed"),))
    return layout


def _is_in_order(layout: Layout) -> bool:
    """Whether no member begins before the one before it has ended, the first one at the beginning."""
    at = 0
    for number, member in enumerate(layout.members):
        if member.offset < at or (number == 0 and member.offset):
            return False
        at = member.offset + LOCAL_SIZE + len(member.name.encode()) + member.packed
    return at <= layout.end


def agree(header: bytes, record: bytes) -> bool:
    """Whether a header and a record, neither of a folder nor in zip64, say the same, and the record nothing strange.

    This is the quick way to what `header_of` finds out: most of what they say stands in both in the same order.
    """
    return (
        header[4:30] == record[6:32]
        and header[30:] == record[_RECORD_SIZE:]
        and header[:4] == b"PK\x03\x04"
        and record[4:6] == b"\x14\x03"
        and record[32:38] == b"\0\0\0\0\0\0"
        and record[38:40] == b"\0\0"
    )


def header_of(member: Member, record: bytes) -> bytes | None:
    """The header that a member has, by its record; None where that is not as we write it."""
    for zip64 in (False, True):
        header, canonical = records(member, zip64=zip64)
        if canonical == record:
            return header
    return None


def member_at(at: At, offset: int) -> tuple[Member, int] | None:
    """The member whose header begins at `offset`, and the length of that; None where none of ours is whole there.

    A header does not tell the mode: it is that of any file or folder.
    """
    head = at(offset, local_length(at(offset, LOCAL_SIZE)))
    try:
        member = local_member(head, offset)
    except Damaged:
        return None
    is_whole = any(records(member, zip64=zip64)[0] == head for zip64 in (False, True))
    return (member, len(head)) if is_whole else None


def _walked(at: At, size: int) -> Layout | None:
    """How it lies by the headers alone, where the list of files cannot be used."""
    members, offset, cut = [], 0, ""
    while found := member_at(at, offset):
        member, length = found
        if offset + length + member.packed > size:
            cut = member.name
            break
        members.append(member)
        offset += length + member.packed
    if not members:
        return None
    wrong = [("", "its end, or the list of its files, is damaged or missing")]
    if at(offset, 4) == _RECORD_MARK:
        members, central, wrong_records = _records_like(members, at(offset, size - offset))
        return Layout(members, central, offset, (*wrong, *wrong_records))
    wrong.append((cut, "it is cut off, and so is what followed it") if cut else (members[-1].name, LOST))
    central = b"".join(_record_of(member, at) for member in members)
    return Layout(members, central, offset, tuple(wrong), has_modes=False)


def _record_of(member: Member, at: At) -> bytes:
    """The record that goes with the header of a member, which is as we write them."""
    short, wide = records(member), records(member, zip64=True)
    return wide[1] if at(member.offset, len(wide[0])) == wide[0] else short[1]


def _records_like(members: list[Member], rest: bytes) -> tuple[list[Member], bytes, list[tuple[str, str]]]:
    """Members with the modes and records that they should have, and what is wrong with those that begin `rest`."""
    found, central, wrong, at = [], [], [], 0
    for plain in members:
        member, record = _record_like(plain, rest, at)
        if rest[at : at + len(record)] != record:
            wrong.append((member.name, LIST_CHANGED))
        found.append(member)
        central.append(record)
        at += len(record)
    return found, b"".join(central), wrong


def _record_like(member: Member, rest: bytes, begin: int) -> tuple[Member, bytes]:
    """A member and its record, with the mode that stands where its record should be."""
    if len(rest) >= begin + _RECORD_SIZE:
        mode = _RECORD.unpack_from(rest, begin)[3] >> 16
        member = member._replace(mode=mode if stat.S_ISDIR(mode) == member.is_folder else member.mode)
    short, wide = (records(member, zip64=zip64)[1] for zip64 in (False, True))
    return member, wide if rest[begin : begin + len(wide)] == wide else short


def _after(central: bytes, at: int) -> int:
    """Where the record after the one at `at` begins."""
    name, extra, comment, _ = _RECORD.unpack_from(central, at)
    return at + _RECORD_SIZE + int(name) + int(extra) + int(comment)
