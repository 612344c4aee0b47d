"""Reads all of a zip of ours back from the disk, once and from front to back, and says what each file in it is now."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

import deflate as libdeflate
from isal import isal_zlib

from exportmanager.core.errors import Damaged
from exportmanager.formats.ahead import ahead
from exportmanager.formats.untrusted import printable
from exportmanager.formats.zip_layout import (
    HEADER_CHANGED,
    LIST_CHANGED,
    RECORD_MORE,
    Layout,
    agree,
    header_of,
    member_at,
)
from exportmanager.formats.zip_records import DEFLATED, LOCAL_SIZE, Member, local_length

_PIECE = 1 << 20
_AT_ONCE = 4 << 20
_BATCH = 512
_IN_MEMORY = 32 << 20
_DEFLATE_RATIO = 1032  # zlib.net/zlib_tech.html: a byte of deflated data gives no more than that
_HEAD = LOCAL_SIZE + 2 * 0xFFFF
"""Bytes of the longest header."""
CONTENT_CHANGED = "its content was changed"
_NOT_ITS_OWN = "bytes that belong to no file follow it in the archive"


class Seen(NamedTuple):
    """An entry as it is now: `digests` are those that were asked for, of what it holds; `why` says what is wrong."""

    member: Member
    digests: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member with its record, and where the next thing in the archive begins."""

    member: Member
    record: bytes
    end: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """Neighbours, with the bytes that they lie in."""

    data: bytes
    entries: Sequence[_Entry]


Inflate = Callable[[bytes | memoryview, int], bytes | bytearray | memoryview | None]
"""Inflates bytes to so many, or to None where they are damaged: `strictly` or `quickly`."""
Hashes = Sequence[Callable[..., Any]]
"""What makes a new hash of each kind, as ``hashlib.sha256`` does."""


class ZipBack:
    """Reads a zip of ours from front to back, once. `sha256` gets all of its bytes; `advance` hears of them."""

    def __init__(
        self, file: BinaryIO, layout: Layout, hashes: Hashes, advance: Callable[[int], None], inflate: Inflate
    ) -> None:
        self._file, self._layout, self._hashes, self._advance = file, layout, hashes, advance
        self._inflate = inflate
        self.sha256 = hashlib.sha256()

    def read(self) -> Iterator[Seen]:
        """Every entry, as it lies. What `advance` raises ends it."""
        self._file.seek(0)
        for batch in ahead(self._seen, self._batches()):
            yield from batch
        while self._take(_PIECE):
            pass

    def _take(self, length: int) -> bytes:
        """The next bytes of the file, as many as there are."""
        data = self._file.read(length)
        self.sha256.update(data)
        self._advance(len(data))
        return data

    def _batches(self) -> Iterator[_Batch | Seen]:
        """What is small comes in batches; what is not was seen already."""
        batch: list[_Entry] = []
        for entry in _entries(self._layout):
            is_large = entry.end - entry.member.offset > _AT_ONCE or entry.member.size > _IN_MEMORY
            begin = batch[0].member.offset if batch else entry.member.offset
            if batch and (is_large or len(batch) >= _BATCH or entry.end - begin > _AT_ONCE):
                yield self._batch(batch)
                batch = []
            if is_large:
                yield self._large(entry)
            else:
                batch.append(entry)
        if batch:
            yield self._batch(batch)

    def _batch(self, batch: list[_Entry]) -> _Batch:
        return _Batch(self._take(batch[-1].end - batch[0].member.offset), batch)

    def _seen(self, batch: _Batch | Seen) -> list[Seen]:
        if isinstance(batch, Seen):
            return [batch]
        start = batch.entries[0].member.offset
        return [self._small(memoryview(batch.data), entry, entry.member.offset - start) for entry in batch.entries]

    def _small(self, data: memoryview, entry: _Entry, at: int) -> Seen:
        """An entry whose header is at `at` of `data`."""
        member, begin, why = _as_it_lies(lambda offset, n: bytes(data[at + offset : at + offset + n]), entry)
        end = entry.end - entry.member.offset
        packed = data[at + begin : at + min(begin + member.packed, end)]
        if begin + member.packed != end:
            why = why or _NOT_ITS_OWN
        content = _content(member, packed, self._inflate)
        if content is None or isal_zlib.crc32(content) != member.crc:
            return Seen(member, (), why or CONTENT_CHANGED)
        return Seen(member, tuple(make(content).hexdigest() for make in self._hashes), why)

    def _large(self, entry: _Entry) -> Seen:
        """An entry too large for memory."""
        head = self._take(min(_HEAD, entry.end - entry.member.offset))
        member, begin, why = _as_it_lies(lambda offset, n: head[offset : offset + n], entry)
        left = entry.end - entry.member.offset - len(head)
        if begin + member.packed != len(head) + left:
            why = why or _NOT_ITS_OWN
        shas = [make() for make in self._hashes]
        crc = size = 0
        unpacking = _Unpacking(member)
        for piece in self._pieces(head[begin:], left):  # all of them, whatever they hold
            for chunk in unpacking.content(piece):
                crc, size = isal_zlib.crc32(chunk, crc), size + len(chunk)
                for sha in shas:
                    sha.update(chunk)
        if not unpacking.is_whole or (crc, size) != (member.crc, member.size):
            why = why or CONTENT_CHANGED
        return Seen(member, tuple(sha.hexdigest() for sha in shas), why)

    def _pieces(self, first: bytes, left: int) -> Iterator[bytes]:
        """The data of a large entry: `first`, and so many bytes more."""
        yield first
        while left:
            if not (piece := self._take(min(left, _PIECE))):
                return
            yield piece
            left -= len(piece)


class _Unpacking:
    """Unpacks a large entry as its bytes come. By zlib: see `strictly`."""

    def __init__(self, member: Member) -> None:
        self._zlib = zlib.decompressobj(-15) if member.method == DEFLATED else None
        self._room = member.size
        self._is_damaged = False

    def content(self, piece: bytes) -> Iterator[bytes]:
        """What comes out of the next bytes, never much at once, and hardly more than the entry says."""
        if self._zlib is None:
            yield piece
            return
        self._is_damaged |= self._zlib.eof and bool(piece)
        while not self._is_damaged and not self._zlib.eof:
            try:
                content = self._zlib.decompress(piece, _PIECE)
            except zlib.error:
                self._is_damaged = True
                return
            self._room -= len(content)
            self._is_damaged = self._room < 0
            yield content
            piece = self._zlib.unconsumed_tail
            if not piece and len(content) < _PIECE:  # a full piece may have more behind it that was taken in already
                return

    @property
    def is_whole(self) -> bool:
        """Whether it ended where it should."""
        return not self._is_damaged and (self._zlib is None or self._zlib.eof and not self._zlib.unused_data)


def content_of(at: Callable[[int, int], bytes], member: Member) -> bytes:
    """The content of an entry that fits into memory; `at` gives bytes of the zip. Raises `Damaged`."""
    found = member_at(at, member.offset)
    member, begin = found or (member, local_length(at(member.offset, LOCAL_SIZE)))
    content = _content(member, at(member.offset + begin, member.packed), strictly)
    if content is None or isal_zlib.crc32(content) != member.crc:
        raise Damaged(f"{printable(member.name)} in the archive is damaged.")
    return bytes(content)


def strictly(packed: bytes | memoryview, size: int) -> bytes | None:
    """By zlib, though isal and libdeflate are faster: each of them takes codes that zlib, and so unzip, refuses."""
    unpacker = zlib.decompressobj(-15)
    try:
        data = unpacker.decompress(packed, size + 1)
    except zlib.error:
        return None
    return data if unpacker.eof and not unpacker.unused_data else None


def quickly(packed: bytes | memoryview, size: int) -> bytes | bytearray | memoryview | None:
    """By libdeflate, for what was packed here, or was read by zlib before: did the disk keep it?"""
    try:
        return libdeflate.deflate_decompress(packed, size)
    except libdeflate.DeflateError:
        return None


def _content(member: Member, packed: bytes | memoryview, inflate: Inflate) -> bytes | bytearray | memoryview | None:
    """What an entry holds; None where that cannot be inflated, or has another size."""
    data: bytes | bytearray | memoryview | None = packed
    if member.method == DEFLATED:
        is_lie = member.size > len(packed) * _DEFLATE_RATIO  # make no room for it
        data = None if is_lie else inflate(packed, member.size)
    return data if data is not None and len(data) == member.size else None


def _entries(layout: Layout) -> Iterator[_Entry]:
    """Each entry with the beginning of the next."""
    before: tuple[Member, bytes] | None = None
    for member, record in layout.entries():
        if before:
            yield _Entry(*before, member.offset)
        before = member, record
    if before:
        yield _Entry(*before, layout.end)


def _as_it_lies(at: Callable[[int, int], bytes], entry: _Entry) -> tuple[Member, int, str]:
    """An entry by its header, the length of that, and what is wrong; `at` gives bytes from where the header begins."""
    member, record = entry.member, entry.record
    head = at(0, len(record) - RECORD_MORE)
    if agree(head, record):
        return member, len(head), ""
    header = header_of(member, record)
    if header is not None and at(0, len(header)) == header:
        return member, len(header), ""
    if found := member_at(lambda offset, n: at(offset - member.offset, n), member.offset):
        return found[0]._replace(mode=member.mode), found[1], LIST_CHANGED
    return member, len(header) if header else local_length(at(0, LOCAL_SIZE)), HEADER_CHANGED
