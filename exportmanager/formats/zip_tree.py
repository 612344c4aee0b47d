"""The files of a zip from outside, whoever and whatever made it."""

from __future__ import annotations

import calendar
import copy
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.errors import BadSource, HostileArchive
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits, TreeEntry
from exportmanager.formats.untrusted import (
    DAMAGE,
    LINK_LIMIT,
    Counted,
    Counter,
    checked,
    damaged,
    packed_size,
    printable,
    safe_path,
    unreadable,
)

_END = struct.Struct("<4s4H2LH")
_MAX16 = 0xFFFF
_ENCRYPTED = 0x1 | 0x40
_UTF8 = 0x800
_UNIX = {3, 19}
_WINDOWS = {0, 10, 11, 14}  # FAT, NTFS by APPNOTE and by Info-ZIP, VFAT: a backslash parts folders there
_DOS_FOLDER = 0x10
_TIMESTAMP = 0x5455
_UNICODE_NAME = 0x7075
_LOCAL_SIZE = 30


class ZipTree:
    """The files of a zip from outside."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self._path, self._limits = path, limits

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All files, links and empty folders, sorted by path. Raises `BadSource`."""
        counter = Counter(self._limits, packed_size(self._path))
        try:
            with self._path.open("rb") as file, zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
                _refuse_fragments(file, archive)
                _refuse_overlaps(archive)
                entries = [entry for info in infos if (entry := _entry(archive, info, counter, findings))]
                yield from checked(entries, findings, counter)
        except DAMAGE as error:
            raise damaged(error) from error
        except OSError as error:
            raise BadSource(f"The archive was not read: {unreadable(error)}.") from error


def _refuse_fragments(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """A zip begins with its first member, ends with its end, and has as many members as are said there.

    In a zip that was cut off, `zipfile` would take the end of another zip that lies in it for its own.
    """
    file.seek(-_END.size - len(archive.comment), io.SEEK_END)
    mark, _, _, _, count, *_ = _END.unpack(file.read(_END.size))
    infos = archive.infolist()
    first = min((info.header_offset for info in infos), default=archive.start_dir)
    if mark != b"PK\x05\x06" or first not in {0, 4}:  # 4: after the mark of an archive that might have been split
        raise HostileArchive("The archive is damaged or cut off: what it lists does not begin and end where it does.")
    if count not in {_MAX16, len(infos) & _MAX16}:
        raise HostileArchive(f"The archive is damaged: it should list {count:,} files, and it lists {len(infos):,}.")


def _refuse_overlaps(archive: zipfile.ZipFile) -> None:
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise HostileArchive("Its members overlap, as in a zip bomb.")
        end = info.header_offset + _LOCAL_SIZE + len(_raw_name(info)) + info.compress_size
    if end > archive.start_dir:
        raise HostileArchive("Its members overlap its list of files.")


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, counter: Counter, findings: Findings) -> TreeEntry | None:
    findings.check()
    name = _name(info)
    counter.entry(name)
    path = safe_path(name)
    _refuse_unknown(info, path)
    mode = info.external_attr >> 16 if info.create_system in _UNIX else 0
    kind, link = _kind(info, name, mode), ""
    if kind is EntryKind.LINK:
        with _open(archive, info, counter) as file:
            link = file.read(LINK_LIMIT + 1).decode("utf-8", "surrogateescape")
    elif kind is None:
        findings.left_out(printable(path), "it is a device, pipe or socket")
        return None
    return TreeEntry(
        path=path,
        kind=kind,
        size=info.file_size,
        mode=mode & 0o777 or (0o755 if kind is EntryKind.FOLDER else 0o644),
        modified=_time(info),
        link=link,
        open=partial(_open, archive, info, counter),
    )


def _refuse_unknown(info: zipfile.ZipInfo, path: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise HostileArchive("It is encrypted.")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # of the others, zipfile unpacks any number of bytes at once
        raise HostileArchive(f"It is packed in a way that is not known here ({printable(path)}).")


def _kind(info: zipfile.ZipInfo, name: str, mode: int) -> EntryKind | None:
    """What a member is; None for devices and the like."""
    if stat.S_ISLNK(mode):
        return EntryKind.LINK
    is_dos_folder = info.create_system in _WINDOWS and info.external_attr & _DOS_FOLDER
    if name.endswith("/") or stat.S_ISDIR(mode) or is_dos_folder:
        if info.file_size:
            raise HostileArchive(f"It holds a folder with the content of a file ({printable(name)}).")
        return EntryKind.FOLDER
    return EntryKind.FILE if stat.S_IFMT(mode) in {0, stat.S_IFREG} else None


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo, counter: Counter) -> BinaryIO:
    # zipfile reads as far as the header says and checks the CRC where the data end: only one byte more shows a lie
    longer = copy.copy(info)
    longer.file_size += 1
    try:
        file = archive.open(longer)
    except DAMAGE as error:
        raise damaged(error) from error
    return io.BufferedReader(Counted(file, info.file_size, counter))  # type: ignore[arg-type]


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _name(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        name = _unicode_name(info) or _guessed(name)
    return name.replace("\\", "/") if info.create_system in _WINDOWS else name


def _unicode_name(info: zipfile.ZipInfo) -> str:
    """The name as Info-ZIP and WinRAR add it where the one in the header is in some code page."""
    for kind, data in _extras(info):
        if kind == _UNICODE_NAME and data[1:5] == zlib.crc32(_raw_name(info)).to_bytes(4, "little"):
            return data[5:].decode()
    return ""


def _guessed(name: str) -> str:
    """Many programs write UTF-8 without saying so."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _extras(info: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _time(info: zipfile.ZipInfo) -> int:
    """Seconds since 1970: of the extended timestamp, or of the DOS fields, taken for UTC."""
    for kind, data in _extras(info):
        if kind == _TIMESTAMP and len(data) >= 5 and data[0] & 1:
            return int(struct.unpack_from("<l", data, 1)[0])
    year, month, day, *rest = info.date_time
    return calendar.timegm((year, min(max(month, 1), 12), max(day, 1), *rest))
