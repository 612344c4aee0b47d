"""What was found, as it is found: grouped by student and assignment, each line with its file and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
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
from exportmanager.review.finding import Hit
from exportmanager.review.places import Place
from exportmanager.review.where import Where
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.review_colours import ground
from exportmanager.ui.review_spans import in_utf16
from exportmanager.ui.words import counted, number, tr

_Index = QModelIndex | QPersistentModelIndex
_OPENED, _FIRST, _MORE = 20, 50, 1_000
"""Groups that open themselves, what is shown of each at first, and how much more whenever somebody asks for more: with
each thing that is found, all rows of open groups are laid out anew, and for many thousands that takes too long.
"""

_LEAD = 40
"""Letters of a line before what was found in it that are drawn."""


@dataclass(slots=True)
class _Group:
    """A workspace, what was found in it, how much of that is shown, and whether a row after that offers more."""

    place: Place
    hits: list[Hit] = field(default_factory=list)
    shown: int = 0
    offers_more: bool = False

    def title(self, *, with_course: bool) -> str:
        """Whose it is."""
        place = self.place
        parts = (place.student, place.assignment, tr(place.version), place.course if with_course else "")
        return "  ·  ".join(printable(part) for part in parts if part)


class Hits(QAbstractItemModel):
    """Groups, whose id is 0, and what is in them, whose id is the number of their group from 1. Only grows."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[_Group] = []
        self._numbers: dict[Where, int] = {}
        self._with_courses = True

    def forget(self, *, with_courses: bool = True) -> None:
        """Begin anew; where everything is of one course, that does not need to be said each time."""
        self._with_courses = with_courses
        self.beginResetModel()
        self.groups, self._numbers = [], {}
        self.endResetModel()

    def add(self, hits: Sequence[Hit]) -> None:
        """Put these to those of the same workspace."""
        for where, of_one in groupby(hits, key=_where_of):
            new = list(of_one)
            if where not in self._numbers:
                self._numbers[where] = len(self.groups)
                self.beginInsertRows(QModelIndex(), len(self.groups), len(self.groups))
                self.groups.append(_Group(new[0].place))
                self.endInsertRows()
            number = self._numbers[where]
            group = self.groups[number]
            group.hits += new
            self._show(number, min(len(group.hits), max(group.shown, _FIRST)))
            if len(group.hits) > group.shown and not group.offers_more:
                self.beginInsertRows(self.index(number, 0), group.shown, group.shown)
                group.offers_more = True
                self.endInsertRows()
            self._count_anew(number)

    def _count_anew(self, number: int) -> None:
        """The rows that say how many there are are to be drawn again."""
        at = self.index(number, 0)
        more = self.index(self.groups[number].shown, 0, at) if self.groups[number].offers_more else at
        for index in (at, more):
            self.dataChanged.emit(index, index)

    def _show(self, number: int, count: int) -> None:
        """Show so much of a group."""
        group = self.groups[number]
        if count > group.shown:
            self.beginInsertRows(self.index(number, 0), group.shown, count - 1)
            group.shown = count
            self.endInsertRows()

    def show_more(self, index: _Index) -> None:
        """Show more of the group in which a row offers that."""
        number = index.internalId() - 1
        group = self.groups[number]
        self._show(number, min(len(group.hits), group.shown + _MORE))
        if group.shown == len(group.hits):
            self.beginRemoveRows(self.index(number, 0), group.shown, group.shown)
            group.offers_more = False
            self.endRemoveRows()

    def hit(self, index: _Index) -> Hit | None:
        """What was found there; None where a group stands, or the offer of more."""
        if not index.isValid() or not index.internalId() or self.offers_more(index):
            return None
        return self.groups[index.internalId() - 1].hits[index.row()]

    def offers_more(self, index: _Index) -> bool:
        """Whether the row offers to show more of its group."""
        return bool(index.internalId()) and index.row() == self.groups[index.internalId() - 1].shown

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
        if parent.internalId() or parent.column():
            return 0
        group = self.groups[parent.row()]
        return group.shown + group.offers_more

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008 - Qt's own signature
        """Groups hold something. It is asked of each row, of which there are many."""
        if not parent.isValid():
            return bool(self.groups)
        return not parent.internalId() and not parent.column()

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """The file with the line's number, and the line."""
        return 2

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        hit = self.hit(index)
        if hit is None and index.internalId():
            return self._of_more(self.groups[index.internalId() - 1], index.column(), role)
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
        if column:
            return None
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon("student" if group.place.student else "folder")
        title = group.title(with_course=self._with_courses)
        if role == Qt.ItemDataRole.DisplayRole:
            places = counted(len(group.hits), "1 place", "%Ln places")
            return "  ·  ".join(filter(None, (title, places)))
        return tip_of(title) if role == Qt.ItemDataRole.ToolTipRole else None

    def _of_more(self, group: _Group, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and not column:
            more = len(group.hits) - group.shown
            return counted(more, "Show 1 more place", "Show %Ln more places")
        return QColor(theme.colours().link) if role == Qt.ItemDataRole.ForegroundRole else None


def _where_of(hit: Hit) -> Where:
    return hit.place.where


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
        start, shown = shown_part(text, hit.spans)
        layout = QTextLayout(shown, QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        layout.setFormats([] if is_selected else [_marked(shown, start, span) for span in hit.spans])
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


def shown_part(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, str]:
    """What is drawn of a line, and at which of its letters that begins: what was found is in sight."""
    start = len(text) - len(text.lstrip())
    first = spans[0][0] if spans else 0
    if first - start <= _LEAD:
        return start, text[start:]
    start = first - _LEAD // 2
    return start - 1, f"\N{HORIZONTAL ELLIPSIS}{text[start:]}"


def _marked(shown: str, start: int, span: tuple[int, int]) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
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
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the number of the line stays
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
        for group in range(before, len(self.hits.groups)):
            self.setFirstColumnSpanned(group, QModelIndex(), True)
            if group < _OPENED:
                self.expand(self.hits.index(group, 0))

    def _open(self, index: QModelIndex) -> None:
        if (hit := self.hits.hit(index)) is not None:
            self.opened.emit(hit)
        elif self.hits.offers_more(index):
            self.hits.show_more(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the file."""
        index = self.currentIndex()
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and index.isValid() and index.internalId():
            self._open(index)
        else:
            super().keyPressEvent(event)
