"""The rows of a tick list: titles with notes, some of them ticked, filtered as values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor

from exportmanager.ui import theme
from exportmanager.ui.kit import tip_of
from exportmanager.ui.rows import searchable
from exportmanager.ui.words import tr

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
TITLE, NOTE = 0, 1


@dataclass(frozen=True, slots=True)
class Tickable:
    """Something that can be ticked: its id, what it is called, and a note on it."""

    id: str
    title: str
    note: str = ""


class TickRows(QAbstractTableModel):
    """Two columns, title and note. `ticked_changed`: something was ticked or is ticked no more."""

    ticked_changed = Signal()

    def __init__(self, things: Sequence[Tickable]) -> None:
        super().__init__()
        self.things = tuple(things)
        self._texts = [searchable(f"{thing.title}\0{thing.note}") for thing in things]
        self._shown = list(self.things)
        self._ticked = {thing.id for thing in things}

    @property
    def shown(self) -> Sequence[Tickable]:
        """What the filter lets through."""
        return self._shown

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of what is ticked, in their order, also of what the filter hides."""
        return tuple(thing.id for thing in self.things if thing.id in self._ticked)

    def is_ticked(self, row: int) -> bool:
        """Whether a row that is shown is ticked."""
        return self._shown[row].id in self._ticked

    def set_ticked(self, ids: Collection[str]) -> None:
        """Tick these and nothing else; ids that are not here are passed over."""
        self._tick({thing.id for thing in self.things} & set(ids))

    def tick(self, rows: Iterable[int], is_ticked: bool) -> None:
        """Tick rows that are shown, or untick them."""
        ids = {self._shown[row].id for row in rows}
        self._tick(self._ticked | ids if is_ticked else self._ticked - ids)

    def _tick(self, ticked: set[str]) -> None:
        if ticked != self._ticked:
            self._ticked = ticked
            if self._shown:
                self.dataChanged.emit(self.index(0, TITLE), self.index(len(self._shown) - 1, NOTE))
            self.ticked_changed.emit()

    def filter(self, text: str) -> None:
        """Show only what holds every word of `text`, in title or note, ignoring case and accents."""
        words = searchable(text).split()
        self.beginResetModel()
        self._shown = [
            thing for thing, found in zip(self.things, self._texts, strict=True) if all(word in found for word in words)
        ]
        self.endResetModel()

    # What Qt asks for

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Title and note."""
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        """What the columns are called by screen readers; nobody sees it."""
        if orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return tr("Name") if section == TITLE else tr("Note")
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A title can be ticked."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == TITLE else flags

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """Tick a row, as screen readers do."""
        if role != _Role.CheckStateRole:
            return False
        self.tick([index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """What a cell shows."""
        thing = self._shown[index.row()]
        if index.column() == TITLE:
            return self._of_title(thing, role)
        if role in {_Role.DisplayRole, _Role.ToolTipRole}:
            return thing.note
        if role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.ForegroundRole:
            return QBrush(QColor(theme.colours().muted))
        return None

    def _of_title(self, thing: Tickable, role: int) -> Any:
        if role == _Role.DisplayRole:
            return thing.title
        if role == _Role.ToolTipRole:
            return tip_of(thing.title)
        if role == _Role.AccessibleTextRole:
            return f"{thing.title}, {thing.note}" if thing.note else thing.title
        if role == _Role.CheckStateRole:
            return Qt.CheckState.Checked if thing.id in self._ticked else Qt.CheckState.Unchecked
        return None
