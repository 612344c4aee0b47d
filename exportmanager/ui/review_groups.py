"""Workspaces in two levels: students with their assignments, or assignments with their students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt

from exportmanager.core.course import CourseId
from exportmanager.formats.untrusted import printable
from exportmanager.library.kept_files import Held
from exportmanager.library.library import Library
from exportmanager.review.lying import Lying
from exportmanager.review.where import Where
from exportmanager.ui import theme
from exportmanager.ui.kit import tip_of
from exportmanager.ui.rows import searchable
from exportmanager.ui.words import tr

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Choice:
    """A workspace that can be chosen: whose it is and for what, "" where that is not known.

    `name` is what else it is called. `version` tells apart the earlier ones, "" for the newest.
    """

    where: Where
    student: str
    assignment: str
    name: str = ""
    version: str = ""

    @staticmethod
    def of_held(held: Held) -> Choice:
        """One of a course in the library."""
        where = Where.of_workspace(held.course, held.assignment, held.student, held.number)
        return Choice(where, printable(held.student_name or held.student), printable(held.assignment_title))

    @staticmethod
    def of_lying(lying: Lying, newest: int) -> Choice:
        """One that lies in a file; `newest` is the highest number of the same work there."""
        facts = lying.facts
        name = tr("Starter files") if facts.is_published else printable(facts.name)
        version = tr("version {number}", number=facts.number) if facts.number < newest else ""
        return Choice(lying.where, printable(facts.student), printable(facts.assignment), name, version)


def choices_in(library: Library, course: CourseId) -> list[Choice]:
    """What can be chosen of a course: everybody's newest work."""
    return [Choice.of_held(one) for one in library.files.held(course)]


def choices_of(lying: Sequence[Lying]) -> list[Choice]:
    """What can be chosen of a file."""
    newest: dict[tuple[str, str], int] = {}
    for one in lying:
        newest[_work(one)] = max(one.facts.number, newest.get(_work(one), 0))
    return [Choice.of_lying(one, newest[_work(one)]) for one in lying]


def _work(lying: Lying) -> tuple[str, str]:
    return lying.facts.assignment_id, lying.facts.student_id


@dataclass(frozen=True, slots=True)
class Group:
    """A student or an assignment, with the workspaces."""

    title: str
    choices: tuple[Choice, ...]


class Groups(QAbstractItemModel):
    """Two levels: groups, whose id is 0, and what is in them, whose id is the number of their group from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: Sequence[Group] = ()
        self.is_by_student = True

    def show_groups(self, groups: Sequence[Group], *, by_student: bool) -> None:
        """Show these."""
        self.beginResetModel()
        self.groups, self.is_by_student = groups, by_student
        self.endResetModel()

    def choice(self, index: _Index) -> Choice | None:
        """The workspace that stands there; None where a group does."""
        if not index.isValid() or not index.internalId():
            return None
        return self.groups[index.internalId() - 1].choices[index.row()]

    def index_of(self, where: Where) -> QModelIndex:
        """Where a workspace stands, or another version of it; nowhere, where there is none."""
        for number, group in enumerate(self.groups):
            for row, choice in enumerate(group.choices):
                if is_same(choice.where, where):
                    return self.createIndex(row, 0, number + 1)
        return QModelIndex()

    # What Qt asks for

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """A group, or what is in it."""
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = QModelIndex()) -> Any:  # noqa: B008 - Qt's own signature
        """The group of a workspace."""
        number = index.internalId() if index.isValid() else 0
        return self.createIndex(number - 1, 0, 0) if number else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Groups, or what is in one."""
        if not parent.isValid():
            return len(self.groups)
        return 0 if parent.internalId() else len(self.groups[parent.row()].choices)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """One."""
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name of a student or an assignment."""
        choice = self.choice(index)
        words = self.groups[index.row()].title if choice is None else self._words(choice)
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(words)
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon("student" if (choice is None) == self.is_by_student else "assignment")
        return None

    def _words(self, choice: Choice) -> str:
        words = choice.assignment if self.is_by_student else choice.student
        return ", ".join(filter(None, (words or choice.name, choice.version)))


def is_same(one: Where, other: Where) -> bool:
    """Whether two are the same, or versions of the work of one student."""
    if one.kind != "workspace" or other.kind != "workspace":
        return one == other
    return (one.course, one.assignment, one.student) == (other.course, other.assignment, other.student)


def by_name(choice: Choice) -> tuple[str, str]:
    """The order of students."""
    return searchable(choice.student), choice.name


def grouped(choices: Sequence[Choice], *, by_student: bool) -> list[Group]:
    """In the order of the course by assignment; by name, by student."""
    groups: dict[str, list[Choice]] = {}
    for choice in choices:
        groups.setdefault(choice.student if by_student else choice.assignment, []).append(choice)
    if by_student:
        return [Group(title or _of_nobody(groups[""]), tuple(groups[title])) for title in sorted(groups, key=_name)]
    return [Group(title or tr("Others"), tuple(sorted(found, key=by_name))) for title, found in groups.items()]


def _of_nobody(choices: Sequence[Choice]) -> str:
    """What is no student's: starter files, where there is an assignment to begin."""
    return tr("Starter files") if all(choice.assignment for choice in choices) else tr("Others")


def _name(title: str) -> tuple[bool, str]:
    return not title, searchable(title)
