"""What all readers of a stranger's files share: rules for names and links, and limits counted while reading."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import zstandard

from exportmanager.core.errors import BadSource, HostileArchive
from exportmanager.core.trees import EntryKind, Findings, Limits, TreeEntry

PIECE = 1 << 20
LINK_LIMIT = 4095
"""Bytes of a link's target: no system holds a longer one."""
_PATH_LIMIT = 4096
_DEPTH_LIMIT = 200
_LETTERS_LIMIT = 100_000_000
_MAX_STEPS = 1_000
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_CLIMBING = re.compile(r"(^|[\\/])\.\.([\\/]|$)")
_OUTSIDE = "it points outside the workspace"

DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    zstandard.ZstdError,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
)
"""What the libraries raise, on purpose or not, when they stumble over damaged or hostile bytes."""


def damaged(error: Exception) -> HostileArchive:
    """The problem that an error of `DAMAGE` means."""
    return HostileArchive("The archive is damaged or cut off.", details=f"{type(error).__name__}: {error}")


def safe_path(untrusted: str) -> str:
    """`untrusted` as parts joined by ``/`` without ``.``. Raises `HostileArchive` where it leads out or nowhere."""
    shown = printable(untrusted)
    if "\0" in untrusted:
        raise HostileArchive(f"It holds a name with a NUL character ({shown}).")
    if untrusted.startswith(("/", "\\\\")) or _DRIVE.match(untrusted):
        raise HostileArchive(f"It holds an absolute path ({shown}).")
    if _CLIMBING.search(untrusted):
        raise HostileArchive(f"It holds a path that climbs out ({shown}).")
    parts = [part for part in untrusted.split("/") if part not in {"", "."}]
    path = "/".join(parts)
    if why := too_long(path):
        raise HostileArchive(f"It holds a file that was not read, as {why} ({shown}).")
    return path


def too_long(path: str) -> str:
    """Why a path is not read for its length; "" where it is."""
    if len(path) > _PATH_LIMIT:
        return f"its path has more than {_PATH_LIMIT:,} characters"
    if path.count("/") >= _DEPTH_LIMIT:
        return f"it lies more than {_DEPTH_LIMIT} folders deep"
    return ""


def printable(untrusted: str, limit: int = 120) -> str:
    """`untrusted` for a sentence: no control or format characters, not longer than `limit`."""
    clean = "".join(c if unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in untrusted[:limit])
    return clean if len(untrusted) <= limit else f"{clean[: limit - 1]}\N{HORIZONTAL ELLIPSIS}"


def readable(raw: str, findings: Findings) -> str:
    """A name that is not UTF-8 (its bytes are marked with surrogates) read as Latin-1, which holds any byte."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        path = _bytes_of(raw).decode("latin-1")
        findings.left_out(printable(path), "its name was not valid UTF-8 and was read as Latin-1; the file is there")
        return path
    return raw


def _bytes_of(raw: str) -> bytes:
    try:
        return raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # Windows allows halves of a pair in names
        return raw.encode("utf-8", "surrogatepass")


def unreadable(error: OSError) -> str:
    """Why a file could not be read, for a finding."""
    if isinstance(error, PermissionError):
        return "the system gave no permission to read it"
    return f"it could not be read ({error.strerror or error})"


def packed_size(archive: Path) -> int:
    """The bytes of an archive. Raises `BadSource` where it is no file, cannot be read, or is a web page."""
    try:
        info = archive.stat()
        if not stat.S_ISREG(info.st_mode):  # to open a pipe would wait for ever
            raise BadSource("The archive was not read: it is a device, pipe or socket.")
        with archive.open("rb") as file:
            start = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    except OSError as error:
        raise BadSource(f"The archive was not read: {unreadable(error)}.") from error
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        raise HostileArchive("It is a web page and not an archive: the download failed. Download it again.")
    return max(info.st_size, 1)


class Counter:
    """Counts what comes out against the limits; `packed` is the size of the archive, if it comes out of one."""

    def __init__(self, limits: Limits, packed: int | None = None) -> None:
        self._limits = limits
        self._packed = packed
        self._bytes = self._entries = self._letters = 0

    def add(self, n: int) -> None:
        """`n` more bytes came out."""
        self._bytes += n
        if self._bytes > self._limits.bytes:
            raise HostileArchive(f"It holds more than {self._limits.bytes:,} bytes, and no more are read.")
        if self._packed and self._bytes > max(self._limits.ratio_from, self._packed * self._limits.ratio):
            raise HostileArchive(
                f"It unpacks to more than {self._bytes >> 20:,} MB from {self._packed:,} bytes: it may be a zip bomb."
            )

    def entry(self, path: str) -> None:
        """One more entry is listed."""
        self.entries(self._entries + 1)
        self._letters += len(path)
        if self._letters > _LETTERS_LIMIT:
            raise HostileArchive("The names in it are longer than those of any honest archive.")

    def entries(self, count: int) -> None:
        """So many entries or folders are listed."""
        self._entries = count
        if count > self._limits.files:
            raise HostileArchive(f"It holds more than {self._limits.files:,} files and folders, and no more are read.")


class Counted(io.RawIOBase):
    """A member whose every read is counted, and which must be as long as its header says."""

    def __init__(self, file: BinaryIO, size: int, counter: Counter) -> None:
        super().__init__()
        self._file, self._left, self._counter = file, size, counter

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into `buffer`. Raises `HostileArchive`."""
        try:
            data = self._file.read(min(len(buffer), PIECE))
        except DAMAGE as error:
            raise damaged(error) from error
        self._counter.add(len(data))
        self._left -= len(data)
        if self._left < 0 or (self._left and not data and len(buffer)):
            raise HostileArchive("The archive is damaged: a file in it is not as long as it says.")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the member."""
        self._file.close()
        super().close()


def checked(entries: Iterable[TreeEntry], findings: Findings, counter: Counter) -> list[TreeEntry]:
    """The entries sorted by path; none through a file or link, no link that leads out, and only folders that are empty.

    Raises `HostileArchive`.
    """
    unique = sorted(_unique(entries), key=lambda entry: entry.path.replace("/", "\0"))  # a folder's content follows it
    _check_parents(unique, counter)
    good = _links_inside({entry.path: entry.link for entry in unique if entry.kind is EntryKind.LINK}, findings)
    kept = [entry for entry in unique if entry.kind is not EntryKind.LINK or entry.path in good]
    full = {before.path for before, entry in pairwise(kept) if entry.path.startswith(f"{before.path}/")}
    return sorted((entry for entry in kept if entry.path not in full), key=lambda entry: entry.path)


def _unique(entries: Iterable[TreeEntry]) -> Iterator[TreeEntry]:
    """The entries, each folder once. Raises `HostileArchive` for a second file of one name."""
    kinds: dict[str, EntryKind] = {}
    for entry in entries:
        both_folders = entry.kind is EntryKind.FOLDER and kinds.get(entry.path, EntryKind.FOLDER) is EntryKind.FOLDER
        if not entry.path and not both_folders:
            raise HostileArchive("It holds a file without a name.")
        if entry.path in kinds and not both_folders:
            raise HostileArchive(f"It holds the same name twice ({printable(entry.path)}).")
        if entry.path and entry.path not in kinds:
            yield entry
        kinds[entry.path] = entry.kind


def _check_parents(entries: list[TreeEntry], counter: Counter) -> None:
    folders = 0
    before = TreeEntry(path="", kind=EntryKind.FOLDER)
    for entry in entries:
        if before.kind is not EntryKind.FOLDER and entry.path.startswith(f"{before.path}/"):
            raise HostileArchive(f"It holds a path that leads through a file or link ({printable(entry.path)}).")
        if before.path.rpartition("/")[0] != entry.path.rpartition("/")[0]:
            folders += entry.path.count("/", len(os.path.commonprefix((before.path, entry.path))))
            counter.entries(len(entries) + folders)
        before = entry


def _links_inside(links: dict[str, str], findings: Findings) -> dict[str, str]:
    """The links that stay inside; a finding for each other."""
    good = {}
    for path, target in links.items():
        findings.check()
        if why := _link_trouble(path, target, links):
            findings.left_out(f"link {printable(path)} to {printable(target)}", why)
        else:
            good[path] = target
    return good


def _link_trouble(path: str, target: str, links: dict[str, str]) -> str:
    """Why a link is not kept; links on its way are followed as the system would, in thought only."""
    if _leaves(target):
        return _OUTSIDE
    if len(target) > LINK_LIMIT or any(unicodedata.category(c) in {"Cc", "Cs"} for c in target):
        return "its target is not readable text"
    return _way_trouble(path.rpartition("/")[0], target, links)


def _way_trouble(here: str, target: str, links: dict[str, str]) -> str:
    """Why the way from the folder `here` to `target` does not stay inside; "" where it does."""
    todo = [target]
    for _ in range(_MAX_STEPS):
        if not todo:
            return ""
        part, _, rest = todo.pop().partition("/")
        if rest:
            todo.append(rest)
        if part == "..":
            if not here:
                return _OUTSIDE
            here = here.rpartition("/")[0]
        elif part not in {"", "."}:
            step = f"{here}/{part}" if here else part
            via = links.get(step)
            if via is None:
                here = step
            elif _leaves(via):
                return _OUTSIDE
            else:
                todo.append(via)
    return "it leads round in a circle"


def _leaves(target: str) -> bool:
    """Whether a link leads out on its face: absolute, or climbing as only Windows understands it."""
    absolute = not target or target[0] in "/\\" or _DRIVE.match(target) is not None or "\0" in target
    return absolute or ("\\" in target and _CLIMBING.search(target) is not None)
