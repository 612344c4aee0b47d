"""The courses of the list on the left: the rows as values, and how a row of two lines is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exportmanager.core.course import CourseId
from exportmanager.library.listing import CourseSummary
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, tip_of
from exportmanager.ui.words import counted, tr

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_Role = Qt.ItemDataRole
SUMMARY = _Role.UserRole
_DOT = " · "


def facts(summary: CourseSummary) -> str:
    """The second line: code, term and how many students."""
    students = counted(summary.students, "1 student", "%Ln students")
    return _DOT.join(part for part in (summary.info.code, summary.info.term, students) if part)


def gaps_in_words(summary: CourseSummary) -> str:
    """ "2 gaps"; "" where there are none."""
    return counted(summary.gaps, "1 gap", "%Ln gaps") if summary.gaps else ""


def both_lines(summary: CourseSummary) -> str:
    """All that a row says, for tooltips and screen readers."""
    second = _DOT.join(part for part in (facts(summary), gaps_in_words(summary)) if part)
    return f"{summary.info.title}\n{second}"


class CourseRows(QAbstractListModel):
    """The courses, filtered by words in title, code or term."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[CourseSummary] = []
        self._shown: list[CourseSummary] = []
        self._words: list[str] = []

    def show_courses(self, summaries: Sequence[CourseSummary]) -> None:
        """Take newer values: rows that stay in their places are patched, not shown anew."""
        self._all = list(summaries)
        fresh = self._fitting()
        if [row.info.id for row in fresh] != [row.info.id for row in self._shown]:
            self._reset(fresh)
            return
        changed = [n for n, (new, old) in enumerate(zip(fresh, self._shown, strict=True)) if new != old]
        self._shown = fresh
        for n in changed:
            self.dataChanged.emit(self.index(n), self.index(n))

    def filter(self, text: str) -> None:
        """Show what holds every word of `text`, ignoring case."""
        self._words = text.casefold().split()
        self._reset(self._fitting())

    def _fitting(self) -> list[CourseSummary]:
        return [row for row in self._all if all(word in _searched(row) for word in self._words)]

    def _reset(self, rows: list[CourseSummary]) -> None:
        self.beginResetModel()
        self._shown = rows
        self.endResetModel()

    @property
    def total(self) -> int:
        """How many there are without the filter."""
        return len(self._all)

    def holds(self, course: CourseId | None) -> bool:
        """Whether a course is there, shown or not."""
        return any(row.info.id == course for row in self._all)

    def place_of(self, course: CourseId | None) -> QModelIndex:
        """Where a course stands; invalid where it is not shown."""
        n = next((n for n, row in enumerate(self._shown) if row.info.id == course), -1)
        return self.index(n) if n >= 0 else QModelIndex()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many courses are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """The title, what a screen reader says, or under `SUMMARY` the course."""
        row = self._shown[index.row()]
        if role == _Role.DisplayRole:
            return row.info.title
        if role == _Role.ToolTipRole:
            return tip_of(both_lines(row))
        if role == _Role.AccessibleTextRole:
            return both_lines(row)
        if role == _Role.AccessibleDescriptionRole:
            return tr("A course: the arrow keys choose another")
        return row if role == SUMMARY else None


def _searched(row: CourseSummary) -> str:
    return f"{row.info.title}\0{row.info.code}\0{row.info.term}".casefold()


class CourseDrawing(QStyledItemDelegate):
    """Draws the title, and under it in a quieter colour the facts, with gaps in words at their end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Two lines, and room around them."""
        return QSize(160, 2 * option.fontMetrics.height() + 2 * STEP + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one course."""
        summary = index.data(SUMMARY)
        widget = option.widget
        style = widget.style() if widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        colours = theme.colours()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        inks = (colours.on_accent,) * 3 if is_chosen else (colours.text, colours.muted, colours.warning)
        painter.save()
        self._draw_lines(painter, option, summary, inks)
        painter.restore()

    @staticmethod
    def _draw_lines(
        painter: QPainter, option: QStyleOptionViewItem, summary: CourseSummary, inks: tuple[str, ...]
    ) -> None:
        room = option.rect.adjusted(STEP, STEP, -STEP, -STEP)
        high = option.fontMetrics.height()
        first = QRect(room.left(), room.top(), room.width(), high)
        second = first.translated(0, high + 2)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        _draw(painter, first, summary.info.title, bold, inks[0])
        gaps = gaps_in_words(summary)
        needed = option.fontMetrics.horizontalAdvance(gaps) + 2 * STEP if gaps else 0
        _draw(painter, second.adjusted(0, 0, -needed, 0), facts(summary), option.font, inks[1])
        _draw(painter, second, gaps, option.font, inks[2], Qt.AlignmentFlag.AlignRight)


def _draw(
    painter: QPainter,
    room: QRect,
    text: str,
    font: QFont,
    ink: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(ink))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0, room.width()))
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
