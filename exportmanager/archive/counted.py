"""Counts what goes into the payload of an archive, and hashes it once more where longer hashes are wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from exportmanager.formats.members import Members, Stream, Within
from exportmanager.formats.zip_moving import totals_of
from exportmanager.formats.zip_reading import unpacked
from exportmanager.formats.zips import Member, inflate, members_of, packed_of

Longer = Callable[[str, str], None]
"""Hears the path and the SHA-512 of each file."""


class Counted(Within):
    """A folder of other members. `files` and `bytes` (unpacked) count what was given; links and folders are neither."""

    def __init__(self, members: Members, prefix: str, longer: Longer | None = None) -> None:
        super().__init__(members, prefix)
        self.takes_links = False  # a bag's manifests have no word for them
        self._longer = longer
        self.files = self.bytes = 0

    def _count(self, name: str, data: bytes | bytearray | memoryview) -> None:
        self.files += 1
        self.bytes += len(data)
        if self._longer:
            self._longer(name, hashlib.sha512(data).hexdigest())

    def add(self, name: str, data: bytes, *, mode: int = 0o644, modified: int = 0) -> object:
        """Add a file."""
        self._count(name, data)
        return super().add(name, data, mode=mode, modified=modified)

    def copy(self, names: Sequence[str], members: Sequence[Member], packed: Sequence[bytes | memoryview]) -> object:
        """Add entries whose data are packed already."""
        for name, member, data in zip(names, members, packed, strict=True):
            self._count_member(name, member, data)
        return super().copy(names, members, packed)

    def _count_member(self, name: str, member: Member, data: bytes | memoryview) -> None:
        if member.is_folder or member.is_link:
            return
        if self._longer:
            self._count(name, inflate(member.method, data, member.size))
        else:
            self.files += 1
            self.bytes += member.size

    def copy_package(self, package: bytes, prefix: str) -> None:
        """Add all entries of a small zip of ours."""
        if self._longer:
            for member in members_of(package):
                self._count_member(f"{prefix}{member.name}", member, packed_of(package, member))
        else:
            files, size = totals_of(package)
            self.files += files
            self.bytes += size
        super().copy_package(package, prefix)

    def copy_chunks(self, name: str, member: Member, chunks: Iterable[bytes]) -> object:
        """Add an entry too large for memory."""
        self.files += 1
        self.bytes += member.size
        return super().copy_chunks(name, member, self._hashed(name, member, chunks) if self._longer else chunks)

    def _hashed(self, name: str, member: Member, chunks: Iterable[bytes]) -> Iterator[bytes]:
        assert self._longer, "longer hashes are wanted"
        sha = hashlib.sha512()
        unpack = unpacked(member)
        for chunk in chunks:
            for piece in unpack(chunk):
                sha.update(piece)
            yield chunk
        self._longer(name, sha.hexdigest())

    @contextmanager
    def stream(self, name: str, *, mode: int = 0o644, modified: int = 0) -> Iterator[Stream]:
        """Add a file of unknown length."""
        with super().stream(name, mode=mode, modified=modified) as out:
            counting = _Counting(out)
            yield counting
        self.files += 1
        self.bytes += counting.size
        if self._longer:
            self._longer(name, counting.sha.hexdigest())


class _Counting:
    """Passes bytes on, counts and hashes them."""

    def __init__(self, out: Stream) -> None:
        self._out = out
        self.size = 0
        self.sha = hashlib.sha512()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.sha.update(data)
        return self._out.write(data)
