"""Which workspace is looked at: students with their assignments, or assignments with their students; searched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QMenu, QTreeView, QWidget

from exportmanager.core.course import StudentId
from exportmanager.review.where import Where
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, column, named
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_groups import Choice, Groups, by_name, grouped, is_same
from exportmanager.ui.review_unfolding import unfold
from exportmanager.ui.rows import searchable
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import tr

_ORDER = "order of workspaces"
_FEW = 12
"""Groups up to which all of them are opened, as far as there is room."""


class ReviewChoice(QWidget):
    """`chosen` carries the `Where` of the workspace that is chosen, as do the others for what its menu asks for."""

    chosen = Signal(object)
    asked_window = Signal(object)
    asked_dossier = Signal(object)

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self._choices: Sequence[Choice] = ()
        self._groups = Groups()
        self._open: set[str] = set()
        self._is_searched = False
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
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.menu = QMenu(self)
        self.search.setMaximumWidth(16_777_215)
        layout = column(self.search, self.order)
        layout.addWidget(self.tree, 1)
        self.setLayout(layout)
        self.search.textChanged.connect(self._arrange)
        self.search.left.connect(self._enter)
        self.order.currentIndexChanged.connect(self._reorder)
        self.tree.selectionModel().currentChanged.connect(self._chose)
        self.tree.clicked.connect(self._chose)  # also what stands there already, of which another version is looked at
        self.tree.customContextMenuRequested.connect(self._show_menu)

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
        same = sorted((one for one in self._choices if one is mine or _is_beside(one, mine)), key=by_name)
        place = same.index(mine) + by
        return same[place] if 0 <= place < len(same) else None

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_menu(self, at: QPoint) -> None:
        """At the workspace under the mouse, or at the chosen one where the keyboard asks."""
        choice = self._groups.choice(self.tree.indexAt(at))
        if choice is not None:
            self.fill_menu(choice.where)
            self.menu.popup(self.tree.viewport().mapToGlobal(at))

    def fill_menu(self, where: Where) -> None:
        """Offer what can be done with a workspace."""
        self.menu.clear()
        own = self.menu.addAction(theme.icon("window"), tr("Open in a window of its own"))
        own.triggered.connect(partial(self.asked_window.emit, where))
        if where.kind == "workspace":
            dossier = self.menu.addAction(theme.icon("export"), tr("Dossier..."))
            dossier.triggered.connect(partial(self.asked_dossier.emit, where))

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
        if not self._is_searched:
            self._open = {group.title for n, group in enumerate(self._groups.groups) if self._is_open(n)}
        self._is_searched = bool(words)
        self._groups.show_groups(grouped(fitting, by_student=by_student), by_student=by_student)
        if words or len(self._groups.groups) <= _FEW:
            unfold(self.tree)
        else:
            unfold(self.tree, only=self._was_open)
        index = self._groups.index_of(kept.where) if kept else QModelIndex()
        if index.isValid():
            self._go(index)

    def _is_open(self, group: int) -> bool:
        return self.tree.isExpanded(self._groups.index(group, 0))

    def _was_open(self, index: QModelIndex) -> bool:
        return self._groups.groups[index.row()].title in self._open

    def _go(self, index: QModelIndex) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.tree.selectionModel().setCurrentIndex(index, flags)
        self.tree.scrollTo(index)

    def _chose(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        choice = self._groups.choice(index)
        if choice is not None:
            self.chosen.emit(choice.where)


def _is_beside(one: Choice, mine: Choice) -> bool:
    """Whether it is the newest work of another student on the same assignment."""
    is_of_another = one.student != mine.student or not mine.version  # two may be called the same
    return one.assignment == mine.assignment and bool(one.student) and not one.version and is_of_another


def _fits(choice: Choice, words: Sequence[str]) -> bool:
    text = searchable(f"{choice.student}\0{choice.assignment}\0{choice.name}")
    return all(word in text for word in words)
