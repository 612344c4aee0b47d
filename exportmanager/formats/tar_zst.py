"""Writes a package as a tar in zstandard, piece by piece: nothing is unpacked to the disk.

The same package and level give the same bytes, on any number of cores. Names, links, times and executable bits are
those of the package; owners are nobody. The tar is POSIX.1-2001 (pax), where names may be long and of any letters.
"""

from __future__ import annotations

import contextlib
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from exportmanager.formats.zips import Member, ZipReader, inflate

_Bytes = bytes | bytearray | memoryview
_BLOCK = 512
_END = bytes(2 * _BLOCK)
_AT_ONCE = 256 << 10
_NAME_LIMIT = 100
_OCTAL_LIMIT = 8**11
"""What the digits of a header cannot say any more, of bytes and of seconds since 1970."""
_HEAD = b"%b%07o\x000000000\x000000000\x00%011o\x00%011o\x00"
"""A header of POSIX.1-2001 for a file: its name, mode, owner and group, size and time; a check sum follows."""
_REST = b"0" + bytes(100) + b"ustar\x0000" + bytes(247)
"""And then: that it is a file, no link, and which format this is."""
_REST_SUM = sum(b" " * 8 + _REST)
"""The check sum itself counts as spaces."""
_LARGE = 16 << 20
"""Less is one piece of work for zstandard, or two: more threads would only hold memory."""


class _Kept(threading.local):
    """The compressors of one thread, by how many of their own they have: their memory is used again."""

    def __init__(self) -> None:
        self.compressors: dict[int, zstandard.ZstdCompressor] = {}


class TarZst:
    """Writes packages at a level of zstandard, each with at most so many of its threads.

    Several threads may use it at once; of large packages they write one at a time, which takes all of zstandard's.
    """

    def __init__(self, level: int, threads: int) -> None:
        self._level, self._threads = level, threads
        self._kept = _Kept()
        self._one_large = threading.Lock()

    def write(self, package: Path, out: BinaryIO, advance: Callable[[int], None] = lambda _: None) -> None:
        """Write the files in a zip of ours, which is whole, to `out`. Raises `Damaged`.

        `advance` hears how many bytes of the files' content went in, and may raise to end the work.
        """
        with ZipReader(package) as reader:
            size = sum(_room(reader, member) for member in reader.members()) + len(_END)
            is_large = size >= _LARGE
            with self._one_large if is_large else contextlib.nullcontext():
                frame = self._compressor(self._threads if is_large else 1).compressobj(size=size)
                for block in _joined(_tar(reader, advance)):
                    out.write(frame.compress(block))
                out.write(frame.flush())

    def _compressor(self, threads: int) -> zstandard.ZstdCompressor:
        """At least one thread of zstandard's works: without any, it cuts the data otherwise, and gives other bytes."""
        kept = self._kept.compressors
        if threads not in kept:
            kept[threads] = zstandard.ZstdCompressor(level=self._level, threads=max(1, threads), write_checksum=True)
        return kept[threads]


def _tar(reader: ZipReader, advance: Callable[[int], None]) -> Iterator[_Bytes]:
    for member in reader.members():
        yield _header(reader, member)
        if _has_content(member):
            for chunk in _content(reader, member):
                yield chunk
                advance(len(chunk))
            yield bytes(-member.size % _BLOCK)
    yield _END


def _content(reader: ZipReader, member: Member) -> Iterator[_Bytes]:
    """In one piece, if it is small: that takes a quarter less time."""
    if member.size <= _AT_ONCE:
        yield inflate(member.method, reader.packed(member), member.size)
    else:
        yield from reader.unpacked_chunks(member)


def _room(reader: ZipReader, member: Member) -> int:
    """How many bytes of the tar a member takes."""
    header = _BLOCK if _is_plain(member) else len(_header(reader, member))
    return header + (member.size + -member.size % _BLOCK if _has_content(member) else 0)


def _has_content(member: Member) -> bool:
    return not (member.is_link or member.is_folder)


def _is_plain(member: Member) -> bool:
    """Whether one block can say all of a file: ten times as fast as by tarfile."""
    is_short = len(member.name) <= _NAME_LIMIT and member.name.isascii()
    return is_short and member.size < _OCTAL_LIMIT and _has_content(member)


def _header(reader: ZipReader, member: Member) -> bytes:
    if _is_plain(member):
        name = member.name.encode().ljust(_NAME_LIMIT, b"\0")
        head = _HEAD % (name, _mode(member), member.size, _modified(member))
        return b"%b%06o\0 %b" % (head, sum(head) + _REST_SUM, _REST)
    info = tarfile.TarInfo(member.name.rstrip("/"))
    info.mode, info.mtime = _mode(member), _modified(member)
    if member.is_link:
        info.type = tarfile.SYMTYPE
        info.linkname = b"".join(reader.unpacked_chunks(member)).decode()
    elif member.is_folder:
        info.type = tarfile.DIRTYPE
    else:
        info.size = member.size
    return info.tobuf(tarfile.PAX_FORMAT)


def _mode(member: Member) -> int:
    """What runs can be run by everybody, and everything be read; more than that nobody packed on purpose."""
    if member.is_link:
        return 0o777
    return 0o755 if member.is_folder or member.mode & 0o111 else 0o644


def _modified(member: Member) -> int:
    return min(max(member.modified, 0), _OCTAL_LIMIT - 1)


def _joined(pieces: Iterable[_Bytes]) -> Iterator[bytes]:
    """The pieces as blocks that are worth a call each."""
    held: list[_Bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _AT_ONCE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
