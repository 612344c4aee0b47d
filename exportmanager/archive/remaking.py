"""Makes the packages of an archive again: byte for byte where it holds their members as they were packed."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

from exportmanager.archive.bag_files import BagFiles, ZipBag
from exportmanager.archive.places import Place
from exportmanager.core.errors import Damaged, HostileArchive, MalformedFile
from exportmanager.core.meter import Meter
from exportmanager.core.package import PackedFile
from exportmanager.core.trees import EntryKind, Findings, TreeEntry
from exportmanager.formats.packing import Packed, pack, packed_as
from exportmanager.formats.untrusted import printable, safe_path
from exportmanager.formats.zip_records import LOCAL_SIZE, Member, data_offset, records
from exportmanager.formats.zips import ZipWriter

WHOLE = 8 << 20
"""Packages up to this size are made in memory."""
_PIECE = 1 << 20
_NEXT_STEP = "Use another copy of it."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package as the archive describes it: its `members` in order (their data lie elsewhere), what it recorded of
    its `files` (those of empty folders end in ``/``), and where they lie in the bag.
    """

    sha256: str
    members: tuple[Member, ...]
    files: tuple[PackedFile, ...]
    place: Place

    def path(self, member: Member) -> str:
        """Where a member lies in the bag."""
        return f"{self.place.folder}/{self.place.names.get(member.name, member.name)}"

    @property
    def size(self) -> int:
        """Bytes of its members, as they are packed."""
        return sum(member.packed for member in self.members)

    @property
    def content(self) -> int:
        """Bytes of its files."""
        return sum(file.size for file in self.files)


def wanted(line: dict[str, Any], place: Place, hashes: Mapping[str, str], name: str) -> Wanted:
    """What a line of ``packages.jsonl`` says, held against the hashes of the bag. Raises `MalformedFile`, `Damaged`."""
    try:
        members = tuple(_member(values) for values in line["members"])
        recorded = {file.path: file for file in (_file(values) for values in line["manifest"])}
        files = tuple(
            PackedFile(member.name, 0, 0o755, "") if member.is_folder else recorded.pop(member.name)
            for member in members
        )
        if recorded or len({member.name for member in members}) != len(members):
            raise ValueError("its two lists differ")
        made = Wanted(str(line["sha256"]), members, files, place)
    except (KeyError, ValueError, TypeError) as error:
        raise MalformedFile(name, 0, "a line of it describes no package.", _NEXT_STEP) from error
    for member, file in zip(members, files, strict=True):
        if member.is_link != (file.link is not None) or file.size != (0 if member.is_link else member.size):
            raise MalformedFile(name, 0, "a line of it contradicts itself.", _NEXT_STEP)
        if not member.is_link and not member.is_folder and hashes.get(made.path(member)) != file.sha256:
            raise Damaged(f"{printable(made.path(member))} is not the file that was archived.", _NEXT_STEP)
    return made


def _member(values: Any) -> Member:
    name, *numbers = values
    mode, modified, method, crc, packed, size = map(_number, numbers)
    _check_path(name)
    if min(packed, size) < 0:
        raise ValueError("sizes are counted from nothing")
    return Member(name, crc & 0xFFFFFFFF, packed, size, method, mode & 0xFFFF, modified, 0)


def _check_path(name: str) -> None:
    """Raises `HostileArchive` for a path that no package of ours has."""
    try:
        path = safe_path(name)
    except HostileArchive as problem:
        raise HostileArchive(problem.what, _NEXT_STEP) from problem
    if path != name.removesuffix("/"):
        raise HostileArchive(f"The archive holds a path that leads astray ({printable(name)}).", _NEXT_STEP)


def _file(values: Any) -> PackedFile:
    path, size, mode, sha256, link = values
    if not all(isinstance(text, str) for text in (path, sha256, link or "")):
        raise TypeError("these are texts")
    return PackedFile(path, _number(size), _number(mode) & 0o7777, sha256, link)


def _number(value: Any) -> int:
    if not isinstance(value, int) or abs(value) >= 2**63:
        raise TypeError("this is a number")
    return value


class Remaking:
    """Makes packages of one bag again."""

    def __init__(self, bag: BagFiles, meter: Meter) -> None:
        self._bag, self._meter = bag, meter

    def in_memory(self, package: Wanted) -> bytes | None:
        """A small package, if it lies in a zip as it was packed."""
        if not isinstance(self._bag, ZipBag) or package.size > WHOLE:
            return None
        out = io.BytesIO()
        self._copy_into(self._bag, package, out)
        data = out.getvalue()
        return data if hashlib.sha256(data).hexdigest() == package.sha256 else None

    def write(self, package: Wanted, out: BinaryIO) -> Packed:
        """Write any package into an open, empty file. Raises `Damaged`."""
        if isinstance(self._bag, ZipBag) and package.size > WHOLE:
            self._copy_into(self._bag, package, out)
            if (sha256 := _sha256(out)) == package.sha256:
                return packed_as(list(package.files), sha256, out.tell())
            out.seek(0)
            out.truncate()
        return self._pack(package, out)

    def _copy_into(self, bag: ZipBag, package: Wanted, out: BinaryIO) -> None:
        """Copy members as they are packed; links, of which a bag has none, are made again."""
        with ZipWriter(out) as writer:
            for are_small, group in groupby(zip(package.members, package.files, strict=True), key=_is_small):
                if are_small:
                    members = [member for member, _ in group]
                    lies = iter(_packed(bag, [bag.member(package.path(m)) for m in members if not m.is_folder]))
                    data = [b"" if member.is_folder else next(lies) for member in members]
                    writer.copy([member.name for member in members], members, data)
                    self._meter.advance(sum(map(len, data)), package.place.folder)
                    continue
                for member, file in group:
                    if file.link is not None:
                        writer.add_link(member.name, file.link, modified=member.modified)
                    else:
                        writer.copy_chunks(member.name, member, self._pieces(bag, package.path(member), member.packed))

    def _pieces(self, bag: ZipBag, path: str, length: int) -> Iterator[bytes]:
        start, at = _start(bag, path), 0
        while at < length:
            self._meter.advance(min(_PIECE, length - at), path)
            yield bag.at(start + at, min(_PIECE, length - at))
            at += _PIECE

    def _pack(self, package: Wanted, out: BinaryIO) -> Packed:
        """Pack the files anew: the same bytes come out where the same program packed them. Raises `Damaged`."""
        findings = Findings(check=lambda: self._meter.advance(0))
        made = pack(_Files(self._bag, package), out, findings, findings.check)
        again = packed_as(list(package.files), made.sha256, made.packed_bytes)
        if findings.gaps or made.identity != again.identity:
            raise Damaged(f"{printable(package.place.folder)} is not what was archived.", _NEXT_STEP)
        self._meter.advance(package.size, package.place.folder)
        return again


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a package as they lie in a bag."""

    bag: BagFiles
    package: Wanted

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All of them, in the order of the package."""
        for member, file in zip(self.package.members, self.package.files, strict=True):
            findings.check()
            kind = EntryKind.LINK if file.link is not None else EntryKind.FOLDER if member.is_folder else EntryKind.FILE
            yield TreeEntry(
                path=member.name.removesuffix("/"),
                kind=kind,
                size=member.size,
                mode=stat.S_IMODE(member.mode),
                modified=member.modified,
                link=file.link or "",
                open=self._opener(self.package.path(member)),
            )

    def _opener(self, path: str) -> Callable[[], BinaryIO]:
        return lambda: self.bag.open(path)


def _is_small(entry: tuple[Member, PackedFile]) -> bool:
    """Whether an entry is copied together with its neighbours."""
    member, file = entry
    return file.link is None and member.packed <= _PIECE


def _start(bag: ZipBag, path: str) -> int:
    member = bag.member(path)
    return data_offset(bag.at(member.offset, LOCAL_SIZE), member)


def _packed(bag: ZipBag, entries: Sequence[Member]) -> list[bytes]:
    """The packed bytes of small entries, most of which are neighbours: one long look at the disk, not many.

    Not a byte more is read: to go back in what is encrypted means to begin again.
    """
    if not entries:
        return []
    begin = min(entry.offset for entry in entries)
    end = max(entry.offset + len(records(entry)[0]) + entry.packed for entry in entries)
    if end - begin > 2 * WHOLE and len(entries) == 1:
        raise Damaged(f"{printable(entries[0].name)} in the archive is not as long as it should be.", _NEXT_STEP)
    if end - begin > 2 * WHOLE:
        return [data for entry in entries for data in _packed(bag, [entry])]
    data = bag.at(begin, end - begin)
    return [_of(data, entry._replace(offset=entry.offset - begin)) for entry in entries]


def _of(data: bytes, entry: Member) -> bytes:
    start = data_offset(data[entry.offset : entry.offset + LOCAL_SIZE], entry)
    return data[start : start + entry.packed]


def _sha256(file: BinaryIO) -> str:
    """Of all that was written; the file is at its end again afterwards."""
    file.seek(0)
    sha = hashlib.sha256()
    while piece := file.read(_PIECE):
        sha.update(piece)
    return sha.hexdigest()
