"""The files of a workspace: folders and files, and which of them differ from what students began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView

from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import printable
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.review_nodes import FileNode
from exportmanager.ui.review_unfolding import unfold
from exportmanager.ui.words import counted, number, size, tr

_Index = QModelIndex | QPersistentModelIndex
_NAME, _STATE = range(2)
_STATES = {"added": "New", "changed": "Changed", "removed": "Gone"}
_SIGNS = {"added": "+", "changed": "~", "removed": "\u2212"}
_COLOURS = {"added": "good", "changed": "warning", "removed": "loss"}
_BRIEF = 190
"""Pixels of width below which states are told by a sign, and in words in the tooltip."""
_FEW = 30
"""Files at most of which all folders are opened at once."""


class FileModel(QAbstractItemModel):
    """Shows nodes that were made elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self._nodes: Sequence[FileNode] = [FileNode("", "", -1, 0)]
        self._places: dict[str, int] = {}
        self.files = 0
        """How many files and links there are."""
        self.is_brief = False

    def show_nodes(self, nodes: Sequence[FileNode]) -> None:
        """Show these."""
        self.beginResetModel()
        self._nodes = nodes
        self._places = {node.path: number for number, node in enumerate(nodes) if number}
        self.files = sum(not node.is_folder for node in nodes[1:])
        self.endResetModel()

    def node(self, index: _Index) -> FileNode:
        """What stands there."""
        return self._nodes[index.internalId()] if index.isValid() else self._nodes[0]

    def index_of(self, path: str) -> QModelIndex:
        """Where the file with this path stands; nowhere, where it is not."""
        return self._index(self._places.get(path, 0))

    def _index(self, number: int) -> QModelIndex:
        return self.createIndex(self._nodes[number].row, 0, number) if number else QModelIndex()

    def index_of_first(self) -> QModelIndex:
        """The first file that differs, or else the first one; nowhere, where there is none."""
        files = [n for n, node in enumerate(self._nodes) if n and not node.is_folder]
        changed = [n for n in files if self._nodes[n].state]
        return self._index(next(iter(changed or files), 0))

    def folders(self) -> list[QModelIndex]:
        """Where the folders stand that something is in."""
        return [self._index(n) for n, node in enumerate(self._nodes) if n and node.children]

    # What Qt asks for

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The node in a row of its folder."""
        children = self._nodes[parent.internalId() if parent.isValid() else 0].children  # as fast as can be: see below
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, index: _Index = QModelIndex()) -> Any:  # noqa: B008 - Qt's own signature
        """The folder that a node is in."""
        return self._index(max(0, self.node(index).parent))

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008 - Qt's own signature
        """Whether something is in it. A folder that opens asks this of each row in it, of which there may be many."""
        return parent.column() <= 0 and bool(self._nodes[parent.internalId() if parent.isValid() else 0].children)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many are in a folder."""
        return 0 if parent.column() > 0 else len(self.node(parent).children)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Name and state."""
        return 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("Against the starter files"))[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and how."""
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return (node.name, _state(node, _SIGNS if self.is_brief else _STATES))[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _NAME:
            return theme.icon(_icon(node))
        if role == Qt.ItemDataRole.ForegroundRole and index.column() != _NAME:
            return QBrush(QColor(getattr(theme.colours(), _COLOURS.get(node.state, "muted"))))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(_tip(node))
        return None


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
        self.setHeaderHidden(True)
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

    def show_nodes(self, nodes: Sequence[FileNode], path: str = "", *, are_found: bool = False) -> None:
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
            unfold(self, only=self._was_open)
        if not self.choose(keep):
            self._go(self.files.index_of_first())

    def _was_open(self, index: QModelIndex) -> bool:
        return self.files.node(index).path in self._open

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
