"""Reads the files of a folder, zip, tar.gz or tar.zst that a stranger made, and nothing outside of it.

Refused whole (`HostileArchive`): absolute and climbing paths, drive letters, NUL, duplicate and overlapping members, paths that lead
through a file or link, more than `Limits` allow (counted while reading), encrypted, damaged and cut-off archives. Left out one
by one, with a finding: links that point outside, devices, pipes and sockets, files the system does not let us read.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import struct
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import zstandard

from exportmanager.core.errors import BadSource, HostileArchive
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits, Tree, TreeEntry

SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar.zst")

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MAX_STEPS = 1_000
_LINK_LIMIT = 4096
_PATH_LIMIT = 4096
_SPOOL = 32 << 20
_ZSTD_PIECE = 2 << 10  # a block of 4 bytes may become 128 KB: small pieces bound what one call can return
_PIECE = 1 << 20
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def open_tree(path: Path, limits: Limits = DEFAULT_LIMITS) -> Tree:
    """The tree at `path`: a folder, or an archive by its suffix (one of `SUFFIXES`)."""
    if path.is_dir():
        return FolderTree(path)
    if path.name.lower().endswith(".zip"):
        return ZipTree(path, limits)
    return TarTree(path, limits)


def safe_path(untrusted: str) -> str:
    """`untrusted` as parts joined by ``/`` without ``.``. Raises `HostileArchive` where it leads out or nowhere."""
    shown = printable(untrusted)
    if "\0" in untrusted:
        raise HostileArchive(f"It holds a name with a NUL character ({shown}).")
    if untrusted.startswith("/") or _DRIVE.match(untrusted):
        raise HostileArchive(f"It holds an absolute path ({shown}).")
    if len(untrusted) > _PATH_LIMIT:
        raise HostileArchive(f"It holds a path of {len(untrusted):,} characters ({shown}).")
    parts = [part for part in untrusted.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise HostileArchive(f"It holds a path that climbs out ({shown}).")
    return "/".join(parts)


def printable(untrusted: str, limit: int = 120) -> str:
    """`untrusted` for a sentence: no control or format characters, not longer than `limit`."""
    clean = "".join(c if unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in untrusted)
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}\N{HORIZONTAL ELLIPSIS}"


class FolderTree:
    """The files below a folder; links are looked at, never followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path."""
        found = sorted(_walk(self._folder, "", findings), key=lambda pair: pair[0])
        links = {path: os.readlink(entry.path) for path, entry in found if entry.is_symlink()}
        good = _links_inside(links, findings)
        for raw, entry in found:
            path = _readable(raw, findings)
            if entry.is_symlink():
                if raw in good:
                    yield TreeEntry(path=path, kind=EntryKind.LINK, link=good[raw], modified=_mtime(entry))
            elif entry.is_dir(follow_symlinks=False):
                yield TreeEntry(path=path, kind=EntryKind.FOLDER, mode=0o755, modified=_mtime(entry))
            elif entry.is_file(follow_symlinks=False):
                info = entry.stat(follow_symlinks=False)
                yield TreeEntry(
                    path=path,
                    size=info.st_size,
                    mode=info.st_mode & 0o777,
                    modified=int(info.st_mtime),
                    open=partial(_open_file, entry.path),
                )
            else:
                findings.left_out(printable(path), "it is a device, pipe or socket")


def _walk(folder: Path | str, prefix: str, findings: Findings) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All files and links below, and the folders that hold nothing."""
    try:
        with os.scandir(folder) as scan:
            entries = list(scan)
    except OSError as error:
        findings.left_out(printable(prefix.rstrip("/")) or "the folder itself", unreadable(error))
        return
    for entry in entries:
        path = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _folder_and_below(entry, path, findings)
        else:
            yield path, entry


def _folder_and_below(entry: os.DirEntry[str], path: str, findings: Findings) -> Iterator[tuple[str, os.DirEntry[str]]]:
    before = len(findings.gaps)
    empty = True
    for below in _walk(entry.path, f"{path}/", findings):
        empty = False
        yield below
    if empty and len(findings.gaps) == before:
        yield path, entry


def _mtime(entry: os.DirEntry[str]) -> int:
    return int(entry.stat(follow_symlinks=False).st_mtime)


def _open_file(path: str) -> BinaryIO:
    file = os.open(path, os.O_RDONLY | _NOFOLLOW)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(None, "it changed while it was read", path)
    return os.fdopen(file, "rb", buffering=0)


def unreadable(error: OSError) -> str:
    """Why a file could not be read, for a finding."""
    if isinstance(error, PermissionError):
        return "the system gave no permission to read it"
    return f"it could not be read ({error.strerror or error})"


def _readable(raw: str, findings: Findings) -> str:
    """A name that is not UTF-8 (the system marks its bytes with surrogates) read as Latin-1, which holds any byte."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        path = os.fsencode(raw).decode("latin-1")
        findings.left_out(printable(path), "its name was not valid UTF-8 and was read as Latin-1; the file is there")
        return path
    return raw


def _links_inside(links: dict[str, str], findings: Findings) -> dict[str, str]:
    """The links that stay inside; a finding for each other."""
    good = {}
    for path, target in links.items():
        why = "it points outside the workspace" if _is_absolute(target) else _link_trouble(path, target, links)
        if why:
            findings.left_out(f"link {printable(path)} to {printable(target)}", why)
        else:
            good[path] = target
    return good


def _link_trouble(path: str, target: str, links: dict[str, str]) -> str:
    """Why a link is not kept; links on its way are followed as the system would, in thought only."""
    outside = "it points outside the workspace"
    if not target.isprintable():
        return "its target is not readable text"
    here = path.split("/")[:-1]
    todo = [target]
    for _ in range(_MAX_STEPS):
        if not todo:
            return ""
        part, _, rest = todo.pop().partition("/")
        if rest:
            todo.append(rest)
        if part == "..":
            if not here:
                return outside
            here.pop()
        elif part not in {"", "."}:
            via = links.get("/".join([*here, part]))
            if via is None:
                here.append(part)
            else:
                todo.append(via)
        if todo and _is_absolute(todo[-1]):
            return outside
    return "it leads round in a circle"


def _is_absolute(target: str) -> bool:
    return not target or target[0] in "/\\" or _DRIVE.match(target) is not None or "\0" in target


class _Counter:
    """Counts what comes out of an archive against the limits."""

    def __init__(self, archive: Path, limits: Limits) -> None:
        try:
            self._packed = max(archive.stat().st_size, 1)
            archive.open("rb").close()
        except OSError as error:
            raise BadSource(f"The archive was not read: {unreadable(error)}.") from error
        self._limits = limits
        self._bytes = 0

    def add(self, n: int) -> None:
        """`n` more bytes came out."""
        self._bytes += n
        too_much = self._bytes > self._limits.bytes
        too_dense = self._bytes > self._limits.ratio_from and self._bytes > self._packed * self._limits.ratio
        if too_much or too_dense:
            raise HostileArchive(
                f"It unpacks to more than {self._bytes >> 20} MB from {self._packed >> 10} KB: it may be a zip bomb."
            )

    def entries(self, count: int) -> None:
        """It lists `count` entries."""
        if count > self._limits.files:
            raise HostileArchive(f"It holds {count:,} files; at most {self._limits.files:,} are read.")


class _Counted(io.RawIOBase):
    """A file whose every read is counted."""

    def __init__(self, file: BinaryIO, counter: _Counter) -> None:
        super().__init__()
        self._file, self._counter = file, counter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(min(len(buffer), _PIECE))
        self._counter.add(len(data))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _unique(paths: dict[str, EntryKind], path: str, kind: EntryKind) -> bool:
    """Note `path`; False for a folder that is known. Raises `HostileArchive` for a second file of that name."""
    if path in paths:
        if kind is EntryKind.FOLDER and paths[path] is EntryKind.FOLDER:
            return False
        raise HostileArchive(f"It holds the same name twice ({printable(path)}).")
    paths[path] = kind
    return True


def _checked(entries: list[TreeEntry], findings: Findings) -> Iterator[TreeEntry]:
    """The entries sorted; no path through a file or link, no link that leads out, and only folders that are empty."""
    kinds: dict[str, EntryKind] = {}
    entries = [entry for entry in entries if entry.path and _unique(kinds, entry.path, entry.kind)]
    parents = set()
    for path in kinds:
        parent = path.rpartition("/")[0]
        while parent and parent not in parents:
            if kinds.get(parent, EntryKind.FOLDER) is not EntryKind.FOLDER:
                raise HostileArchive(f"It holds a path that leads through a file or link ({printable(path)}).")
            parents.add(parent)
            parent = parent.rpartition("/")[0]
    good = _links_inside({entry.path: entry.link for entry in entries if entry.kind is EntryKind.LINK}, findings)
    for entry in sorted(entries, key=lambda entry: entry.path):
        is_bad_link = entry.kind is EntryKind.LINK and entry.path not in good
        if not is_bad_link and not (entry.kind is EntryKind.FOLDER and entry.path in parents):
            yield entry


class ZipTree:
    """The files of a zip from outside."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self._path, self._limits = path, limits

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path. Raises `HostileArchive`."""
        counter = _Counter(self._path, self._limits)
        try:
            with zipfile.ZipFile(self._path) as archive:
                counter.entries(len(archive.infolist()))
                _refuse_overlaps(archive.infolist())
                entries = [self._entry(archive, info, counter) for info in archive.infolist()]
                kept = [entry for entry in entries if _is_kept(entry, findings)]
                yield from _checked([entry for entry, _ in kept], findings)
        except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeError, NotImplementedError) as error:
            raise HostileArchive("The zip is damaged or cut off.", details=str(error)) from error

    def _entry(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, counter: _Counter) -> tuple[TreeEntry, int]:
        if info.flag_bits & 0x1:
            raise HostileArchive("It is encrypted.")
        path = safe_path(_zip_name(info))
        mode = info.external_attr >> 16 if info.create_system == 3 else 0  # noqa: PLR2004 - 3 is Unix
        kind, link = EntryKind.FILE, ""
        if info.is_dir() or stat.S_ISDIR(mode):
            kind = EntryKind.FOLDER
        elif stat.S_ISLNK(mode):
            kind = EntryKind.LINK
            with archive.open(info) as file:
                link = file.read(_LINK_LIMIT).decode("utf-8", "replace")
        entry = TreeEntry(
            path=path,
            kind=kind,
            size=info.file_size,
            mode=mode & 0o777 or (0o755 if kind is EntryKind.FOLDER else 0o644),
            modified=_zip_time(info),
            link=link,
            open=partial(_open_member, archive, info, counter),
        )
        return entry, stat.S_IFMT(mode)


def _is_kept(pair: tuple[TreeEntry, int], findings: Findings) -> bool:
    entry, kind = pair
    if kind in {0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
        return True
    findings.left_out(printable(entry.path), "it is a device, pipe or socket")
    return False


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, counter: _Counter) -> BinaryIO:
    # zipfile reads no further than the size in the header and checks the CRC at the end: a lying header is found
    return io.BufferedReader(_Counted(archive.open(info), counter))  # type: ignore[arg-type]


def _zip_name(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        try:  # many programs write UTF-8 without saying so
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.orig_filename
    if info.create_system == 0:  # DOS and Windows: there a backslash parts folders
        name = name.replace("\\", "/")
    return name


def _zip_time(info: zipfile.ZipInfo) -> int:
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 0x5455 and length >= 5 and at + 9 <= len(extra):  # noqa: PLR2004 - extended timestamp with mtime
            return int(struct.unpack_from("<l", extra, at + 5)[0])
        at += 4 + length
    return _utc_seconds(info.date_time)


def _utc_seconds(moment: tuple[int, int, int, int, int, int]) -> int:
    import calendar  # noqa: PLC0415 - only zips without a timestamp need it

    year, month, day, *rest = moment
    return calendar.timegm((year, max(month, 1), max(day, 1), *rest))


def _refuse_overlaps(infos: list[zipfile.ZipInfo]) -> None:
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise HostileArchive("Its members overlap, as in a zip bomb.")
        end = info.header_offset + 30 + info.compress_size


class TarTree:
    """The files of a tar.gz or tar.zst from outside."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self._path, self._limits = path, limits

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path. Raises `HostileArchive`."""
        # unpacked first into a temporary file, so that members can be sorted and hard links found
        with tempfile.SpooledTemporaryFile(_SPOOL) as plain:
            counter = _Counter(self._path, self._limits)
            try:
                for piece in self._pieces():
                    counter.add(len(piece))
                    plain.write(piece)
                plain.seek(0)
                with tarfile.open(fileobj=plain, mode="r:") as archive:
                    yield from self._members(archive, plain, findings)  # type: ignore[arg-type]
            except (tarfile.TarError, EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
                raise HostileArchive("The archive is damaged or cut off.", details=str(error)) from error

    def _pieces(self) -> Iterator[bytes]:
        if self._path.name.lower().endswith("zst"):
            yield from _zstd_pieces(self._path)
            return
        with gzip.open(self._path) as file:
            while piece := file.read(_PIECE):
                yield piece

    def _members(self, archive: tarfile.TarFile, plain: BinaryIO, findings: Findings) -> Iterator[TreeEntry]:
        counter = _Counter(self._path, self._limits)
        infos = []
        for info in archive:
            infos.append(info)
            counter.entries(len(infos))
        plain.seek(archive.offset)
        if plain.read(512).strip(b"\0"):  # tarfile takes a damaged header for the end
            raise HostileArchive("The archive is damaged.")
        entries = (self._entry(archive, info, counter, findings) for info in infos)
        yield from _checked([entry for entry in entries if entry], findings)

    def _entry(
        self, archive: tarfile.TarFile, info: tarfile.TarInfo, counter: _Counter, findings: Findings
    ) -> TreeEntry | None:
        path = _readable(safe_path(info.name), findings)
        shape: tuple[EntryKind, str, Callable[[], BinaryIO] | None]
        if info.isdir():
            shape = EntryKind.FOLDER, "", None
        elif info.issym():
            shape = EntryKind.LINK, info.linkname, None
        elif info.isreg() or info.islnk():
            shape = EntryKind.FILE, "", partial(_open_tar_member, archive, info, counter)
        else:
            findings.left_out(printable(path), "it is a device, pipe or socket")
            return None
        kind, link, opener = shape
        return TreeEntry(
            path=path,
            kind=kind,
            size=info.size,
            mode=info.mode & 0o777,
            modified=int(info.mtime),
            link=link,
            open=opener,
        )


def _open_tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, counter: _Counter) -> BinaryIO:
    try:
        file = archive.extractfile(info)
    except (KeyError, RecursionError) as error:  # a hard link to what is not there, or to itself
        raise HostileArchive(f"A hard link in it leads nowhere ({printable(info.name)}).") from error
    if file is None:
        raise HostileArchive(f"A hard link in it leads to no file ({printable(info.name)}).")
    return io.BufferedReader(_Counted(file, counter))  # type: ignore[arg-type]


def _zstd_pieces(path: Path) -> Iterator[bytes]:
    """All frames unpacked. Unlike the library's own reader, this notices when the last one is cut off."""
    with path.open("rb") as file:
        frame = zstandard.ZstdDecompressor().decompressobj()
        started = False
        while piece := file.read(_ZSTD_PIECE):
            while piece:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                yield frame.decompress(piece)
                started = True
                piece = frame.unused_data if frame.eof else b""
        if not started or not frame.eof:
            raise EOFError("the last frame is not whole")
