"""Copies a whole small zip of ours into another one, under a folder: its records are patched, not made anew."""

from __future__ import annotations

import struct

from exportmanager.core.errors import Damaged
from exportmanager.formats.zip_records import find_directory

_SHORT = struct.Struct("<H")
_LONG = struct.Struct("<L")
_SPOT = struct.Struct("<28x2H10xL")  # of a central record: length of the name, of what follows it, offset
_TOTAL = struct.Struct("<24xL2H")  # of a central record: size, length of the name, of what follows it
_CENTRAL_SIZE = 46


def moved(package: bytes, prefix: str, offset: int) -> tuple[bytes, bytes, int]:
    """The entries of `package` as they lie at `offset` of another zip, their central records, and how many there are.

    Names get `prefix` in front; everything else stays as it is. Ours have no comments, no zip64 records and no gaps
    between entries; they say that names are UTF-8. Raises `Damaged`.
    """
    count, start, length = find_directory(lambda at, n: package[at : at + n], len(package))
    try:
        entries, central, end = _patched(package, prefix.encode(), offset, count, start)
    except struct.error as error:
        raise Damaged("The archive's list of files is damaged.") from error
    if end != start + length:
        raise Damaged("The archive's list of files is damaged.")
    return entries, central, count


def totals_of(package: bytes) -> tuple[int, int]:
    """How many files there are in a small zip of ours, and their bytes unpacked. Raises `Damaged`."""
    count, at, length = find_directory(lambda start, n: package[start : start + n], len(package))
    files = size = 0
    end = at + length
    for _ in range(count):
        if at + _CENTRAL_SIZE > end:
            raise Damaged("The archive's list of files is damaged.")
        one, name, extra = _TOTAL.unpack_from(package, at)
        at += _CENTRAL_SIZE + name + extra
        if package[at - extra - 1 : at - extra] != b"/":  # which a folder's name ends with
            files, size = files + 1, size + one
    return files, size


def _patched(package: bytes, before: bytes, offset: int, count: int, start: int) -> tuple[bytes, bytes, int]:
    """Entries and central records, and where the last of those ends in `package`."""
    entries: list[bytes | memoryview] = []
    central: list[bytes] = []
    view, at = memoryview(package), start
    more = len(before)
    here = 0
    for number in range(count):
        name, extra, begins = _SPOT.unpack_from(package, at)
        if not here <= begins < start or (number == 0 and begins):
            raise Damaged("The archive's entries are not where it says.")
        size = _SHORT.pack(name + more)
        end = at + _CENTRAL_SIZE + name + extra
        central += (
            package[at : at + 28],
            size,
            package[at + 30 : at + 42],
            _LONG.pack(offset + begins + number * more),
            before,
            package[at + 46 : end],
        )
        if number:
            entries.append(view[here + 30 : begins])
        entries += (package[begins : begins + 26], size, package[begins + 28 : begins + 30], before)
        here, at = begins, end
    if count:
        entries.append(view[here + 30 : start])
    return b"".join(entries), b"".join(central), at
