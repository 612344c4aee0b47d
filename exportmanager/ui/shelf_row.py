"""A row of the shelf: one real widget with real buttons, in which only what differs is touched."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QMenu, QProgressBar, QSizePolicy, QWidget

from exportmanager.ui import theme
from exportmanager.ui.kit import STEP, Elided, Text, button, menu_button, named, row, tip_of
from exportmanager.ui.shelf_look import Do, Look
from exportmanager.ui.shelf_parts import Link, Mark
from exportmanager.ui.words import tr

_WIDE = 145
"""From how many digits' width on everything stands in one line."""
_BAR = 14
"""The bar's width in digits."""
_TITLE, _ACTS = 0.2, 0.33
"""What title and buttons get of the width, where everything stands in one line: so columns stand under each other."""


class ShelfRow(QFrame):
    """Shows a `Look`. `asked` carries its key and the `Do` that the teacher wants."""

    asked = Signal(str, object)

    def __init__(self, key: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.look: Look | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.mark, self.side_mark = Mark(), Mark()
        self.title = Elided()
        self.facts = Elided()
        self.side = Text(wrap=False)
        self.gaps = Link()
        self.gaps.clicked.connect(partial(self._ask, Do.GAPS))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.buttons: dict[Do, QWidget] = {}
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.more = menu_button(tr("More"), self.menu)
        self._arrange()
        self.show_look(look)

    def _arrange(self) -> None:
        self._under = row(self.bar)
        self._under.addWidget(self.facts, 1_000)  # it takes what its text needs, where there is room
        self._under.addWidget(self.gaps)
        self._under.addStretch(1)
        self._under.addWidget(self.side_mark)
        self._under.addWidget(self.side)
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(0)
        self._words.addWidget(self.title)
        self._words.addLayout(self._under, 1)
        self._acts = QWidget()
        self._acting: QHBoxLayout = row(spacing=STEP // 2)
        self._acting.addStretch(1)
        self._acting.addWidget(self.more)
        self._acts.setLayout(self._acting)
        whole = row(self.mark)
        whole.addLayout(self._words, 1)
        whole.addWidget(self._acts)
        whole.setContentsMargins(STEP, STEP // 2, STEP // 2, STEP // 2)
        self.setLayout(whole)

    # What it shows

    def show_look(self, look: Look) -> None:
        """Show this; what is the same as before is left alone."""
        before, self.look = self.look, look
        if before == look:
            return
        had_focus = self._focused_part()
        self.title.setText(look.title)
        self.setToolTip(tip_of(look.tip))
        self.mark.show_mark(look.mark, look.mark_colour)
        self._show_facts(look)
        self._show_bar(look)
        if before is None or (before.buttons, before.title, before.is_waiting) != (
            look.buttons, look.title, look.is_waiting
        ):  # fmt: skip
            self._show_buttons(look)
        self.more.setVisible(bool(look.menu) and not look.is_waiting)
        if self.accessibleName() != look.sentence:
            named(self, look.sentence, tr("Enter opens, Delete removes, F2 shows what else can be done"))
        self._fit()
        if had_focus is not None and not (had_focus.isVisibleTo(self) and had_focus.isEnabled()):
            self.setFocus()  # the button that had it has gone: the keyboard stays in this row

    def _focused_part(self) -> QWidget | None:
        focused = self.window().focusWidget()
        return focused if focused is not None and focused is not self and self.isAncestorOf(focused) else None

    def _show_facts(self, look: Look) -> None:
        self.facts.setText(look.facts)
        self.facts.setMaximumWidth(self.facts.sizeHint().width())
        self.facts.set_colour(look.facts_colour)
        self.gaps.setText(look.gaps)
        self.gaps.setVisible(bool(look.gaps))
        named(self.gaps, f"{look.gaps}: {look.title}", tr("Lists who and what is not in it, and why"))
        self.side.setText(look.side)
        self.side.set_colour(look.side_colour)
        self.side_mark.show_mark(look.side_mark, look.side_colour)
        self.side_mark.setVisible(bool(look.side_mark))

    def _show_bar(self, look: Look) -> None:
        self.bar.setVisible(look.bar is not None)
        if look.bar is None:
            return
        self.bar.setRange(0, 0 if look.bar < 0 else 1_000)
        self.bar.setValue(round(look.bar * 1_000))
        named(self.bar, tr("Progress of {title}", title=look.title))

    def _show_buttons(self, look: Look) -> None:
        for do in look.buttons:
            if do not in self.buttons:
                self._add_button(do)
        for do, made in self.buttons.items():
            made.setEnabled(not look.is_waiting)
            if do in look.buttons:
                named(made, f"{do.words}: {look.title}".replace("...", ""), look.title)
        named(self.more, tr("More: {title}", title=look.title), tr("Everything that can be done with it"))
        for place, do in enumerate(look.buttons, 1):
            self._acting.removeWidget(self.buttons[do])
            self._acting.insertWidget(place, self.buttons[do])
        for first, second in pairwise(self.stops()):
            QWidget.setTabOrder(first, second)

    def _add_button(self, do: Do) -> None:
        made = button(do.words, partial(self._ask, do), icon=do.icon)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.buttons[do] = made

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in the order the eye goes."""
        shown = self.look.buttons if self.look else ()
        return [self, self.gaps, *(self.buttons[do] for do in shown), self.more]

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the parts their room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.look is None:
            return
        digit, width = self.fontMetrics().horizontalAdvance("0"), self.width()
        is_wide = width >= _WIDE * digit
        self._words.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(STEP if is_wide else 0)
        line = self.fontMetrics().height()
        self.bar.setFixedSize(_BAR * digit, line - 2)
        self.setMinimumHeight(max(4 * STEP + 4, line + 2 * STEP) if is_wide else 2 * (line + STEP) + 2)
        _hold(self.title, round(width * _TITLE) if is_wide else None)
        policy = QSizePolicy.Policy.Fixed if is_wide else QSizePolicy.Policy.Ignored
        self.title.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        room = round(width * _ACTS)
        _hold(self._acts, room if is_wide else None)
        self._show_what_fits(room if is_wide else width // 3)

    def _show_what_fits(self, room: int) -> None:
        assert self.look is not None, "a row has a look from the beginning"
        used = self.more.sizeHint().width() if self.look.menu else 0
        shown: set[Do] = set()
        for do in self.look.buttons:
            used += self.buttons[do].sizeHint().width() + self._acting.spacing()
            if shown and used > room and self.look.menu:  # what does not fit is in the menu
                break
            shown.add(do)
        for do, made in self.buttons.items():
            if do not in shown and made is self.window().focusWidget():
                self.setFocus()
            made.setVisible(do in shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line below, and a frame where the keyboard is."""
        painter = QPainter(self)
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(QColor(theme.colours().accent))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        else:
            painter.setPen(QColor(theme.colours().border))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    # What the teacher does

    def _ask(self, do: Do, _: bool = False) -> None:
        if self.look is not None and do in self.look.can:  # a menu may stand open while things go on
            self.asked.emit(self.key, do)

    def _ask_if_can(self, *dos: Do) -> bool:
        """Ask for the first of these that can be done now; True where one can."""
        for do in dos:
            if self.look is not None and do in self.look.can:
                self._ask(do)
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete removes, Ctrl+Z takes that back, F2 shows the menu."""
        if not self._took(event):
            super().keyPressEvent(event)

    def _took(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Undo):
            return self._ask_if_can(Do.UNDO)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return self.hasFocus() and self._ask_if_can(Do.OPEN, Do.DETAILS)
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            return self._ask_if_can(Do.REMOVE, Do.DISMISS)
        if event.key() == Qt.Key.Key_F2:
            self.show_menu(self.mapToGlobal(self.rect().bottomLeft()))
            return True
        return False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        self._ask_if_can(Do.OPEN, Do.DETAILS)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right mouse button, or the Menu key."""
        self.show_menu(event.globalPos())

    def show_menu(self, place: QPoint) -> None:
        """Open the menu at a place on the screen, where there is one."""
        if self.more.isVisibleTo(self):
            self.menu.popup(place)

    def _fill_menu(self) -> None:
        self.menu.clear()
        for do in self.look.menu if self.look else ():
            if do is None:
                self.menu.addSeparator()
            else:
                self.menu.addAction(theme.icon(do.icon), do.words).triggered.connect(partial(self._ask, do))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it went on."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.look is not None:
            self._fit()


def _hold(widget: QWidget, width: int | None) -> None:
    """Give `widget` this width, or let it have what it wants."""
    if width is None:
        widget.setMinimumWidth(0)
        widget.setMaximumWidth(16_777_215)
    else:
        widget.setFixedWidth(width)
