"""Searches the files of single workspaces: opens them as fast as can be, and hands over what a finder finds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from exportmanager.core.errors import ProblemForTeacher, from_os_error
from exportmanager.core.trees import EntryKind
from exportmanager.formats.texts import decoded, encoding_of, wide_encoding
from exportmanager.formats.zip_reading import ZipReader, inflate
from exportmanager.formats.zip_records import Member
from exportmanager.review.expressions import Finder, Query, TooSlow
from exportmanager.review.matching import MOST_LINES, Line
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.where import Where

PIECE = 8 << 20
"""Bytes of a file that are searched at once; longer files are cut where a line ends."""
_READ = 1 << 20
_IN_MEMORY = 64 << 20
_BINARY = 8_192
"""Bytes at the beginning of a file, of which none is NUL in a text."""
_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""What UTF-16 begins with; that of UTF-32 has a NUL."""


class File(NamedTuple):
    """A file or link of a workspace; `read` gives a file's bytes in pieces of any length, None for a link."""

    path: str
    read: Callable[[], Iterable[bytes]] | None


Files = Callable[[ExitStack], Sequence[File]]
"""Opens a workspace, until the stack closes it. Raises `ProblemForTeacher`, `OSError`."""


class Found(NamedTuple):
    """Lines of a file; one with the number 0 is its path."""

    path: str
    lines: Sequence[Line]


class Missed(NamedTuple):
    """A file that was not searched, or with `path` "" a workspace, and why."""

    path: str
    why: str
    is_slow: bool = False


def packed_files(path: Path) -> Files:
    """The files of a package of the library."""
    return partial(_packed, path)


def opened_files(openings: Openings, where: Where, passphrase: str | None = None) -> Files:
    """The files of a workspace anywhere."""
    return partial(_opened, openings, where, passphrase)


def _packed(path: Path, keep: ExitStack) -> Sequence[File]:
    file = path.open("rb") if path.stat().st_size > _IN_MEMORY else io.BytesIO(path.read_bytes())
    reader = keep.enter_context(ZipReader(file))
    return [
        File(member.name, None if member.is_link else partial(_content, reader, member))
        for member in reader.members()
        if not member.is_folder
    ]


def _content(reader: ZipReader, member: Member) -> Iterable[bytes]:
    if member.size > PIECE:
        return reader.unpacked_chunks(member)
    return (bytes(inflate(member.method, reader.packed(member), member.size)),)


def _opened(openings: Openings, where: Where, passphrase: str | None, keep: ExitStack) -> Sequence[File]:
    opened = keep.enter_context(openings.open(where, passphrase))
    return [
        File(entry.path, partial(_streamed, opened, entry.path) if entry.kind is EntryKind.FILE else None)
        for entry in opened.entries()
        if entry.kind is not EntryKind.FOLDER
    ]


def _streamed(opened: Opened, path: str) -> Iterator[bytes]:
    with opened.stream(path) as file:
        while piece := file.read(_READ):
            yield piece


def search(files: Files, query: Query, finder: Finder, has_stopped: Callable[[], bool]) -> Iterator[Found | Missed]:
    """What is found in a workspace: first in the paths of its files, then in their content."""
    try:
        with ExitStack() as keep:
            listed = files(keep)
            yield from _in_paths([file.path for file in listed], finder)
            for file in listed if not query.names_only else ():
                if has_stopped():
                    return
                if file.read is not None:
                    yield from _in_file(file.path, file.read, query, finder, has_stopped)
    except (OSError, ProblemForTeacher) as error:
        yield Missed("", _why(error))


def _in_paths(paths: Sequence[str], finder: Finder) -> Iterator[Found | Missed]:
    """All paths are searched as one text of so many lines."""
    text = "\n".join(path.translate(_ONE_LINE) for path in paths)
    try:
        for line in finder.lines(text.encode("utf-8", "replace")) if paths else ():
            yield Found(paths[line.number - 1], [line._replace(number=0)])
    except TooSlow:
        yield Missed("", _SLOW, is_slow=True)


_ONE_LINE = {ord(letter): "\N{REPLACEMENT CHARACTER}" for letter in "\r\n"}
_SLOW = "the expression takes too long for it"


def _in_file(
    path: str, read: Callable[[], Iterable[bytes]], query: Query, finder: Finder, has_stopped: Callable[[], bool]
) -> Iterator[Found | Missed]:
    lines: list[Line] = []
    before, last = 0, b""
    try:
        for piece in _pieces(_narrow(read(), query)):
            if has_stopped():
                return
            before += _line_ends(last)
            for line in finder.lines(piece):
                lines.append(line._replace(number=line.number + before))
            if len(lines) >= MOST_LINES:
                break
            last = piece
    except (OSError, ProblemForTeacher) as error:
        yield Missed(path, _why(error))
    except TooSlow:
        yield Missed(path, _SLOW, is_slow=True)
    if lines:
        yield Found(path, lines[:MOST_LINES])


def _why(error: OSError | ProblemForTeacher) -> str:
    problem = from_os_error(error, "reading it") if isinstance(error, OSError) else error
    return problem.what


def _line_ends(piece: bytes) -> int:
    return piece.count(b"\n") or piece.count(b"\r")


def _narrow(chunks: Iterable[bytes], query: Query) -> Iterable[bytes]:
    """Texts as UTF-8, as far as their encoding tells itself, or matters for what is looked for; all else as it is.

    Nothing of what is no text, unless that is to be searched too.
    """
    coming = iter(chunks)
    first = next(coming, b"")
    encoding = None
    if first.find(0, 0, _BINARY) >= 0 or first.startswith(_MARKS):
        encoding = wide_encoding(first)
        if encoding is None and not query.binary:
            return ()
    elif not (query.text.isascii() or first.isascii()):  # to guess takes long, and the letters of ASCII need no guess
        encoding = encoding_of(first)
    if encoding is None or encoding.codec == "utf-8":
        return chain((first,), coming)
    pieces = decoded(chain((first[encoding.mark :],), coming), encoding.codec)
    return (piece.encode("utf-8", "replace") for piece in pieces)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A file in pieces of about `PIECE` bytes, cut where lines end; in a longer line, where a letter of UTF-8 does."""
    held = b""
    for chunk in chunks:
        held = held + chunk if held else chunk
        if len(held) < PIECE:
            continue
        cut = held.rfind(b"\n") + 1
        if not cut:
            cut = len(held) - 4
            while held[cut] & 0xC0 == 0x80 and cut > len(held) - 8:
                cut -= 1
        yield held[:cut]
        held = held[cut:]
    if held:
        yield held
