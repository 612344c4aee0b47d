"""The files of a workspace or project on their way into the library, wherever they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO, Protocol

from exportmanager.core.report import Gap


class EntryKind(Enum):
    """What an entry of a tree is."""

    FILE = "file"
    LINK = "link"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Deflated:
    """A file as it lies in an archive: `packed` bytes of raw deflate data, and the CRC-32 of what comes out of them.

    `pieces` gives these bytes from front to back, each piece with the part of the file that came out of it. Whoever
    reached the end knows that the data are whole, as zlib reads them, and that size and CRC are true; until then
    `pieces` raises `BadSource`.
    """

    packed: int
    crc: int
    pieces: Callable[[], Iterator[tuple[bytes, bytes]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """A file, link or empty folder. `path` is relative, with ``/``, and safe; its letters are as they came.

    `mode` holds the permission bits, `modified` is seconds since 1970 (UTC). `open` gives the bytes of a file, once;
    it is called before the next entry is asked for. Instead of it `deflated`, where there is one, may be read.
    """

    path: str
    kind: EntryKind = EntryKind.FILE
    size: int = 0
    mode: int = 0o644
    modified: int = 0
    link: str = ""
    open: Callable[[], BinaryIO] | None = None
    deflated: Deflated | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tree may hold at most, counted while reading, not as an archive's headers say."""

    files: int = 500_000
    bytes: int = 50 << 30
    ratio: int = 1_000
    """Unpacked to packed bytes, once `ratio_from` came out. Deflate ends at 1,030, and no honest file comes near it."""
    ratio_from: int = 256 << 20


DEFAULT_LIMITS = Limits()


def _go_on() -> None:
    """Nobody wants to stop."""


@dataclass(slots=True)
class Findings:
    """What a reader left out, and why; each becomes a gap with the owner's name.

    Readers call `check` often, also before they give the first entry; it may raise to end the work.
    """

    gaps: list[Gap] = field(default_factory=list)
    check: Callable[[], None] = _go_on

    def left_out(self, what: str, why: str) -> None:
        """Note that `what` was not read."""
        self.gaps.append(Gap(what=what, why=why))


class Tree(Protocol):
    """Files to read once."""

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
