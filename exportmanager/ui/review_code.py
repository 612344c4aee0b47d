"""Shows lines of code, with numbers and marks beside them, coloured where they are in sight, and what was found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from exportmanager.formats.colours import Span
from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, named
from exportmanager.ui.review_colours import ground, syntax_format, words_format
from exportmanager.ui.review_spans import cursor_on, format_range

_SOON = 30
"""Milliseconds after scrolling until the colours of what came in sight are asked for."""
_AROUND = 40
"""Rows above and below what is in sight that are coloured as well."""
_MOST_MARKS = 300
_BREAKS = str.maketrans(dict.fromkeys("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\u2424"))
"""What Qt would take for another line."""
_SIGNS = {"added": "+", "removed": "\u2212", "changed": "~"}
"""What stands beside lines that differ, since colour alone tells nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: its number (0: none), its kind ("added", "removed", "changed", "absent", "") and marks."""

    text: str
    number: int = 0
    kind: str = ""
    marks: tuple[Span, ...] = ()


class CodeView(QPlainTextEdit):
    """`asked_colours` carries the first row and the row after the last that came in sight without colours."""

    asked_colours = Signal(int, int)

    def __init__(self, name: str, about: str) -> None:
        super().__init__()
        named(self, name, about)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(flags)
        self.setTabChangesFocus(True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setMinimumSize(16 * STEP, 6 * STEP)
        self.set_wrapping(False)
        self._lines: Sequence[Line] = ()
        self._spans: dict[int, Sequence[Span]] = {}
        self._asked: set[int] = set()
        self._marked: set[int] = set()
        self._found: Sequence[tuple[int, Span]] = ()
        self._current = -1
        self._ground = ""
        self._side = _Side(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_side)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._look_around)
        self.verticalScrollBar().valueChanged.connect(self._soon.start)

    # What is shown

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines, from the first; some ten thousand at most, none longer than some thousand letters."""
        self._lines = tuple(lines)
        self._spans, self._asked, self._marked = {}, set(), set()
        self._found, self._current = (), -1
        self._ground = theme.colours().base
        self.setExtraSelections([])
        self.setPlainText("\n".join(line.text.translate(_BREAKS) for line in lines))
        self._mark_lines()
        self._make_room()
        self._soon.start()

    @property
    def rows(self) -> int:
        """How many lines are shown."""
        return len(self._lines)

    def line(self, row: int) -> Line:
        """One of them."""
        return self._lines[row]

    def set_wrapping(self, is_on: bool) -> None:
        """Break lines at the edge, or let them go on beyond it."""
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth if is_on else QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    # Colours

    def colour(self, spans: Mapping[int, Sequence[Span]]) -> None:
        """Colour rows; of what is shown now."""
        for row, its in spans.items():
            if row < len(self._lines):
                self._spans[row] = its
                self._write(row)

    def _write(self, row: int) -> None:
        block = self.document().findBlockByNumber(row)
        text = self._lines[row].text
        formats = [format_range(text, span, syntax_format(span.kind)) for span in self._spans.get(row, ())]
        formats += [format_range(text, mark, words_format(mark.kind)) for mark in self._lines[row].marks]
        block.layout().setFormats([each for each in formats if each is not None])
        self.document().markContentsDirty(block.position(), block.length())

    def _look_around(self) -> None:
        """What came in sight is to have its colours and marks."""
        self._mark_lines()
        if self._found:
            self._mark_found()
        self._ask_colours()

    def _mark_lines(self) -> None:
        """Of thousands of lines with marks only those about in sight: all of them would take their time."""
        rows = {row for row in range(*self._about_in_sight()) if self._lines[row].marks} - self._marked
        self._marked |= rows
        for row in rows:
            self._write(row)

    def _about_in_sight(self) -> tuple[int, int]:
        first, after = self.rows_in_sight()
        return max(0, first - _AROUND), min(len(self._lines), after + _AROUND)

    def _ask_colours(self) -> None:
        if not self._lines or not self.isVisible():
            return
        first, after = self._about_in_sight()
        rows = [row for row in range(first, after) if row not in self._asked]
        if rows:
            self._asked.update(range(rows[0], rows[-1] + 1))
            self.asked_colours.emit(rows[0], rows[-1] + 1)

    def rows_in_sight(self) -> tuple[int, int]:
        """The first row in sight, and the one after the last."""
        first = self.firstVisibleBlock().blockNumber()
        last = self.cursorForPosition(QPoint(0, self.viewport().height() - 1)).blockNumber()
        return first, last + 1

    def changeEvent(self, event: QEvent) -> None:
        """Put the colours on anew when light and dark change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._lines_are_old():
            self._ground = theme.colours().base
            for row in self._marked | set(self._spans):
                self._write(row)
            self._mark_found()

    def _lines_are_old(self) -> bool:
        return bool(getattr(self, "_lines", ())) and self._ground != theme.colours().base

    # Places

    def go_to(self, row: int, span: Span | None = None) -> None:
        """Put the cursor into a row, on the letters of `span`, and show it in the middle."""
        block = self.document().findBlockByNumber(max(0, min(row, self.blockCount() - 1)))
        self.setTextCursor(QTextCursor(block) if span is None else cursor_on(block, span))
        self.centerCursor()
        self._soon.start()

    def show_found(self, found: Sequence[tuple[int, Span]], current: int = -1) -> None:
        """Mark words: (row, letters) each, by row; `current` is the one that the teacher stands on."""
        self._found, self._current = found, current
        self._mark_found()

    def _mark_found(self) -> None:
        """Only what is in sight or nearly so, and about the current one: thousands of marks would take their time."""
        usual, current = words_format("found"), words_format("found")
        current.setFontUnderline(True)
        selections: list[QTextEdit.ExtraSelection] = []
        for number in self._found_about():
            row, span = self._found[number]
            selection = QTextEdit.ExtraSelection()
            selection.cursor = cursor_on(self.document().findBlockByNumber(row), span)
            selection.format = current if number == self._current else usual
            selections.append(selection)
        self.setExtraSelections(selections)

    def _found_about(self) -> range:
        rows = self._about_in_sight()
        first, after = (bisect_left(self._found, row, key=_row_of) for row in rows)
        if after - first > _MOST_MARKS:
            first = max(first, min(self._current - _MOST_MARKS // 2, after - _MOST_MARKS))
        return range(first, min(after, first + _MOST_MARKS))

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lay a ground under lines that differ."""
        painter = QPainter(self.viewport())
        for row, top, height in self.places_in_sight():
            if kind := self._lines[row].kind:
                painter.fillRect(QRect(0, top, self.viewport().width(), height), ground(kind))
        painter.end()
        super().paintEvent(event)

    def places_in_sight(self) -> list[tuple[int, int, int]]:
        """The rows in sight, each with its top and its height in pixels."""
        places = []
        block: QTextBlock = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= self.viewport().height() and block.blockNumber() < len(self._lines):
            height = self.blockBoundingRect(block).height()
            places.append((block.blockNumber(), round(top), round(height)))
            top += height
            block = block.next()
        return places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the numbers at the side."""
        super().resizeEvent(event)
        inner = self.contentsRect()
        self._side.setGeometry(QRect(inner.left(), inner.top(), self.side_width(), inner.height()))
        self._soon.start()

    def side_width(self) -> int:
        """Pixels that the numbers need."""
        highest = max((line.number for line in self._lines), default=0)
        return self.fontMetrics().horizontalAdvance("0" * max(2, len(str(highest))) + "+ ") + STEP

    def _make_room(self, _: int = 0) -> None:
        width = self.side_width()
        self.setViewportMargins(width, 0, 0, 0)
        inner = self.contentsRect()
        self._side.setGeometry(QRect(inner.left(), inner.top(), width, inner.height()))
        self._side.update()

    def _scroll_side(self, rect: QRect, by: int) -> None:
        if by:
            self._side.scroll(0, by)
        else:
            self._side.update(0, rect.y(), self._side.width(), rect.height())

    def paint_side(self, area: QWidget) -> None:
        """Draw numbers and marks."""
        painter = QPainter(area)
        painter.fillRect(area.rect(), QColor(theme.colours().window))
        painter.setFont(self.font())
        painter.setPen(QColor(theme.colours().muted))
        height = self.fontMetrics().height()
        for row, top, _ in self.places_in_sight():
            line = self._lines[row]
            room = QRect(0, top, area.width() - STEP // 2, height)
            if line.number:
                words = f"{line.number} {_SIGNS.get(line.kind, ' ')}"
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


def _row_of(found: tuple[int, Span]) -> int:
    return found[0]


class _Side(QWidget):
    """The strip with the numbers."""

    def __init__(self, code: CodeView) -> None:
        super().__init__(code)
        self._code = code

    def sizeHint(self) -> QSize:
        """As wide as the highest number."""
        return QSize(self._code.side_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The view knows what stands where."""
        self._code.paint_side(self)
