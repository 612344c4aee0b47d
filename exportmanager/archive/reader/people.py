"""Who and what has a page in the reader, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.filling import Contents
from exportmanager.archive.names import READER
from exportmanager.archive.namesakes import told_apart
from exportmanager.core.course import Assignment, AssignmentId, Student, StudentId
from exportmanager.core.report import Cell


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state of the matrix is shown: a letter, a word, a style, and what it means."""

    letter: str
    word: str
    style: str
    meaning: str


SIGNS: Mapping[Cell, Sign] = {
    Cell.PRESENT: Sign("P", "Present", "p", "the student's files are in this archive"),
    Cell.EMPTY: Sign("E", "Empty", "e", "the student opened it, and there are no files in it"),
    Cell.NEVER_STARTED: Sign("N", "Never started", "n", "there is nothing that could be here"),
    Cell.LEFT_OUT: Sign("L", "Left out", "l", "the student was left out of this archive on purpose"),
    Cell.MISSING: Sign("M", "Missing", "m", "there should be files, and there are none"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody with a page: `number` counts from 1, no namesake has the `name`; `is_learner` is False for teachers."""

    student: Student
    name: str
    number: int
    is_learner: bool

    @property
    def page(self) -> str:
        """Where the page is, in the bag."""
        return f"{READER}students/{self.number}.html"


@dataclass(frozen=True, slots=True)
class Titled:
    """An assignment with its number (from 1), its module's title and its folder's name in the archive."""

    assignment: Assignment
    number: int
    module: str
    folder: str

    @property
    def page(self) -> str:
        """Where the page is, in the bag."""
        return f"{READER}assignments/{self.number}.html"


@dataclass(frozen=True, slots=True)
class Everybody:
    """All that have pages, in the order of the archive, students before teachers; and what everybody is called."""

    people: Mapping[StudentId, Shown]
    names: Mapping[StudentId, str]
    assignments: Sequence[Titled]
    titles: Mapping[AssignmentId, Titled]


def everybody(course: ArchivedCourse, contents: Contents) -> Everybody:
    """Who has a page: everybody but students who were left out."""
    plan = contents.plan
    learners = {person.student.id for person in plan.people}
    others = [student for student in course.students() if student.id not in learners]
    shown = [*(person.student for person in plan.included), *others]
    names = _names([*(person.student for person in plan.people), *others])
    people = {one.id: Shown(one, names[one.id], number, one.id in learners) for number, one in enumerate(shown, 1)}
    modules = {module.id: module.title for module in course.modules()}
    titled = [
        Titled(one, number, modules.get(one.module_id, ""), plan.folders[one.id])
        for number, one in enumerate(plan.assignments, 1)
    ]
    return Everybody(people, names, titled, {one.assignment.id: one for one in titled})


def _names(people: Sequence[Student]) -> dict[StudentId, str]:
    """What each of them is called; namesakes with their user names or ids."""
    called = told_apart([(one.name, one.username or one.id) for one in people])
    return {one.id: name for one, name in zip(people, called, strict=True)}
