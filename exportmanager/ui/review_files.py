"""The files of a workspace: folders and files, and which of them differ from what students began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView

from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import printable
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.review_nodes import NOTHING, FileNode, FileNodes
from exportmanager.ui.review_unfolding import MOST, unfold
from exportmanager.ui.words import counted, number, size, tr

_Index = QModelIndex | QPersistentModelIndex
_NAME, _STATE = range(2)
_NUMBER = int(Qt.ItemDataRole.UserRole)
"""Under which a folder's item has the number of its node."""
_ROLES = {
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.ToolTipRole,
}  # fmt: skip
_STATES = {"added": "New", "changed": "Changed", "removed": "Gone"}
_SIGNS = {"added": "+", "changed": "~", "removed": "\u2212"}
_COLOURS = {"added": "good", "changed": "warning", "removed": "loss"}
_BRIEF = 190
"""Pixels of width below which states are told by a sign, and in words in the tooltip."""
_FEW = 30
"""Files at most of which all folders are opened at once."""


class FileModel(QStandardItemModel):
    """Shows nodes that were made elsewhere.

    Qt itself keeps the rows: it asks for each of them whenever it lays out a tree, and asking Python 20,000 times
    takes longer than a person fails to notice. Only folders are items; what a row shows is asked for in sight only.
    """

    def __init__(self) -> None:
        super().__init__(0, 2)
        self._shown = NOTHING
        self._folders: dict[int, QStandardItem] = {}
        self.is_brief = False

    @property
    def files(self) -> int:
        """How many files and links there are."""
        return self._shown.files

    def show_nodes(self, shown: FileNodes) -> None:
        """Show these."""
        nodes = shown.nodes
        self.beginResetModel()
        self.blockSignals(True)  # one signal says that all is new: nobody needs to hear of each row
        self._shown = shown
        self._folders = {}
        for place in reversed(range(1, len(nodes))):  # whoever holds others stands before them
            if children := nodes[place].children:
                self._folders[place] = item = QStandardItem(len(children), 2)
                item.setData(place, _NUMBER)
                self._put_folders(item, children)
        self.setRowCount(0)
        self.setRowCount(len(nodes[0].children))
        self._put_folders(self.invisibleRootItem(), nodes[0].children)
        self.blockSignals(False)
        self.endResetModel()

    def _put_folders(self, item: QStandardItem, children: Sequence[int]) -> None:
        """Put the folders among the rows of one, which come first, into it."""
        for row, child in enumerate(children):
            if not self._shown.nodes[child].is_folder:
                break
            if child in self._folders:
                item.setChild(row, self._folders[child])

    def node(self, index: _Index) -> FileNode:
        """What stands there."""
        if not index.isValid():
            return self._shown.nodes[0]
        parent = super().data(index.parent(), _NUMBER) or 0
        return self._shown.nodes[self._shown.nodes[parent].children[index.row()]]

    def index_of(self, path: str) -> QModelIndex:
        """Where the file with this path stands; nowhere, where it is not."""
        return self._index(self._shown.places.get(path, 0))

    def _index(self, number: int) -> QModelIndex:
        if not number:
            return QModelIndex()
        parent = self._shown.nodes[number].parent
        return self.index(self._shown.nodes[number].row, 0, self._folders[parent].index() if parent else QModelIndex())

    def index_of_first(self) -> QModelIndex:
        """The first file that differs, or else the first one; nowhere, where there is none."""
        return self._index(self._shown.first)

    def folders(self) -> list[QModelIndex]:
        """Where the folders stand that something is in."""
        return [self._folders[place].index() for place in sorted(self._folders)]

    # What Qt asks for

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("Against the starter files"))[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and how."""
        if role not in _ROLES:
            return super().data(index, role)
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return (node.name, _state(node, _SIGNS if self.is_brief else _STATES))[index.column()]
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon(_icon(node)) if index.column() == _NAME else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return (
                None
                if index.column() == _NAME
                else QBrush(QColor(getattr(theme.colours(), _COLOURS.get(node.state, "muted"))))
            )
        return tip_of(_tip(node))


def _state(node: FileNode, words: Mapping[str, str] = _STATES) -> str:
    if node.is_folder:
        return number(node.changes) if node.changes else ""
    return tr(words[node.state]) if node.state else ""


def _icon(node: FileNode) -> str:
    if node.is_folder:
        return "folder"
    return "link" if node.entry and node.entry.kind is EntryKind.LINK else "file"


def _tip(node: FileNode) -> str:
    if node.entry is not None and node.entry.kind is EntryKind.LINK:
        return tr("{path}, a link to {target}", path=printable(node.path), target=printable(node.entry.link))
    words = [printable(node.path), size(node.size)]
    if node.state:
        words.append(tr("{what} against the starter files", what=_state(node)))
    if node.is_folder and node.changes:
        words.append(counted(node.changes, "1 file differs", "%Ln files differ"))
    return ", ".join(words)


class FileTree(QTreeView):
    """`chosen` carries the path of the file that is chosen, by mouse or keyboard or from the program."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, tr("Files"), tr("Folders and files of the workspace; the chosen one is shown beside"))
        self.files = FileModel()
        self._open: set[str] = set()
        self._are_found = False
        self.setModel(self.files)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often begin alike, and end in what they are
        self.setHeaderHidden(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(2 * STEP)
        self.setMinimumSize(18 * STEP, 8 * STEP)
        across = self.header()
        across.setStretchLastSection(False)
        across.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        across.setSectionResizeMode(_STATE, QHeaderView.ResizeMode.Fixed)
        self.selectionModel().currentChanged.connect(self._chose)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the names the most of the room."""
        super().resizeEvent(event)
        self.files.is_brief = self.width() < _BRIEF
        words = (_SIGNS if self.files.is_brief else _STATES).values()
        widest = max(map(self.fontMetrics().horizontalAdvance, (*map(tr, words), "000")))
        self.header().resizeSection(_STATE, widest + 2 * STEP)

    def show_nodes(self, nodes: FileNodes, path: str = "", *, are_found: bool = False) -> None:
        """Show these, and choose the file at `path`, or the one that was chosen, or the first that differs.

        Folders that were open stay open; where `nodes` are what a search found, all are, as far as there is room.
        """
        keep = path or self.path
        if self.files.files and not self._are_found:
            self._open = {self.files.node(index).path for index in self.files.folders() if self.isExpanded(index)}
        self._are_found = are_found
        self.files.show_nodes(nodes)
        if are_found or self.files.files <= _FEW:
            unfold(self)
        else:
            self._open_again()
        if not self.choose(keep):
            self._go(self.files.index_of_first())

    def _open_again(self) -> None:
        """Open what was open before, those folders first that others lie in."""
        room = MOST
        for path in sorted(self._open):
            index = self.files.index_of(path)
            room -= self.files.rowCount(index) if index.isValid() else 0
            if room < 0:
                return
            self.expand(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The asterisk opens all that is in a folder; of very much no more than can be laid out at once."""
        if event.key() == Qt.Key.Key_Asterisk:
            unfold(self, under=self.currentIndex())
        else:
            super().keyPressEvent(event)

    @property
    def path(self) -> str:
        """The path of the chosen file; "" where none is chosen."""
        node = self.files.node(self.currentIndex())
        return "" if node.is_folder else node.path

    def choose(self, path: str) -> bool:
        """Choose a file and show where it stands; False where there is none of this path."""
        index = self.files.index_of(path) if path else QModelIndex()
        self._go(index)
        return index.isValid()

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
            self.scrollTo(index)

    def _chose(self, index: QModelIndex, _: QModelIndex) -> None:
        node = self.files.node(index)
        if index.isValid() and not node.is_folder:
            self.chosen.emit(node.path)
