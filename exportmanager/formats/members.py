"""Takes files that lie packed in zips, wherever they shall lie: in a zip, in a folder of one, or as plain files."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol

from exportmanager.core.errors import Damaged
from exportmanager.core.names import utf16_units
from exportmanager.formats.files import Pace, sync_all
from exportmanager.formats.zip_reading import unpacked
from exportmanager.formats.zips import Member, inflate, members_of, packed_of


class Stream(Protocol):
    """The open end of a file of unknown length."""

    def write(self, data: bytes, /) -> int:
        """Take `data` whole."""


class Members(Protocol):
    """What `ZipWriter` offers to those who fill it; names are relative, with ``/``, safe, and each given once."""

    @property
    def takes_packages(self) -> bool:
        """Whether `copy_package` can be used now."""

    @property
    def takes_links(self) -> bool:
        """Whether symbolic links can be held; where not, whoever has some lists them instead."""

    @property
    def depth(self) -> int:
        """How many UTF-16 units come before every name: paths have that much less room."""

    def add(self, name: str, data: bytes, *, mode: int = 0o644, modified: int = 0) -> object:
        """Add a file."""

    def add_folder(self, name: str, *, mode: int = 0o755, modified: int = 0) -> object:
        """Add an (empty) folder."""

    def copy(self, names: Sequence[str], members: Sequence[Member], packed: Sequence[bytes | memoryview]) -> object:
        """Add entries whose data are packed already, under new `names`."""

    def copy_package(self, package: bytes, prefix: str) -> None:
        """Add all entries of a small zip of ours, with `prefix` before their names."""

    def copy_chunks(self, name: str, member: Member, chunks: Iterable[bytes]) -> object:
        """Like `copy`, for one entry too large for memory."""

    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> AbstractContextManager[Stream]:
        """Add a file of unknown length: write to what this gives."""


class Within:
    """A folder of other `Members`: `prefix` (ending in ``/``) goes before every name."""

    takes_links: bool
    depth: int

    def __init__(self, members: Members, prefix: str) -> None:
        self._members, self._prefix = members, prefix
        self.takes_links = members.takes_links
        self.depth = members.depth + utf16_units(prefix)

    @property
    def takes_packages(self) -> bool:
        """As what it lies in."""
        return self._members.takes_packages

    def add(self, name: str, data: bytes, *, mode: int = 0o644, modified: int = 0) -> object:
        """Add a file."""
        return self._members.add(f"{self._prefix}{name}", data, mode=mode, modified=modified)

    def add_folder(self, name: str, *, mode: int = 0o755, modified: int = 0) -> object:
        """Add an (empty) folder."""
        return self._members.add_folder(f"{self._prefix}{name}", mode=mode, modified=modified)

    def copy(self, names: Sequence[str], members: Sequence[Member], packed: Sequence[bytes | memoryview]) -> object:
        """Add entries whose data are packed already."""
        return self._members.copy([f"{self._prefix}{name}" for name in names], members, packed)

    def copy_package(self, package: bytes, prefix: str) -> None:
        """Add all entries of a small zip of ours."""
        self._members.copy_package(package, f"{self._prefix}{prefix}")

    def copy_chunks(self, name: str, member: Member, chunks: Iterable[bytes]) -> object:
        """Add an entry too large for memory."""
        return self._members.copy_chunks(f"{self._prefix}{name}", member, chunks)

    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> AbstractContextManager[Stream]:
        """Add a file of unknown length."""
        return self._members.stream(f"{self._prefix}{name}", mode=mode, modified=modified)


class FolderMembers:
    """Plain files below the folder `root`, unpacked and checked on the way. Nothing that is there is ever written over.

    Most of them reach the disk on the way; the rest is brought there by whoever makes the folder, at the end.
    """

    takes_packages = True
    takes_links = False
    depth = 0

    def __init__(self, root: Path) -> None:
        root.mkdir(exist_ok=True)
        self._root = root
        self._made = {root}
        self._pace = Pace(sync_all)

    def add(self, name: str, data: bytes, *, mode: int = 0o644, modified: int = 0) -> None:
        """Write a file."""
        with self.stream(name, mode=mode, modified=modified) as out:
            out.write(data)

    def add_folder(self, name: str, *, mode: int = 0o755, modified: int = 0) -> None:
        """Make a folder."""
        self._make(self._root / name)

    def copy(self, names: Sequence[str], members: Sequence[Member], packed: Sequence[bytes | memoryview]) -> None:
        """Write what was packed. Raises `Damaged`."""
        for name, member, data in zip(names, members, packed, strict=True):
            if member.is_folder:
                self.add_folder(name)
                continue
            content = inflate(member.method, data, member.size)
            if zlib.crc32(content) != member.crc:
                raise Damaged(f"{member.name} is damaged.")
            self.add(name, bytes(content), mode=member.mode, modified=member.modified)

    def copy_package(self, package: bytes, prefix: str) -> None:
        """Write all that is in a small zip of ours."""
        members = members_of(package)
        names = [f"{prefix}{member.name}" for member in members]
        self.copy(names, members, [packed_of(package, member) for member in members])

    def copy_chunks(self, name: str, member: Member, chunks: Iterable[bytes]) -> None:
        """Write one file too large for memory. Raises `Damaged`."""
        crc = size = 0
        with self.stream(name, mode=member.mode, modified=member.modified) as out:
            for chunk in chain.from_iterable(map(unpacked(member), chunks)):
                crc, size = zlib.crc32(chunk, crc), size + len(chunk)
                out.write(chunk)
        if (crc, size) != (member.crc, member.size):
            raise Damaged(f"{member.name} is damaged.")

    @contextmanager
    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> Iterator[Stream]:
        """Write a file piece by piece."""
        path = self._root / name
        self._make(path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        file: BinaryIO
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            yield file
            size = file.tell()
        self._pace.wrote(size)
        with suppress(PermissionError):  # a stick with FAT has no modes, and says so
            path.chmod(mode & 0o777 | 0o600)
        os.utime(path, (modified, modified))

    def _make(self, folder: Path) -> None:
        """Make a folder; asking once is enough. `root` itself is not made again: its disk was taken away then."""
        if folder not in self._made:
            self._make(folder.parent)
            folder.mkdir(exist_ok=True)
            self._made.add(folder)
