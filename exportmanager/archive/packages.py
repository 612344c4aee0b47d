"""Puts packages into an archive, and writes down where each lies and how it can be made again byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.names import LIBRARY, PACKAGES, PLACES
from exportmanager.core.course import Assignment
from exportmanager.core.names import NameChange
from exportmanager.exports.pieces.account import Found
from exportmanager.exports.pieces.archive import Archive, spool
from exportmanager.exports.pieces.coursework_zip import Watcher
from exportmanager.exports.pieces.fetching import Fetched
from exportmanager.exports.pieces.who import Person
from exportmanager.exports.pieces.workspaces import Copied
from exportmanager.formats.zips import Member, ZipReader, members_of
from exportmanager.library.whole import Version

_PIECE = 1 << 20


def members_in(package: bytes | Path) -> list[Member]:
    """The members of a package, in its order. Raises `Damaged`."""
    if isinstance(package, bytes):
        return members_of(package)
    with ZipReader(package) as reader:
        return list(reader.members())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version's files lie: `folder` of the bag; `names` has those called otherwise there, by path."""

    version: Version
    folder: str
    names: Mapping[str, str]


class Packages:
    """Writes ``packages.jsonl`` and ``places.jsonl`` while packages are copied."""

    def __init__(self, course: ArchivedCourse) -> None:
        self._course = course
        self._known: set[str] = set()
        self._versions: set[tuple[str, str | None, int]] = set()
        self._packages, self._places = spool(), spool()
        self.places: list[Place] = []

    def close(self) -> None:
        """Let go of what was kept aside."""
        self._packages.close()
        self._places.close()

    def has_version(self, line: str) -> bool:
        """Whether the files of a version, a row as a line of JSON, are in the archive as its own.

        That they are there as somebody else's is not enough: a student is restored from the student's own places.
        """
        row = json.loads(line)
        return (row["assignment_id"], row.get("student_id"), row["number"]) in self._versions

    def placed(self, version: Version, folder: str, changes: Iterable[NameChange], package: bytes | Path) -> None:
        """A version's files lie in `folder` of the bag, some of them by other names."""
        sha256 = version.package.sha256
        names = {change.original: change.now for change in changes}
        self.places.append(Place(version, folder, names))
        self._versions.add((version.assignment, version.student, version.number))
        place = {
            "package": sha256,
            "assignment": version.assignment,
            "student": version.student,
            "number": version.number,
            "folder": folder,
            "names": names,
        }
        self._places.write(f"{_json(place)}\n".encode())
        if sha256 not in self._known:
            self._known.add(sha256)
            members = [[m.name, m.mode, m.modified, m.method, m.crc, m.packed, m.size] for m in members_in(package)]
            row = dict(self._course.package_row(sha256))
            manifest = row.pop("manifest")  # long, and JSON already: it is put in as it is
            self._packages.write(f'{_json(row)[:-1]},"manifest":{manifest},"members":{_json(members)}}}\n'.encode())

    def add_to(self, archive: Archive) -> None:
        """Add both lists to the bag's payload."""
        for name, lines in ((PACKAGES, self._packages), (PLACES, self._places)):
            lines.seek(0)
            with archive.bytes(f"{LIBRARY}{name}") as write:
                while piece := lines.read(_PIECE):
                    write(piece)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Witness(Watcher):
    """Hears from the coursework where current workspaces went, and what there is in each cell."""

    def __init__(self, packages: Packages, prefix: str) -> None:
        self._packages, self._prefix = packages, prefix
        self.cells: list[tuple[Assignment, Person, Found]] = []

    def placed(self, prefix: str, fetched: Fetched, copied: Copied) -> None:
        """A workspace lies in a folder of the coursework."""
        workspace = fetched.workspace
        assert not isinstance(fetched.package, str), "it was copied"
        version = Version(workspace.assignment_id, workspace.student_id, workspace.number, True, workspace.package)
        self._packages.placed(version, f"{self._prefix}{prefix}", copied.changes, fetched.package)

    def cell(self, assignment: Assignment, person: Person, found: Found) -> None:
        """This is what there is of a student's work."""
        self.cells.append((assignment, person, found))
