"""What was found, as it is found: grouped by student and assignment, each line with its file and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QKeyEvent, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from exportmanager.formats.texts import visible
from exportmanager.formats.untrusted import printable
from exportmanager.review.finding import Hit, Place
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.review_code import in_utf16
from exportmanager.ui.review_colours import ground
from exportmanager.ui.words import counted, number, tr

_Index = QModelIndex | QPersistentModelIndex
_OPENED = 20
"""Groups that open themselves; the others wait until somebody opens them."""


@dataclass(slots=True)
class _Group:
    place: Place
    hits: list[Hit] = field(default_factory=list)

    def title(self, *, with_course: bool) -> str:
        """Whose it is."""
        parts = (self.place.student, self.place.assignment, self.place.course if with_course else "")
        return "  ·  ".join(printable(part) for part in parts if part)


class Hits(QAbstractItemModel):
    """Groups, whose id is 0, and what is in them, whose id is the number of their group from 1. Only grows."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[_Group] = []
        self._numbers: dict[str, int] = {}
        self._with_courses = True

    def forget(self, *, with_courses: bool = True) -> None:
        """Begin anew; where everything is of one course, that does not need to be said each time."""
        self._with_courses = with_courses
        self.beginResetModel()
        self.groups, self._numbers = [], {}
        self.endResetModel()

    def add(self, hits: Sequence[Hit]) -> None:
        """Put these to those of the same workspace."""
        for hit in hits:
            key = hit.place.where.model_dump_json()
            if key not in self._numbers:
                self._numbers[key] = len(self.groups)
                self.beginInsertRows(QModelIndex(), len(self.groups), len(self.groups))
                self.groups.append(_Group(hit.place))
                self.endInsertRows()
            group = self._numbers[key]
            place = len(self.groups[group].hits)
            self.beginInsertRows(self.index(group, 0), place, place)
            self.groups[group].hits.append(hit)
            self.endInsertRows()

    def hit(self, index: _Index) -> Hit | None:
        """What was found there; None where a group stands."""
        if not index.isValid() or not index.internalId():
            return None
        return self.groups[index.internalId() - 1].hits[index.row()]

    # What Qt asks for

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """A group, or what is in it."""
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = QModelIndex()) -> Any:  # noqa: B008 - Qt's own signature
        """The group."""
        of = index.internalId() if index.isValid() else 0
        return self.createIndex(of - 1, 0, 0) if of else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Groups, or what is in one."""
        if not parent.isValid():
            return len(self.groups)
        return 0 if parent.internalId() or parent.column() else len(self.groups[parent.row()].hits)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """The file with the line's number, and the line."""
        return 2

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        hit = self.hit(index)
        if hit is None:
            return self._of_group(self.groups[index.row()], index.column(), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return _where(hit) if index.column() == 0 else visible(hit.text) if hit.line else tr("in its name")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(_where(hit) if index.column() == 0 else visible(hit.text))
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 0:
            return QColor(theme.colours().muted)
        return None

    def _of_group(self, group: _Group, column: int, role: int) -> Any:
        title = group.title(with_course=self._with_courses)
        if role == Qt.ItemDataRole.DisplayRole:
            return title if column == 0 else counted(len(group.hits), "1 place", "%Ln places")
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return theme.icon("student" if group.place.student else "folder")
        return tip_of(title) if role == Qt.ItemDataRole.ToolTipRole else None


def _where(hit: Hit) -> str:
    path = printable(hit.path, 500)
    return tr("{path}, line {number}", path=path, number=number(hit.line)) if hit.line else path


class _Words(QStyledItemDelegate):
    """Draws a line with a ground under what was found in it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """As any cell, where nothing is to be marked."""
        model = index.model()
        hit = model.hit(index) if isinstance(model, Hits) else None
        text = "" if hit is None else visible(hit.text)
        if hit is None or not hit.line or index.column() != 1 or text != hit.text:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        start = len(text) - len(text.lstrip())
        layout = QTextLayout(text[start:], QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        layout.setFormats([] if is_selected else [_marked(text, start, span) for span in hit.spans])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(1_000_000)
        layout.endLayout()
        rect = option.rect.adjusted(STEP // 2, 0, -STEP // 2, 0)
        painter.save()
        painter.setClipRect(rect)
        painter.setPen(option.palette.highlightedText().color() if is_selected else option.palette.text().color())
        top = rect.top() + (rect.height() - line.height()) / 2
        layout.draw(painter, rect.topLeft().toPointF() + (type(rect.topLeft().toPointF())(0, top - rect.top())))
        painter.restore()


def _marked(text: str, start: int, span: tuple[int, int]) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    shown = text[start:]
    made.start, end = (in_utf16(shown, max(0, place - start)) for place in span)
    made.length = end - made.start
    made.format = QTextCharFormat()
    made.format.setBackground(ground("found", of_words=True))
    return made


class HitTree(QTreeView):
    """`opened` carries the `Hit` that was double-clicked or entered."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        named(self, tr("What was found"), tr("Grouped by student; Enter opens the file at the line"))
        self.hits = Hits()
        self.setModel(self.hits)
        self.setItemDelegate(_Words(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(2 * STEP)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAllColumnsShowFocus(True)
        self.setExpandsOnDoubleClick(True)
        self.header().setStretchLastSection(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.header().resizeSection(0, 40 * STEP)
        self.doubleClicked.connect(self._open)

    def add(self, hits: Sequence[Hit]) -> None:
        """Put these to the others; the first groups open themselves."""
        before = len(self.hits.groups)
        self.hits.add(hits)
        for group in range(before, min(len(self.hits.groups), _OPENED)):
            self.expand(self.hits.index(group, 0))

    def _open(self, index: QModelIndex) -> None:
        if (hit := self.hits.hit(index)) is not None:
            self.opened.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the file."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.hits.hit(self.currentIndex()):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
