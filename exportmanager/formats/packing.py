"""Packs the files of a tree into one zip, once: each read, hashed and compressed in a single pass."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from isal import isal_zlib

from exportmanager.core.course import PackedFile
from exportmanager.core.names import is_portable, utf16_units
from exportmanager.core.trees import EntryKind, Findings, Tree, TreeEntry
from exportmanager.formats.archives import printable, unreadable
from exportmanager.formats.zips import DEFLATED, STORED, Member, ZipWriter, deflate

_WHOLE = 4 << 20
"""Files up to this size are packed in memory."""
_CHUNK = 1 << 20
_SPOOL = 16 << 20


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed. `identity` is a hash of paths, contents, links and executable bits, but not of times."""

    files: tuple[PackedFile, ...]
    identity: bytes
    sha256: str
    packed_bytes: int
    bytes: int
    portable: bool
    longest_path: int


def _go_on() -> None:
    """Nobody wants to stop."""


class _Hashed:
    """A file that is written from front to back, hashing what goes by."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._sha.update(data)
        self._size += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._size

    def hexdigest(self) -> str:
        return self._sha.hexdigest()


def pack(
    tree: Tree, out: BinaryIO, findings: Findings, check: Callable[[], None] = _go_on, modified: int | None = None
) -> Packed:
    """Write the files of `tree` into `out` as a zip, sorted by path.

    What cannot be read is left out, with a finding. `modified` (seconds since 1970), where given, becomes the time of
    every file. `check` is called often and may raise to end the work. Raises `BadSource`.
    """
    hashed = _Hashed(out)
    files: list[PackedFile] = []
    with ZipWriter(hashed) as archive:  # type: ignore[arg-type] - it only writes and tells, as no member is streamed
        for entry in tree.entries(findings):
            check()
            packed = _pack_entry(entry, archive, findings, check, entry.modified if modified is None else modified)
            if packed:
                files.append(packed)
    kept = tuple(file for file in files if not file.path.endswith("/"))
    paths = [file.path.rstrip("/") for file in files]
    return Packed(
        files=kept,
        identity=_identity(files),
        sha256=hashed.hexdigest(),
        packed_bytes=hashed.tell(),
        bytes=sum(file.size for file in kept),
        portable=is_portable(paths),
        longest_path=max(map(utf16_units, paths), default=0),
    )


def _identity(files: list[PackedFile]) -> bytes:
    sha = hashlib.sha256()
    for file in files:
        sha.update(f"{file.path}\0{file.mode & 0o111 != 0:d}\0{file.link or ''}\0{file.sha256}\n".encode())
    return sha.digest()


def _pack_entry(
    entry: TreeEntry, archive: ZipWriter, findings: Findings, check: Callable[[], None], modified: int
) -> PackedFile | None:
    if entry.kind is EntryKind.FOLDER:
        archive.add_folder(entry.path, modified=modified)
        return PackedFile(f"{entry.path}/", 0, 0o755, "")
    if entry.kind is EntryKind.LINK:
        archive.add_link(entry.path, entry.link, modified=modified)
        return PackedFile(entry.path, 0, 0o777, "", entry.link)
    assert entry.open is not None, "a file can be opened"
    try:
        with entry.open() as file:
            head = _read_up_to(file, _WHOLE + 1)
            if len(head) > _WHOLE:
                return _pack_large(entry, _chunks(head, file, check), archive, modified)
    except OSError as error:
        findings.left_out(printable(entry.path), unreadable(error))
        return None
    archive.add(entry.path, head, mode=_kept_mode(entry.mode), modified=modified)
    return PackedFile(entry.path, len(head), entry.mode, hashlib.sha256(head).hexdigest())


def _kept_mode(mode: int) -> int:
    return mode & 0o777 | 0o600  # who unpacks it must be able to read it


def _read_up_to(file: BinaryIO, limit: int) -> bytes:
    data = file.read(limit)
    pieces = [data]
    total = len(data)
    while data and total < limit:  # an unbuffered file may give less than asked for
        data = file.read(limit - total)
        pieces.append(data)
        total += len(data)
    return pieces[0] if len(pieces) <= 2 else b"".join(pieces)  # noqa: PLR2004 - the second one is empty


def _chunks(head: bytes, file: BinaryIO, check: Callable[[], None]) -> Iterator[bytes]:
    while head:
        check()
        yield head
        head = file.read(_CHUNK)


def _pack_large(entry: TreeEntry, chunks: Iterator[bytes], archive: ZipWriter, modified: int) -> PackedFile:
    """By way of a temporary file, since a header comes before the data and must know their size."""
    sha, crc, size = hashlib.sha256(), 0, 0
    method, packer = STORED, None
    with tempfile.SpooledTemporaryFile(_SPOOL) as packed:
        for chunk in chunks:
            if not size:  # whether the beginning shrinks tells for the rest
                method = deflate(chunk)[0]
                packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15) if method == DEFLATED else None
            sha.update(chunk)
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            packed.write(packer.compress(chunk) if packer else chunk)
        packed.write(packer.flush() if packer else b"")
        length = packed.tell()
        packed.seek(0)
        mode = 0o100000 | _kept_mode(entry.mode)
        member = Member(entry.path, crc, length, size, method, mode, modified, 0)
        archive.copy_chunks(entry.path, member, iter(lambda: packed.read(_CHUNK), b""))
    return PackedFile(entry.path, size, entry.mode, sha.hexdigest())
