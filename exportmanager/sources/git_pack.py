"""The objects of a git pack, unpacked into a file: with limits, and none held whole for being large.

The form: https://git-scm.com/docs/pack-format. dulwich can read packs too, but takes each object into memory, however
large it says that it is; only its `apply_delta` is used.
"""

from __future__ import annotations

import hashlib
import io
import os
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from dulwich.errors import ApplyDeltaError
from dulwich.pack import apply_delta

from exportmanager.core.errors import HostileArchive
from exportmanager.core.meter import Meter
from exportmanager.core.trees import Limits
from exportmanager.formats.counting import Counter
from exportmanager.formats.untrusted import DAMAGE, PIECE, damaged

_DELTA_BYTES = 128 << 20
"""An object that is written as a difference from another is put together in memory: at most three times this."""
_READ_BYTES = 8 << 20
"""A commit or a folder's list, or the beginning of a file."""
_BESIDES = 100
"""Objects that are no files or folders: the commit, and tags."""
_CHECKSUM = 20
_PACKED_PIECE = 16 << 10


class Kind(IntEnum):
    """What an object of a pack is; a delta is the difference from another of the same pack."""

    COMMIT = 1
    TREE = 2
    BLOB = 3
    TAG = 4
    OFFSET_DELTA = 6
    ID_DELTA = 7


@dataclass(frozen=True, slots=True)
class Stored:
    """An object, and where in the unpacked file it lies."""

    kind: Kind
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class _Delta:
    offset: int
    start: int
    size: int


class GitObjects:
    """Objects by id (40 hexadecimal digits)."""

    def __init__(self, plain: BinaryIO, by_id: dict[bytes, Stored]) -> None:
        self._plain, self._by_id = plain, by_id

    def __contains__(self, id: bytes) -> bool:
        return id in self._by_id

    def get(self, id: bytes, *kinds: Kind) -> Stored:
        """The object `id`. Raises `HostileArchive` where it is not there, or is of none of these kinds."""
        stored = self._by_id.get(id)
        if stored is None or stored.kind not in kinds:
            raise HostileArchive("The repository is damaged: something that it names is not there.")
        return stored

    def read(self, stored: Stored) -> bytes:
        """All bytes of a small object. Raises `HostileArchive`."""
        if stored.size > _READ_BYTES:
            raise HostileArchive("It holds a folder or commit that is larger than any honest one.")
        return _bytes_at(self._plain, stored.start, stored.size)

    def open(self, stored: Stored) -> BinaryIO:
        """The bytes of an object as a file."""
        return _Part(self._plain, stored)  # type: ignore[return-value]  # it reads, and nothing else is asked of it


class _Part(io.RawIOBase):
    def __init__(self, plain: BinaryIO, stored: Stored) -> None:
        super().__init__()
        self._plain, self._at, self._end = plain, stored.start, stored.start + stored.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = _bytes_at(self._plain, self._at, min(len(buffer), self._end - self._at, PIECE))
        self._at += len(data)
        buffer[: len(data)] = data
        return len(data)


def _bytes_at(plain: BinaryIO, start: int, size: int) -> bytes:
    plain.seek(start)
    return plain.read(size)


def unpacked(pack: BinaryIO, plain: BinaryIO, limits: Limits, meter: Meter, what: str = "repository") -> GitObjects:
    """All objects of `pack`, written into the empty file `plain`; `what` it holds, in words.

    Raises `HostileArchive`, also for a damaged pack.
    """
    try:
        count, end = _checked(pack, lambda: meter.advance(0))
        if count > limits.files + _BESIDES:
            raise HostileArchive(f"It holds more than {limits.files:,} files and folders, and no more are read.")
        meter.stage(f"Checking the {what}", count)
        unpacking = _Unpacking(pack, plain, Counter(limits, end), lambda: meter.advance(0))
        for _ in range(count):
            unpacking.next_object()
            meter.advance(1)
        if pack.tell() != end:
            raise ValueError("there is more than it says")
        unpacking.resolve()
        return GitObjects(plain, unpacking.by_id)
    except (*DAMAGE, ApplyDeltaError) as error:
        raise damaged(error) from error


def _checked(pack: BinaryIO, check: Callable[[], None]) -> tuple[int, int]:
    """How many objects there are, and where they end: before a SHA-1 of all the rest, which must be right."""
    end = pack.seek(0, os.SEEK_END) - _CHECKSUM
    digest, left = hashlib.sha1(usedforsecurity=False), end
    pack.seek(0)
    while left > 0:
        check()
        piece = pack.read(min(left, PIECE))
        digest.update(piece)
        left -= len(piece)
    if pack.read(_CHECKSUM) != digest.digest():
        raise ValueError("its checksum is wrong")
    pack.seek(0)
    start = pack.read(12)
    if start[:4] != b"PACK" or start[4:8] not in {b"\0\0\0\2", b"\0\0\0\3"}:
        raise ValueError("this is no pack")
    return int.from_bytes(start[8:]), end


class _Unpacking:
    """One way through a pack. Deltas are written down as they are, and resolved when all others are known."""

    def __init__(self, pack: BinaryIO, plain: BinaryIO, counter: Counter, check: Callable[[], None]) -> None:
        self._pack, self._plain, self._counter, self._check = pack, plain, counter, check
        self._end = 0
        self._known: list[tuple[int, bytes]] = []
        self._waiting: defaultdict[int | bytes, list[_Delta]] = defaultdict(list)
        self.by_id: dict[bytes, Stored] = {}

    def next_object(self) -> None:
        """Unpack the next object."""
        offset = self._pack.tell()
        kind, size = self._header()
        base = self._base(kind, offset)
        start = self._end
        digest = _digest(kind, size)
        for piece in self._inflated(size):
            self._check()
            self._write(piece)
            digest.update(piece)
        if base is None:
            self._know(offset, digest.hexdigest().encode(), Stored(kind, start, size))
        else:
            self._waiting[base].append(_Delta(offset, start, size))

    def resolve(self) -> None:
        """Put together what is written as a difference from another object."""
        while self._known:
            offset, id = self._known.pop()
            deltas = self._waiting.pop(offset, []) + self._waiting.pop(id, [])
            if deltas:
                base = self.by_id[id]
                before = self._small(base.start, base.size)
                for delta in deltas:
                    self._check()
                    self._apply(before, base.kind, delta)
        if self._waiting:
            raise ValueError("an object is written as the difference from one that is not there")

    def _apply(self, before: bytes, kind: Kind, delta: _Delta) -> None:
        change = self._small(delta.start, delta.size)
        size = _result_size(change)
        if size > _DELTA_BYTES:
            raise HostileArchive("It holds a file that is larger than can be put together.")
        self._counter.add(size)  # before there are so many
        start, digest = self._end, _digest(kind, size)
        self._plain.seek(start)
        for piece in apply_delta(before, change):
            digest.update(piece)
            self._end += self._plain.write(piece)
        self._know(delta.offset, digest.hexdigest().encode(), Stored(kind, start, size))

    def _small(self, start: int, size: int) -> bytes:
        if size > _DELTA_BYTES:
            raise HostileArchive("It holds a file that is larger than can be put together.")
        return _bytes_at(self._plain, start, size)

    def _know(self, offset: int, id: bytes, stored: Stored) -> None:
        self.by_id[id] = stored
        self._known.append((offset, id))

    def _write(self, piece: bytes) -> None:
        self._counter.add(len(piece))
        self._end += self._plain.write(piece)

    def _header(self) -> tuple[Kind, int]:
        byte = self._byte()
        kind, size, shift = Kind(byte >> 4 & 7), byte & 15, 4
        while byte & 0x80:
            if shift > 60:
                raise ValueError("an object is too large")
            byte = self._byte()
            size |= (byte & 0x7F) << shift
            shift += 7
        return kind, size

    def _base(self, kind: Kind, offset: int) -> int | bytes | None:
        """Where the object lies that a delta is the difference from, or its id; None for a whole object."""
        if kind is Kind.ID_DELTA:
            return self._exactly(20).hex().encode()
        if kind is not Kind.OFFSET_DELTA:
            return None
        byte = self._byte()
        back = byte & 0x7F
        while byte & 0x80:
            byte = self._byte()
            back = (back + 1) << 7 | byte & 0x7F
            if back > offset:
                raise ValueError("an object leads before the beginning")
        return offset - back

    def _byte(self) -> int:
        return self._exactly(1)[0]

    def _exactly(self, size: int) -> bytes:
        data = self._pack.read(size)
        if len(data) < size:
            raise EOFError("the pack is cut off")
        return data

    def _inflated(self, size: int) -> Iterator[bytes]:
        """The bytes of an object, piece by piece; not one more than it said."""
        inflating, left = zlib.decompressobj(), size
        while not inflating.eof:
            piece = inflating.unconsumed_tail or self._exactly(1) + self._pack.read(_PACKED_PIECE)
            plain = inflating.decompress(piece, PIECE)
            left -= len(plain)
            if left < 0:
                raise ValueError("an object is longer than it says")
            yield plain
        if left:
            raise ValueError("an object is shorter than it says")
        self._pack.seek(-len(inflating.unused_data), os.SEEK_CUR)


def _digest(kind: Kind, size: int) -> hashlib._Hash:
    """The beginning of an object's id: the SHA-1 of its kind, size and bytes."""
    return hashlib.sha1(f"{kind.name.lower()} {size}\0".encode(), usedforsecurity=False)


def _result_size(delta: bytes) -> int:
    """How many bytes a delta says that it makes: its second number, after the size of what it starts from."""
    numbers, number, shift = [], 0, 0
    for byte in delta[:20]:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            numbers.append(number)
            number = shift = 0
    return numbers[1]
