"""Who and what an export holds: the chosen, those left out and why, and what everybody is called in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from exportmanager.core.course import Assignment, AssignmentId, Course, Role, Student, StudentId
from exportmanager.core.errors import NothingToExport
from exportmanager.core.names import NameChange, portable_part, unique_parts, utf16_units
from exportmanager.core.options import chosen_assignments, chosen_students
from exportmanager.core.pseudonyms import unique_pseudonyms
from exportmanager.core.retention import inactive_days
from exportmanager.exports.pieces.names import Names

Naming = Literal["names", "pseudonyms"]

_FOLDER_UNITS = 44  # of UTF-16, of a name, handle or title: the path inside must fit the budget too
_PURPOSE = "coursework"


@dataclass(frozen=True, slots=True)
class Person:
    """A student in an export: `key` stands for the id, `folder` names folders, `left_out` says why there is nothing."""

    student: Student
    key: str
    folder: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export holds, in the course's order."""

    assignments: list[Assignment]
    folders: dict[AssignmentId, str]
    people: list[Person]
    pseudonymous: bool
    renamed: list[NameChange]
    """Titles and names that a folder could not be called by."""

    @property
    def included(self) -> list[Person]:
        """Those whose work comes along."""
        return [person for person in self.people if not person.left_out]

    def shown(self, person: Person) -> str:
        """How the export's own files name somebody."""
        return person.key if self.pseudonymous else person.student.name


def plan(
    course: Course,
    *,
    assignments: tuple[AssignmentId, ...] | None,
    students: tuple[StudentId, ...] | None,
    include_inactive: bool | None,
    naming: Naming,
    names: Names | None = None,
    title_units: int = _FOLDER_UNITS,
    taken: Sequence[str] = (),
    may_be_empty: bool = False,
) -> Plan:
    """Who and what is chosen. Raises `BadOptions`, `NothingToExport`.

    With `names`, pseudonyms are those of the data exports; without, coursework has its own. The folders of assignments
    are called by up to `title_units` of their titles, and none like the files that are `taken`. A course without
    assignments or students is refused unless it `may_be_empty`.
    """
    chosen = chosen_assignments(assignments, list(course.assignments()))
    learners = [student for student in course.students() if student.role is Role.STUDENT]
    everybody = chosen_students(students, learners)
    if not chosen and not may_be_empty:
        raise NothingToExport("There is no assignment to export.", "Tick at least one assignment.")
    if not everybody and not may_be_empty:
        raise NothingToExport("There is no student to export.", "Tick at least one student.")
    keep_inactive = course.settings.include_inactive if include_inactive is None else include_inactive
    titles = [assignment.title for assignment in chosen]
    folders = unique_parts([*taken, *(_short(title, title_units) for title in titles)])[len(taken) :]
    people, called = _people(course, everybody, keep_inactive, _keys(course, learners, naming, names))
    return Plan(
        assignments=chosen,
        folders={assignment.id: folder for assignment, folder in zip(chosen, folders, strict=True)},
        people=people,
        pseudonymous=naming == "pseudonyms",
        renamed=[
            *_changes(zip(titles, folders, strict=True), title_units),
            *_changes(((call, person.folder) for call, person in called), _FOLDER_UNITS),
        ],
    )


def _changes(names: Iterable[tuple[str, str]], units: int) -> Iterator[NameChange]:
    """Each name that its folder could not be called by, and why."""
    for name, folder in names:
        if name != folder:
            short = "shortened, so that paths fit" if _short(name, units) != name else "another folder has this name"
            yield NameChange(name, folder, portable_part(name)[1] or short)


def _keys(course: Course, learners: list[Student], naming: Naming, names: Names | None) -> dict[StudentId, str] | None:
    """The pseudonym of everybody; None where they are called by name."""
    if naming == "names":
        return None
    if names:
        return {student.id: names.of(student.id).id for student in learners}
    found = unique_pseudonyms(course.pseudonym_key, _PURPOSE, [student.id for student in learners])
    return {student.id: found[student.id] for student in learners}


def _people(
    course: Course, chosen: list[Student], keep_inactive: bool, keys: dict[StudentId, str] | None
) -> tuple[list[Person], list[tuple[str, Person]]]:
    """The people, and what their folders would be called if every name could be."""
    if keys:
        chosen = sorted(chosen, key=lambda student: keys[student.id])  # the roster's order would tell who is who
    names = [(keys[s.id], "") if keys else _names(s) for s in chosen]
    folders = unique_parts(_joined(_short(name), _short(handle)) for name, handle in names)
    people = [
        Person(
            student,
            keys[student.id] if keys else student.id,
            folder,
            "" if keep_inactive else _inactivity(course, student),
        )
        for student, folder in zip(chosen, folders, strict=True)
    ]
    return people, [(_joined(*name), person) for name, person in zip(names, people, strict=True)]


def _inactivity(course: Course, student: Student) -> str:
    days = inactive_days(student, course.info)
    return f"inactive for {days} days on the day the data were taken" if days else ""


def _names(student: Student) -> tuple[str, str]:
    """Family name first, so that folders sort as lists of students do, and what tells namesakes apart."""
    return f"{student.last_name} {student.first_name}".strip(), student.username or student.id


def _joined(name: str, handle: str) -> str:
    return f"{name} ({handle})" if name and handle else name or handle or "_"


def _short(text: str, units: int = _FOLDER_UNITS) -> str:
    text = text[:units]
    while utf16_units(text) > units:
        text = text[:-1]
    return text.strip()
