"""Packs the files of a tree into one zip, once: each read, hashed and compressed in a single pass."""

from __future__ import annotations

import hashlib
import itertools
import json
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from isal import isal_zlib

from exportmanager.core.names import is_portable, utf16_units
from exportmanager.core.package import PackedFile
from exportmanager.core.trees import Deflated, EntryKind, Findings, Tree, TreeEntry
from exportmanager.formats.archives import printable, unreadable
from exportmanager.formats.zips import DEFLATED, Member, ZipWriter, deflate

_WHOLE = 4 << 20
"""Files up to this size are packed in memory."""
_CHUNK = 1 << 20
_PIECES = 256 << 10
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

    @property
    def manifest(self) -> str:
        """The files as JSON, in the order of the zip."""
        return json.dumps(self.files, ensure_ascii=False, separators=(",", ":"))


def _go_on() -> None:
    """Nobody wants to stop."""


class _Hashed:
    """A file that is written from front to back, hashing what goes by; `flush` ends it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha = hashlib.sha256()
        self._size = self._held = 0
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(data)
        self._size += len(data)
        self._held += len(data)
        if self._held >= _PIECES:  # threads that hash a little at a time mostly wait for one another
            self.flush()
        return len(data)

    def flush(self) -> None:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        self._sha.update(data)
        self._file.write(data)

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
    with ZipWriter(hashed) as archive:  # type: ignore[arg-type]  # it writes and tells; no member is streamed
        for entry in tree.entries(findings):
            check()
            packed = _pack_entry(entry, archive, findings, check, entry.modified if modified is None else modified)
            if packed:
                files.append(packed)
    hashed.flush()
    return packed_as(files, hashed.hexdigest(), hashed.tell())


def packed_as(files: list[PackedFile], sha256: str, packed_bytes: int) -> Packed:
    """What `files` are, packed as a zip of so many bytes; empty folders (whose paths end in ``/``) are among them."""
    kept = [file for file in files if not file.path.endswith("/")]
    paths = [file.path.rstrip("/") for file in files]
    return Packed(
        files=tuple(kept),
        identity=_identity(files),
        sha256=sha256,
        packed_bytes=packed_bytes,
        bytes=sum(file.size for file in kept),
        portable=is_portable(paths),
        longest_path=max(map(utf16_units, paths), default=0),
    )


def _identity(files: list[PackedFile]) -> bytes:
    sha = hashlib.sha256()
    for file in files:
        sha.update(f"{file.path}\0{file.mode & 0o111 != 0:d}\0{file.link or ''}\0{file.sha256}\n".encode())
    return sha.digest()


class _UnreadableError(Exception):
    """A file could not be read on; its sentence says why. (Errors in writing the zip are none of these.)"""


def _pack_entry(
    entry: TreeEntry, archive: ZipWriter, findings: Findings, check: Callable[[], None], modified: int
) -> PackedFile | None:
    if entry.kind is EntryKind.FOLDER:
        archive.add_folder(entry.path, modified=modified)
        return PackedFile(f"{entry.path}/", 0, 0o755, "")
    if entry.kind is EntryKind.LINK:
        archive.add_link(entry.path, entry.link, modified=modified)
        return PackedFile(entry.path, 0, 0o777, "", entry.link)
    if entry.deflated:
        return _copy(entry, entry.deflated, archive, check, modified)
    try:
        with _opened(entry) as file:
            return _pack_file(entry, file, archive, check, modified)
    except _UnreadableError as error:
        findings.left_out(printable(entry.path), str(error))
        return None


def _copy(
    entry: TreeEntry, deflated: Deflated, archive: ZipWriter, check: Callable[[], None], modified: int
) -> PackedFile:
    """What is deflated already is taken as it is, while what it holds is hashed. Raises `BadSource`."""
    sha = hashlib.sha256()

    def packed() -> Iterator[bytes]:
        for piece, content in deflated.pieces():
            check()
            sha.update(content)
            yield piece

    mode = stat.S_IFREG | _kept_mode(entry.mode)
    member = Member(entry.path, deflated.crc, deflated.packed, entry.size, DEFLATED, mode, modified, 0)
    archive.copy_chunks(entry.path, member, packed())
    return PackedFile(entry.path, entry.size, entry.mode, sha.hexdigest())


def _opened(entry: TreeEntry) -> BinaryIO:
    assert entry.open is not None, "a file can be opened"
    try:
        return entry.open()
    except OSError as error:
        raise _UnreadableError(unreadable(error)) from error


def _read(file: BinaryIO, limit: int) -> bytes:
    """The next bytes, `limit` of them or up to the end: an unbuffered file may give less than it was asked for."""
    pieces = []
    while limit:
        try:
            piece = file.read(limit)
        except OSError as error:
            raise _UnreadableError(unreadable(error)) from error
        if not piece:
            break
        pieces.append(piece)
        limit -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _pack_file(
    entry: TreeEntry, file: BinaryIO, archive: ZipWriter, check: Callable[[], None], modified: int
) -> PackedFile:
    head = _read(file, min(entry.size, _WHOLE) + 1)  # room for 4 MB would take longer than reading most files
    if len(head) > entry.size:  # it grew since it was listed
        head += _read(file, _WHOLE + 1 - len(head))
    if len(head) > _WHOLE:
        return _pack_large(entry, _chunks(head, file, check), archive, check, modified)
    archive.add(entry.path, head, mode=_kept_mode(entry.mode), modified=modified)
    return PackedFile(entry.path, len(head), entry.mode, hashlib.sha256(head).hexdigest())


def _kept_mode(mode: int) -> int:
    return mode & 0o777 | 0o600  # who unpacks it must be able to read it


def _chunks(head: bytes, file: BinaryIO, check: Callable[[], None]) -> Iterator[bytes]:
    while head:
        check()
        yield head
        head = _read(file, _CHUNK)


def _pack_large(
    entry: TreeEntry, chunks: Iterator[bytes], archive: ZipWriter, check: Callable[[], None], modified: int
) -> PackedFile:
    """By way of a temporary file, since a header comes before the data and must know their size."""
    sha, crc, size = hashlib.sha256(), 0, 0
    first = next(chunks)
    method = deflate(first[:_CHUNK])[0]  # whether the beginning shrinks tells for the rest
    packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15) if method == DEFLATED else None
    with tempfile.SpooledTemporaryFile(_SPOOL) as packed:
        for chunk in itertools.chain([first], chunks):
            sha.update(chunk)
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            packed.write(packer.compress(chunk) if packer else chunk)
        packed.write(packer.flush() if packer else b"")
        length = packed.tell()
        packed.seek(0)
        member = Member(entry.path, crc, length, size, method, stat.S_IFREG | _kept_mode(entry.mode), modified, 0)
        archive.copy_chunks(entry.path, member, _packed_chunks(packed, check))
    return PackedFile(entry.path, size, entry.mode, sha.hexdigest())


def _packed_chunks(file: IO[bytes], check: Callable[[], None]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        check()
        yield chunk
