"""Reads a finished export back from the disk: the whole file against the ledger, every member against the manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exportmanager.core.errors import Damaged, NotFound, from_os_error
from exportmanager.core.ledger import Sealed
from exportmanager.core.meter import Meter
from exportmanager.formats.files import disk_sha256
from exportmanager.formats.manifest import MANIFEST, read_manifest
from exportmanager.formats.zips import Member, ZipReader, inflate, packed_of

_IN_MEMORY = 64 << 20
_AT_ONCE = 8 << 20
_BATCH = 256
_RECORD_LIMIT = 1 << 17
"""Bytes of the longest record before a member's data: a name and extra fields of 65,535 each."""
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading it back said: how many files were checked, and what is wrong (nothing, if the file is whole)."""

    files: int
    problems: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it was made."""
        return not self.problems


def verify(path: Path, file: Sealed, meter: Meter) -> Verification:
    """Check the file at `path` against what the ledger says of it. Raises `NotFound`, `NoAccess`, `Cancelled`."""
    try:
        size = path.stat().st_size
        meter.stage("Verifying", size)
        problems = [] if size == file.size else [f"It has {size:,} bytes; it was made with {file.size:,}."]
        if disk_sha256(path, lambda _: meter.advance(0)) != file.sha256:
            problems.append("Its SHA-256 is not the one it was made with.")
        files = 0
        if path.suffix == ".zip":
            files = _verify_members(path, meter, problems)
        meter.finish()
    except FileNotFoundError as error:
        raise NotFound(f"{path} is not there.", "It was moved or removed by hand: run the export again.") from error
    except OSError as error:
        raise from_os_error(error, f"reading {path.name}") from error
    return Verification(files, tuple(problems))


def _verify_members(path: Path, meter: Meter, problems: list[str]) -> int:
    try:
        with ZipReader(path) as reader:
            members = [member for member in reader.members() if not member.is_folder and not member.is_link]
            manifest = _manifest(reader, members)
            if manifest is None:
                return 0
            found = {member.name for member in members} - {MANIFEST}
            problems += _some(f"{name} is in the manifest and not in the archive." for name in manifest.keys() - found)
            problems += _some(f"{name} is in the archive and not in the manifest." for name in found - manifest.keys())
            wrong = _wrong(path, reader, members, manifest, meter)
            problems += _some(f"{name} is damaged." for name in wrong)
            return len(found)
    except Damaged as damage:
        problems.append(damage.what)
        return 0


def _some(sentences: Iterator[str]) -> list[str]:
    listed = sorted(sentences)
    more = len(listed) - _LISTED
    return listed[:_LISTED] + ([f"And {more:,} more like this."] if more > 0 else [])


def _manifest(reader: ZipReader, members: Sequence[Member]) -> dict[str, str] | None:
    """The SHA-256 of each file; None for a zip that has no manifest."""
    entry = next((member for member in reversed(members) if member.name == MANIFEST), None)
    if entry is None:
        return None
    return read_manifest(b"".join(reader.unpacked_chunks(entry)).decode("utf-8", "replace"))


def _wrong(
    path: Path, reader: ZipReader, members: Sequence[Member], manifest: dict[str, str], meter: Meter
) -> list[str]:
    """The names of files whose content is not what the manifest says."""
    known = [member for member in members if member.name in manifest]
    small = [member for member in known if member.packed <= _AT_ONCE and member.size <= _IN_MEMORY]
    wrong: list[str] = []
    with ThreadPoolExecutor(2, thread_name_prefix="verify") as pool:
        try:
            batches = list(_batches(small))
            for batch, names in zip(batches, pool.map(partial(_wrong_of, path, manifest), batches), strict=True):
                wrong += names
                meter.advance(sum(member.packed for member in batch), batch[-1].name)
        finally:
            pool.shutdown(cancel_futures=True)
    for member in known:
        if member.packed > _AT_ONCE or member.size > _IN_MEMORY:
            wrong += [] if _is_large_right(reader, member, manifest[member.name], meter) else [member.name]
    return wrong


def _batches(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Neighbours that are read in one piece."""
    batch: list[Member] = []
    for member in members:
        if batch and (len(batch) >= _BATCH or not 0 <= member.offset - batch[0].offset < _AT_ONCE):
            yield batch
            batch = []
        batch.append(member)
    if batch:
        yield batch


def _wrong_of(path: Path, manifest: dict[str, str], batch: Sequence[Member]) -> list[str]:
    # read, not mapped: reading a mapped file whose disk is pulled out would end the whole program
    start = batch[0].offset
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(batch[-1].offset - start + batch[-1].packed + _RECORD_LIMIT)
    return [m.name for m in batch if not _is_right(data, m._replace(offset=m.offset - start), manifest[m.name])]


def _is_right(data: bytes, member: Member, sha256: str) -> bool:
    try:
        packed = packed_of(data, member)
        return hashlib.sha256(inflate(member.method, packed, member.size)).hexdigest() == sha256
    except Damaged:
        return False


def _is_large_right(reader: ZipReader, member: Member, sha256: str, meter: Meter) -> bool:
    sha = hashlib.sha256()
    try:
        for chunk in reader.unpacked_chunks(member):
            sha.update(chunk)
            meter.advance(0, member.name)
    except Damaged:
        return False
    meter.advance(member.packed)
    return sha.hexdigest() == sha256
