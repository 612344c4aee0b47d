"""Which workspace is looked at: students with their assignments, or assignments with their students; searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QTreeView, QWidget

from exportmanager.core.course import StudentId
from exportmanager.library.kept_files import Held
from exportmanager.review.lying import Lying
from exportmanager.review.where import Where
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, column, named, tip_of
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import searchable
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import tr

_Index = QModelIndex | QPersistentModelIndex
_ORDER = "order of workspaces"
_FEW = 12
"""Groups up to which all of them are opened."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A workspace that can be chosen: whose it is and for what, "" where that is not known."""

    where: Where
    student: str
    assignment: str
    name: str = ""

    @staticmethod
    def of_held(held: Held) -> Choice:
        """One of a course in the library."""
        where = Where.of_workspace(held.course, held.assignment, held.student, held.number)
        return Choice(where, held.student_name or held.student, held.assignment_title)

    @staticmethod
    def of_lying(lying: Lying) -> Choice:
        """One that lies in a file."""
        facts = lying.facts
        version = tr("version {number}", number=facts.number) if facts.number > 1 else ""
        return Choice(lying.where, facts.student, facts.assignment, ", ".join(filter(None, (facts.name, version))))


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    choices: tuple[Choice, ...]


class _Groups(QAbstractItemModel):
    """Two levels: groups, whose id is 0, and what is in them, whose id is the number of their group from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: Sequence[_Group] = ()
        self.is_by_student = True

    def show_groups(self, groups: Sequence[_Group], *, by_student: bool) -> None:
        self.beginResetModel()
        self.groups, self.is_by_student = groups, by_student
        self.endResetModel()

    def choice(self, index: _Index) -> Choice | None:
        """The workspace that stands there; None where a group does."""
        if not index.isValid() or not index.internalId():
            return None
        return self.groups[index.internalId() - 1].choices[index.row()]

    def index_of(self, where: Where) -> QModelIndex:
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
        if choice.name and not choice.student:
            return choice.name
        return choice.assignment if self.is_by_student else choice.student


class ReviewChoice(QWidget):
    """`chosen` carries the `Where` of the workspace that is chosen."""

    chosen = Signal(object)

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self._choices: Sequence[Choice] = ()
        self._groups = _Groups()
        self.search = SearchField(
            tr("Search workspaces"), tr("Shows those whose student or assignment holds every word")
        )
        self.order = QComboBox()
        self.order.addItems([tr("By student"), tr("By assignment")])
        named(self.order, tr("Order"), tr("Lists assignments under each student, or students under each assignment"))
        self.order.setToolTip(self.order.accessibleDescription())
        self.order.setCurrentIndex(int(bool(memory.get(_ORDER, 0))))
        self.tree = QTreeView()
        named(self.tree, tr("Workspaces"), tr("Students and assignments; the chosen workspace is shown beside"))
        self.tree.setModel(self._groups)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(2 * STEP)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setMinimumSize(14 * STEP, 8 * STEP)
        self.search.setMaximumWidth(16_777_215)
        layout = column(self.search, self.order)
        layout.addWidget(self.tree, 1)
        self.setLayout(layout)
        self.search.textChanged.connect(self._arrange)
        self.search.left.connect(self._enter)
        self.order.currentIndexChanged.connect(self._reorder)
        self.tree.selectionModel().currentChanged.connect(self._chose)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show these; what is chosen stays."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self._arrange()

    @property
    def current(self) -> Choice | None:
        """What is chosen."""
        return self._groups.choice(self.tree.currentIndex())

    def choose(self, where: Where) -> bool:
        """Choose a workspace; False where it is not in the list."""
        if not self._groups.index_of(where).isValid():
            self.search.clear()
        index = self._groups.index_of(where)
        if index.isValid():
            self._go(index)
        return index.isValid()

    def holds(self, where: Where) -> bool:
        """Whether a workspace is in the list."""
        return any(is_same(choice.where, where) for choice in self._choices)

    def choose_first(self) -> None:
        """Choose the first workspace, if there is one."""
        if self._groups.groups:
            self._go(self._groups.index(0, 0, self._groups.index(0, 0)))

    def first_of(self, student: StudentId) -> Where | None:
        """The first workspace of a student, in the order of the course."""
        return next((choice.where for choice in self._choices if choice.where.student == student), None)

    def neighbour(self, of: Where, by: int) -> Choice | None:
        """The workspace of the student before or after, for the same assignment; None at the ends."""
        mine = next((choice for choice in self._choices if is_same(choice.where, of)), None)
        if mine is None:
            return None
        same = sorted((choice for choice in self._choices if choice.assignment == mine.assignment), key=_by_student)
        place = same.index(mine) + by
        return same[place] if 0 <= place < len(same) else None

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _enter(self) -> None:
        self.tree.setFocus()
        if self.current is None:
            self.choose_first()

    def _reorder(self, place: int) -> None:
        self._memory.put(_ORDER, place)
        self._arrange()

    def _arrange(self, _: object = None) -> None:
        kept = self.current
        by_student = self.order.currentIndex() == 0
        words = searchable(self.search.text()).split()
        fitting = [choice for choice in self._choices if _fits(choice, words)]
        self._groups.show_groups(_grouped(fitting, by_student=by_student), by_student=by_student)
        self.tree.expandAll() if words or len(self._groups.groups) <= _FEW else self.tree.collapseAll()
        index = self._groups.index_of(kept.where) if kept else QModelIndex()
        if index.isValid():
            self._go(index)

    def _go(self, index: QModelIndex) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.tree.selectionModel().setCurrentIndex(index, flags)
        self.tree.scrollTo(index)

    def _chose(self, index: QModelIndex, _: QModelIndex) -> None:
        choice = self._groups.choice(index)
        if choice is not None:
            self.chosen.emit(choice.where)


def is_same(one: Where, other: Where) -> bool:
    """Whether two are the same, or versions of the work of one student."""
    if one.kind != "workspace" or other.kind != "workspace":
        return one == other
    return (one.course, one.assignment, one.student) == (other.course, other.assignment, other.student)


def _by_student(choice: Choice) -> tuple[str, str]:
    return searchable(choice.student), choice.name


def _fits(choice: Choice, words: Sequence[str]) -> bool:
    text = searchable(f"{choice.student}\0{choice.assignment}\0{choice.name}")
    return all(word in text for word in words)


def _grouped(choices: Sequence[Choice], *, by_student: bool) -> list[_Group]:
    """In the order of the course by assignment; by name, by student."""
    groups: dict[str, list[Choice]] = {}
    for choice in choices:
        groups.setdefault(choice.student if by_student else choice.assignment, []).append(choice)
    if by_student:
        return [_Group(title or tr("Projects"), tuple(groups[title])) for title in sorted(groups, key=_name)]
    return [_Group(title or tr("Others"), tuple(sorted(found, key=_by_student))) for title, found in groups.items()]


def _name(title: str) -> tuple[bool, str]:
    return not title, searchable(title)
