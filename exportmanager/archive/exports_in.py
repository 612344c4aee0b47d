"""Puts what the other kinds of export give into an archive, so that it can be read without this program."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from exportmanager.archive.names import EXPORTS
from exportmanager.core.course import Course
from exportmanager.core.errors import NothingToExport, ProblemForTeacher
from exportmanager.core.export import ExportKind
from exportmanager.core.meter import Meter
from exportmanager.core.names import portable_part
from exportmanager.core.options import checked
from exportmanager.core.report import Gap, Report
from exportmanager.exports.pieces.archive import Archive, spool
from exportmanager.formats.manifest import MANIFEST, manifest_line, read_manifest
from exportmanager.formats.zips import Member, ZipReader

_ELSEWHERE = {"coursework", "student", "assignment", "dossier"}
"""Kinds that give workspaces, which lie in the archive anyway, and all on one student, which only somebody asks for."""
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "pdf": {"one_file": False, "teacher_notes": True, "edition": "teacher"},
    "access": {"since": "1900-01-01"},
    "coach-logs": {"since": "1900-01-01"},
    "assessment": {"since": "1900-01-01"},
}
"""What is chosen otherwise than usual: nothing is too old for an archive, and it is a teacher's."""


_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Included:
    """What came of one kind: the `files` it gave (paths in the bag, with their sizes), or why it is not there."""

    title: str
    files: tuple[tuple[str, int], ...] = ()
    why_not: str = ""
    report: Report | None = None


def add_exports(archive: Archive, course: Course, kinds: Mapping[str, ExportKind], meter: Meter) -> list[Included]:
    """Add what each kind gives to ``data/exports/``. Raises `Cancelled`."""
    return [_added(archive, course, kind, meter) for id_, kind in kinds.items() if id_ not in _ELSEWHERE]


def _added(archive: Archive, course: Course, kind: ExportKind, meter: Meter) -> Included:
    if reason := kind.unavailable(course):
        return Included(kind.title, why_not=reason)
    wanted = _OPTIONS.get(kind.id, {})
    options = checked(
        kind.Options, {name: value for name, value in wanted.items() if name in kind.Options.model_fields}
    )
    with spool() as out:
        try:
            suffix = kind.estimate(course, options).suffix or kind.suffix
            report = kind.write(course, options, out, meter)
        except NothingToExport as nothing:
            return Included(kind.title, why_not=nothing.what)
        except ProblemForTeacher as problem:
            failed = Gap(what=kind.title, why=f"it could not be exported: {problem.what}")
            return Included(kind.title, why_not=problem.what, report=Report(gaps=(failed,)))
        return Included(kind.title, _taken(archive, portable_part(kind.title)[0], suffix, out, meter), report=report)


def _taken(archive: Archive, title: str, suffix: str, out: BinaryIO, meter: Meter) -> tuple[tuple[str, int], ...]:
    """Add what a kind wrote: a zip of ours as the files in it, all else as it is."""
    if suffix == ".zip":
        with ZipReader(out) as reader:
            return tuple(_unpacked(archive, f"{EXPORTS}{title}/", reader, meter))
    name, size = f"{EXPORTS}{title}{suffix}", out.seek(0, io.SEEK_END)
    out.seek(0)
    with archive.bytes(name) as write:
        while piece := out.read(_PIECE):
            write(piece)
            meter.advance(0, name)
    return ((name, size),)


def _unpacked(archive: Archive, folder: str, reader: ZipReader, meter: Meter) -> Iterator[tuple[str, int]]:
    """Add the members of a zip, copied as they are; its manifest, where it has one, becomes part of the bag's."""
    members = [member for member in reader.members() if not member.is_folder]
    hashes = _hashes(reader, members)
    for member in members:
        if member.name == MANIFEST and hashes:
            continue
        name = f"{folder}{member.name}"
        archive.zip.copy_chunks(name, member, reader.packed_chunks(member))
        archive.note([manifest_line(hashes.get(member.name) or _sha256(reader, member), name)])
        meter.advance(0, name)
        yield name, member.size


def _hashes(reader: ZipReader, members: Sequence[Member]) -> dict[str, str]:
    listed = next((member for member in reversed(members) if member.name == MANIFEST), None)
    return read_manifest(b"".join(reader.unpacked_chunks(listed)).decode()) if listed else {}


def _sha256(reader: ZipReader, member: Member) -> str:
    sha = hashlib.sha256()
    for chunk in reader.unpacked_chunks(member):
        sha.update(chunk)
    return sha.hexdigest()
