"""What asks for a day: written as the teacher's language writes days, or picked in a calendar; none at all is ""."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import ICON, ToolButton, column, named, row
from exportmanager.ui.words import tr

_CENTURY = 2000
"""Years of two digits are of this one."""
_LETTERS = 26
"""Room for so many in the field: for a day, or for the words that stand there where there is none."""
_STEPS: Mapping[int, tuple[int, int]] = {
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
    Qt.Key.Key_PageUp: (0, 1),
    Qt.Key.Key_PageDown: (0, -1),
}
"""Days and months by which a key moves on."""
_ISO = Qt.DateFormat.ISODate


def _format() -> str:
    """How a day is written in full: as short days are, with all four digits of the year, and the month in digits."""
    short = re.sub("M{3,}", "MM", QLocale().dateFormat(QLocale.FormatType.ShortFormat))
    return short if "yyyy" in short else short.replace("yy", "yyyy")


def written(day: QDate) -> str:
    """A day as the teacher's language writes it, with the whole year."""
    return QLocale().toString(day, _format())


def day_of(text: str) -> QDate:
    """The day that three numbers mean, in the order of the teacher's language or as 2026-03-02, whatever is between.

    An invalid one where they mean none.
    """
    numbers = re.findall(r"\d+", text)
    if len(numbers) != 3:
        return QDate()
    order = dict.fromkeys(letter for letter in _format() if letter in "yMd")
    found = dict(zip("yMd" if len(numbers[0]) > 2 else order, numbers, strict=True))
    if len(found["y"]) not in {2, 4} or len(found["M"]) > 2 or len(found["d"]) > 2:
        return QDate()
    year = int(found["y"]) + (_CENTURY if len(found["y"]) == 2 else 0)
    return QDate(year, int(found["M"]), int(found["d"]))


class _DayLine(QLineEdit):
    """Up and Down go on by a day, Page Up and Page Down by a month; `stepped` carries both numbers."""

    stepped = Signal(int, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.stepped.emit(*_STEPS[event.key()])
        else:
            super().keyPressEvent(event)


class Calendar(QFrame):
    """A calendar over the window, which goes with Escape or a click elsewhere; `chosen` carries a day."""

    chosen = Signal(QDate)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.calendar = QCalendarWidget()
        self.calendar.setGridVisible(False)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        named(self.calendar, tr("Calendar"), tr("Arrow keys move through the days, Enter takes one"))
        self.calendar.clicked.connect(self._take)
        self.calendar.activated.connect(self._take)
        self.setLayout(column(self.calendar))

    def _take(self, day: QDate) -> None:
        if self.isVisible():  # Enter comes as both
            self.close()
            self.chosen.emit(day)

    def show_below(self, widget: QWidget, day: QDate) -> None:
        """Open it at `day`, under `widget` or, where the screen has no room there, above it."""
        usual = QTextCharFormat()  # Qt's own red of weekends cannot be read in the dark
        usual.setForeground(self.palette().text())
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(weekend, usual)
        self.calendar.setSelectedDate(day)
        self.adjustSize()
        room, place = widget.screen().availableGeometry(), widget.mapToGlobal(QPoint(0, widget.height()))
        if place.y() + self.height() > room.bottom():
            place = widget.mapToGlobal(QPoint(0, -self.height()))
        self.move(max(room.left(), min(place.x(), room.right() - self.width())), place.y())
        self.show()
        self.calendar.setFocus(Qt.FocusReason.PopupFocusReason)


class DayInput(QWidget):
    """A day. Where there is none the field says `none` ("as the course is set")."""

    changed = Signal()

    def __init__(self, title: str, none: str) -> None:
        super().__init__()
        self.line = _DayLine()
        self.line.setPlaceholderText(none)
        self.line.setClearButtonEnabled(True)
        self.line.setMinimumWidth(self.fontMetrics().averageCharWidth() * max(_LETTERS, len(none) + 6))
        self.choose = ToolButton()
        self.choose.setIcon(theme.icon("calendar"))
        self.choose.setIconSize(ICON)
        self.choose.setToolTip(tr("Calendar"))
        named(self.choose, tr("Calendar: {title}", title=title), tr("Opens a calendar to pick the day in"))
        self.setLayout(row(self.line, self.choose))
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._changed)
        self.line.editingFinished.connect(self._tidy)
        self.line.stepped.connect(self._step)
        self.choose.clicked.connect(self._open)

    def _changed(self, _: str) -> None:
        self.changed.emit()

    def _tidy(self) -> None:
        """Write what was meant as days are written."""
        if (day := day_of(self.line.text())).isValid() and written(day) != self.line.text():
            self.line.setText(written(day))

    def _step(self, days: int, months: int) -> None:
        day = day_of(self.line.text())
        self.line.setText(written(day.addDays(days).addMonths(months) if day.isValid() else QDate.currentDate()))

    def _open(self) -> None:
        day = day_of(self.line.text())
        calendar = Calendar(self)  # one that stayed would catch Tab for ever
        calendar.chosen.connect(self._chosen)
        calendar.show_below(self.line, day if day.isValid() else QDate.currentDate())

    def _chosen(self, day: QDate) -> None:
        self.line.setText(written(day))
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def value(self) -> str:
        """The day as 2026-03-02; "" for none; what was written, where that is no day."""
        text = self.line.text().strip()
        return day_of(text).toString(_ISO) or text

    def set_value(self, value: str | None) -> None:
        """Set it, from 2026-03-02 or ""."""
        day = QDate.fromString(value or "", _ISO)
        self.line.setText(written(day) if day.isValid() else value or "")
