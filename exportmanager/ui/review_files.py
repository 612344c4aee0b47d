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
        self.is_brief = False

    def show_nodes(self, nodes: Sequence[FileNode]) -> None:
        """Show these."""
        self.beginResetModel()
        self._nodes = nodes
        self.endResetModel()

    def node(self, index: _Index) -> FileNode:
        """What stands there."""
        return self._nodes[index.internalId()] if index.isValid() else self._nodes[0]

    def index_of(self, path: str) -> QModelIndex:
        """Where the file with this path stands; nowhere, where it is not."""
        number = next((n for n, node in enumerate(self._nodes) if n and node.path == path), 0)
        return self.createIndex(self._nodes[number].row, 0, number) if number else QModelIndex()

    def index_of_first(self) -> QModelIndex:
        """The first file that differs, or else the first one; nowhere, where there is none."""
        files = [n for n, node in enumerate(self._nodes) if n and not node.is_folder]
        changed = [n for n in files if self._nodes[n].state]
        number = next(iter(changed or files), 0)
        return self.createIndex(self._nodes[number].row, 0, number) if number else QModelIndex()

    @property
    def files(self) -> int:
        """How many files and links there are."""
        return sum(not node.is_folder for node in self._nodes[1:])

    # What Qt asks for

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The node in a row of its folder."""
        children = self.node(parent).children
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, index: _Index = QModelIndex()) -> Any:  # noqa: B008 - Qt's own signature
        """The folder that a node is in."""
        number = self.node(index).parent
        return self.createIndex(self._nodes[number].row, 0, number) if number > 0 else QModelIndex()

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

    def show_nodes(self, nodes: Sequence[FileNode], path: str = "") -> None:
        """Show these, and choose the file at `path`, or the one that was chosen, or the first that differs."""
        keep = path or self.path
        open_folders = {self.files.node(index).path for index in self._opened()}
        self.files.show_nodes(nodes)
        if self.files.files <= _FEW:
            self.expandAll()
        for folder in open_folders:
            if (index := self.files.index_of(folder)).isValid():
                self.expand(index)
        if not self.choose(keep):
            self._go(self.files.index_of_first())

    def _opened(self) -> list[QModelIndex]:
        waiting, found = [QModelIndex()], []
        while waiting:
            parent = waiting.pop()
            below = [self.files.index(row, 0, parent) for row in range(self.files.rowCount(parent))]
            opened = [index for index in below if self.isExpanded(index)]
            found += opened
            waiting += opened
        return found

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
