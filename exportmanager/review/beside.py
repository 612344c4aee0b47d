"""Says what lies beside a workspace: starter files, earlier versions, other students, and who has the same file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from exportmanager.core.course import StudentId
from exportmanager.core.errors import BadSource, NotFound
from exportmanager.library.library import Library
from exportmanager.review.lying import Facts
from exportmanager.review.opening import Openings
from exportmanager.review.where import Where


class Counterpart(NamedTuple):
    """Something to compare with, and what people call it."""

    words: str
    where: Where


class Neighbours(NamedTuple):
    """The workspaces of the students before and after one who have a file too; None where nobody has."""

    previous: Where | None
    next: Where | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Knows what lies beside workspaces of a library, and of archives and other files."""

    library: Library
    openings: Openings

    def counterparts(self, where: Where, passphrase: str | None = None) -> Sequence[Counterpart]:
        """What a workspace may be compared with: starter files, the same student's versions, the newest first, others.

        Raises what `Openings.within` does.
        """
        if where.kind == "file":
            return self._in_file(where, passphrase)
        if where.kind == "project":
            return ()
        return [*self._starters(where), *self._versions(where), *self._others(where)]

    def _starters(self, where: Where) -> list[Counterpart]:
        starters = self.library.files.published(where.course) if where.kind == "workspace" else ()
        return [
            Counterpart("Starter files", Where.of_published(where.course, one.assignment, one.number))
            for one in starters
            if one.assignment == where.assignment
        ]

    def _versions(self, where: Where) -> list[Counterpart]:
        if where.kind != "workspace":
            return []
        held = self.library.files.held(where.course, every_version=True)
        whose = where.assignment, where.student
        numbers = [one.number for one in held if (one.assignment, one.student) == whose]
        here = where.number or max(numbers, default=0)
        return [
            Counterpart(f"Import {number} of {len(numbers)}", _version(where, number, where.student))
            for number in reversed(numbers)
            if number != here
        ]

    def _others(self, where: Where) -> list[Counterpart]:
        return [
            Counterpart(one.student_name or one.student, _version(where, one.number, one.student))
            for one in self.library.files.held(where.course)
            if one.assignment == where.assignment and one.student != where.student
        ]

    def _in_file(self, where: Where, passphrase: str | None) -> list[Counterpart]:
        """The workspaces of the same assignment in the same file."""
        lying = self.openings.within(Path(where.path), passphrase)
        here = next((one.facts for one in lying if one.where == where), None)
        if here is None or not here.assignment:
            return []
        return [
            Counterpart(_words(one.facts, here), one.where)
            for one in lying
            if one.facts.assignment == here.assignment and one.where != where
        ]

    def neighbours(self, where: Where, path: str, passphrase: str | None = None) -> Neighbours:
        """Who before and after a student, in the order of the roster, has the file at `path` too.

        Raises what `Openings.within` does.
        """
        line = self._line(where, passphrase)
        at = next((number for number, one in enumerate(line) if _is_of_same(one, where)), None)
        if at is None:
            return Neighbours(None, None)
        before, after = reversed(line[:at]), line[at + 1 :]
        return Neighbours(
            next((one for one in before if self._has(one, path, passphrase)), None),
            next((one for one in after if self._has(one, path, passphrase)), None),
        )

    def _line(self, where: Where, passphrase: str | None) -> Sequence[Where]:
        """The workspaces of everybody in the same assignment, one of each."""
        if where.kind == "workspace":
            held = self.library.files.held(where.course)
            return [_version(where, one.number, one.student) for one in held if one.assignment == where.assignment]
        if where.kind != "file":
            return ()
        lying = self.openings.within(Path(where.path), passphrase)
        here = next((one.facts for one in lying if one.where == where), None)
        if here is None or not here.student:
            return ()
        newest = {
            one.facts.student: one
            for one in sorted(lying, key=lambda one: (one.where == where, one.facts.number))
            if one.facts.assignment == here.assignment and one.facts.student
        }
        return [one.where for one in lying if newest.get(one.facts.student) is one]

    def _has(self, where: Where, path: str, passphrase: str | None) -> bool:
        """Whether there is such a file: a workspace that cannot be opened is gone past."""
        try:
            if where.kind == "workspace":
                kept = self.library.files.workspace(where.course, where.assignment, where.student, where.number)
                return path in kept.files
            with self.openings.open(where, passphrase) as opened:
                return opened.has(path)
        except (BadSource, NotFound):
            return False


def _version(where: Where, number: int, student: StudentId) -> Where:
    return Where.of_workspace(where.course, where.assignment, student, number)


def _is_of_same(one: Where, where: Where) -> bool:
    """Whether it is the same student's, whichever version."""
    return one == where if where.kind == "file" else one.student == where.student


def _words(facts: Facts, here: Facts) -> str:
    if not facts.student:
        return "Starter files"
    return f"Import {facts.number}" if facts.student == here.student else facts.student
