"""Says what lies beside a workspace: starter files, earlier versions, other students, and who has the same file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from exportmanager.core.course import StudentId
from exportmanager.core.errors import BadSource, NotFound
from exportmanager.library.library import Library
from exportmanager.review.lying import Lying, newest_of
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.where import Where, import_words, starter_words


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
        if where.kind != "workspace":
            return ()
        return [*self._starters(where), *self._versions(where), *self._others(where)]

    def inside(self, path: Path, to: Opened, passphrase: str | None = None) -> Sequence[Counterpart]:
        """What lies in another archive, file or folder, to be compared with `to`: the likest first.

        There is one thing where the file tells of no workspaces: all of it. Raises what `Openings.within` does.
        """
        lying = self.openings.within(path, passphrase)
        newest = newest_of(lying)

        def unlike(one: Lying) -> tuple[bool, bool, bool, int]:
            facts, is_other = one.facts, one.facts.assignment != to.assignment
            return is_other, facts.student != to.student, not facts.is_published, newest[one.whose] - facts.number

        names = told_apart([(one.facts.name, one.facts.student_id) for one in lying])
        words = {one.where: _with_version(name, one, newest) for name, one in zip(names, lying, strict=True)}
        return [Counterpart(words[one.where], one.where) for one in sorted(lying, key=unlike)]

    def _starters(self, where: Where) -> list[Counterpart]:
        held = self.library.files.published(where.course, every_version=True)
        numbers = [one.number for one in held if one.assignment == where.assignment]
        return [
            Counterpart(starter_words(number, numbers[-1]), Where.of_published(where.course, where.assignment, number))
            for number in reversed(numbers)
        ]

    def _versions(self, where: Where) -> list[Counterpart]:
        held = self.library.files.held(where.course, every_version=True)
        whose = where.assignment, where.student
        numbers = [one.number for one in held if (one.assignment, one.student) == whose]
        here = where.number or max(numbers, default=0)
        return [
            Counterpart(import_words(number, numbers[-1]), _version(where, number, where.student))
            for number in reversed(numbers)
            if number != here
        ]

    def _others(self, where: Where) -> list[Counterpart]:
        held = [one for one in self.library.files.held(where.course) if one.assignment == where.assignment]
        names = told_apart([(one.student_name, one.student) for one in held])
        return [
            Counterpart(name, _version(where, one.number, one.student))
            for name, one in zip(names, held, strict=True)
            if one.student != where.student
        ]

    def _in_file(self, where: Where, passphrase: str | None) -> list[Counterpart]:
        """The same of the workspaces of the same assignment in the same file."""
        lying = self.openings.within(Path(where.path), passphrase)
        here = next((one for one in lying if one.where == where), None)
        if here is None or not here.facts.assignment_id:
            return []
        newest = newest_of(lying)
        same = [one for one in lying if one.facts.assignment_id == here.facts.assignment_id]
        starters = [one for one in same if one.facts.is_published]
        versions = [one for one in same if one.whose == here.whose and one not in starters]
        names = told_apart([(one.facts.student, one.facts.student_id) for one in same])
        others = [(name, one) for name, one in zip(names, same, strict=True) if one not in (*starters, *versions)]
        found = [
            *((starter_words(one.facts.number, newest[one.whose]), one) for one in _newest_first(starters)),
            *((import_words(one.facts.number, newest[one.whose]), one) for one in _newest_first(versions)),
            *((name, one) for name, one in others if one.facts.number == newest[one.whose]),
        ]
        return [Counterpart(words, one.where) for words, one in found if one is not here]

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
            one.facts.student_id: one
            for one in sorted(lying, key=lambda one: (one.where == where, one.facts.number))
            if one.facts.assignment_id == here.assignment_id and one.facts.student
        }
        return [one.where for one in lying if newest.get(one.facts.student_id) is one]

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


def _newest_first(lying: Sequence[Lying]) -> Sequence[Lying]:
    return sorted(lying, key=lambda one: -one.facts.number)


def _with_version(name: str, one: Lying, newest: Mapping[tuple[str, ...], int]) -> str:
    """A name, and which version it is, unless it is a student's newest."""
    facts, last = one.facts, newest[one.whose]
    if facts.is_published:
        return f"{facts.assignment}, {starter_words(facts.number, last).lower()}"
    return f"{name}, {import_words(facts.number, last).lower()}" if facts.number < last else name


def told_apart(people: Sequence[tuple[str, str]]) -> list[str]:
    """Names (of names with ids), with their ids behind those that several people have."""
    counts = Counter(name for name, _ in set(people))
    return [f"{name or who} ({who})" if counts[name] > 1 and name != who else name or who for name, who in people]
