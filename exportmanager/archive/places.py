"""Says of each path in an archive whose it is, and what the archive's own lists say of it."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from exportmanager.archive.bag_files import BagFiles, Facts
from exportmanager.archive.names import COURSEWORK, EARLIER, LIBRARY, PACKAGES, PLACES, PROJECTS
from exportmanager.core.archive import Certificate
from exportmanager.core.errors import ProblemForTeacher

_WORKSPACES = f"{COURSEWORK}workspaces/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version of a workspace or, without a student, of a project lies; `names` are those that changed."""

    folder: str
    package: str
    assignment: str
    student: str
    number: int
    names: dict[str, str]

    @property
    def is_coursework(self) -> bool:
        """Whether it is what the matrix of students and assignments counts."""
        return self.folder.startswith(COURSEWORK)


class Places:
    """The places of an archive, by folder. What cannot be read of the lists is left out: its hash says so."""

    def __init__(self, bag: BagFiles, certificate: Certificate | None) -> None:
        self.by_folder = {place.folder: place for place in map(place_of, lines_of(bag, f"{LIBRARY}{PLACES}")) if place}
        self._packages = {
            package: line for line in _raw_lines(bag, f"{LIBRARY}{PACKAGES}") if (package := _named(line))
        }
        self._students = {one.id: one.name for one in certificate.students} if certificate else {}
        self._assignments = {one.id: one.name for one in certificate.assignments} if certificate else {}
        self._here = ""
        self._facts: dict[str, Facts] = {}

    def of(self, path: str) -> Place | None:
        """The place that a file belongs to."""
        folder = path
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if folder in self.by_folder:
                return self.by_folder[folder]
        return None

    def who(self, path: str) -> str:
        """Whose a file is: a student and an assignment, as far as the archive or its folders tell."""
        if place := self.of(path):
            return self.named(place.student, place.assignment)
        parts = path.split("/")
        if path.startswith(_WORKSPACES) and len(parts) > 5:
            return f"{parts[4]}, {parts[3]}"
        if path.startswith((EARLIER, PROJECTS)) and len(parts) > 4:
            return f"{parts[3]}, {parts[2]}" if path.startswith(EARLIER) else parts[2]
        return ""

    def named(self, student: str, assignment: str) -> str:
        """Names instead of ids."""
        names = self._students.get(student, student), self._assignments.get(assignment, assignment)
        return ", ".join(name for name in names if name)

    def facts(self, place: Place, path: str) -> Facts | None:
        """What a file's entry in the zip should say; None where that was not written down."""
        if place.folder != self._here:
            self._here, self._facts = place.folder, dict(self._facts_in(place))
        return self._facts.get(path)

    def links(self, place: Place) -> int:
        """How many links its package has: those are only listed in the archive."""
        return sum(isinstance(facts[0], int) and stat.S_ISLNK(facts[0]) for _, facts in self._facts_in(place))

    def package(self, place: Place) -> dict[str, Any]:
        """What was written down of its package; nothing where that cannot be read."""
        return _parsed(self._packages.get(place.package, b"{}"))

    def _facts_in(self, place: Place) -> Iterator[tuple[str, Facts]]:
        members = self.package(place).get("members")
        for member in members if isinstance(members, list) else ():
            if isinstance(member, list) and len(member) == 7 and isinstance(member[0], str):
                name, *facts = member
                yield f"{place.folder}/{place.names.get(name, name)}", tuple(facts)


def lines_of(bag: BagFiles, path: str) -> Iterator[dict[str, Any]]:
    """The objects in a file of lines of JSON; lines that cannot be read are none."""
    return filter(None, map(_parsed, _raw_lines(bag, path)))


def _raw_lines(bag: BagFiles, path: str) -> Iterable[bytes]:
    try:
        return bag.read(path).splitlines()
    except (KeyError, ProblemForTeacher, OSError):
        return ()


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _named(line: bytes) -> str:
    """The SHA-256 of the package that a line is about: without parsing it, where the line begins with it."""
    begin, _, rest = line.partition(b':"')
    return rest[:64].decode("ascii", "replace") if begin == b'{"sha256"' else str(_parsed(line).get("sha256", ""))


def place_of(line: dict[str, Any]) -> Place | None:
    """The place that a line names; None where it names none."""
    folder, package, assignment, student, number, names = (
        line.get(key) for key in ("folder", "package", "assignment", "student", "number", "names")
    )
    texts = folder, package, assignment, student or ""
    if not all(isinstance(text, str) for text in texts) or not isinstance(names, dict):
        return None
    return Place(*texts, number if isinstance(number, int) else 0, names)  # type: ignore[arg-type]
