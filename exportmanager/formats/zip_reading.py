"""Reads zips that `zips` wrote, and takes nothing else; no damage makes it give less or other than was written."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from exportmanager.core.errors import Damaged
from exportmanager.formats.zip_records import (
    DEFLATED,
    LOCAL_SIZE,
    STORED,
    Member,
    data_offset,
    directory,
    find_directory,
)

_CHUNK = 1 << 20
_DEFLATE_RATIO = 1032  # zlib.net/zlib_tech.html: a byte of deflated data gives no more than that

# the annotation of `error` in isal says that it is an exception, where it is a class of exceptions
_DeflateError: type[Exception] = isal_zlib.error  # type: ignore[assignment]


def inflate(method: int, packed: bytes | bytearray | memoryview, size: int) -> bytes | bytearray | memoryview:
    """The bytes of a member, exactly `size` of them. Raises `Damaged`."""
    if method not in {STORED, DEFLATED}:
        raise Damaged(f"The archive uses a compression (number {method}) that is not known here.")
    data = packed
    whole = True
    if method == DEFLATED and size <= len(packed) * _DEFLATE_RATIO:  # a longer one is a lie: make no room for it
        try:
            unpacker = isal_zlib.decompressobj(-15)
            data = unpacker.decompress(packed, size + 1)
            whole = unpacker.eof and not unpacker.unused_data
        except _DeflateError as error:
            raise Damaged("The compressed data are damaged.", details=str(error)) from error
    if len(data) != size or not whole:
        raise Damaged("The data are not as long as the archive says.")
    return data


def unpacked(member: Member) -> Callable[[bytes], Iterator[bytes]]:
    """What gives the content of a member as its packed bytes come, piece by piece; it raises `Damaged`."""
    if member.method == STORED:
        return lambda piece: iter((piece,))
    unpacker = isal_zlib.decompressobj(-15)

    def unpack(piece: bytes) -> Iterator[bytes]:
        try:
            data = unpacker.decompress(piece, _CHUNK)
            while data:
                yield data
                data = unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)
        except _DeflateError as error:
            raise Damaged(f"{member.name} in the archive is damaged.", details=str(error)) from error

    return unpack


def members_of(data: bytes) -> list[Member]:
    """The members of a small zip of ours that is in memory. Raises `Damaged`."""
    count, start, length = find_directory(lambda offset, length: data[offset : offset + length], len(data))
    return list(directory(data[start : start + length], count))


def packed_of(data: bytes, member: Member) -> memoryview:
    """The packed bytes of a member of a zip that is in memory. Raises `Damaged`."""
    start = data_offset(data[member.offset : member.offset + LOCAL_SIZE], member)
    packed = memoryview(data)[start : start + member.packed]
    if len(packed) != member.packed:
        raise Damaged(f"{member.name} is cut off.")
    return packed


class ZipReader:
    """Reads a zip of ours: the list of its members, and each one's packed bytes. Raises `Damaged`.

    It takes only what `ZipWriter` writes. A file that is open already is closed with it.
    """

    def __init__(self, path: Path | BinaryIO) -> None:
        self._file = path.open("rb") if isinstance(path, Path) else path
        try:
            self.size = self._file.seek(0, io.SEEK_END)
            self.count, self._start, self._length = find_directory(self._at, self.size)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> ZipReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _at(self, offset: int, length: int) -> bytes:
        if offset + length > self.size:  # before any room is made for what a header promises
            raise Damaged("The archive is cut off.")
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise Damaged("The archive is cut off.")
        return data

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
            piece = self._at(at, min(left, _CHUNK))
            at, left = at + len(piece), left - len(piece)
            yield piece

    def unpacked_chunks(self, member: Member) -> Iterator[bytes]:
        """A member's content in pieces. Raises `Damaged` when it is longer or shorter than it says, or other."""
        crc = size = 0
        for chunk in chain.from_iterable(map(unpacked(member), self.packed_chunks(member))):
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            if size > member.size:
                break
            yield chunk
        if size != member.size or crc != member.crc:
            raise Damaged(f"{member.name} in the archive is damaged.")

    def _data_at(self, member: Member) -> int:
        return data_offset(self._at(member.offset, LOCAL_SIZE), member)
