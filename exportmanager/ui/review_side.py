"""A file in two workspaces side by side: one scrolls with the other, and one goes from difference to difference."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from exportmanager.formats.colours import Span
from exportmanager.formats.comparing import Row, RowKind, go_on
from exportmanager.jobs.desk import Desk
from exportmanager.review.comparing import Compared
from exportmanager.ui.kit import STEP, Elided, Empty, Text, button, column, row
from exportmanager.ui.pdf_bar import icon_button
from exportmanager.ui.review_code import CodeView, Line
from exportmanager.ui.words import counted, number, tr

PAGE = 2_000
"""Rows that are shown at a time."""
_LONGEST, _SHORTEST, _LETTERS = 4_000, 120, 250_000
"""Letters of a line that are shown, and those of a page: where it has more, its long lines are cut."""
_KINDS = {RowKind.SAME: "", RowKind.CHANGED: "changed", RowKind.ADDED: "added", RowKind.REMOVED: "removed"}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as both sides show them: a line that is not there is empty."""

    left: Sequence[Line]
    right: Sequence[Line]


def page_of(compared: Compared, page: int, check: Callable[[], None] = go_on) -> Page:
    """The rows of a page, with the differences inside lines; `check` is called often, and may raise."""
    left, right = [], []
    rows = compared.rows[page * PAGE : (page + 1) * PAGE]
    longest = _longest(compared, rows)
    for found in rows:
        check()
        shown = compared.shown(found, longest)
        left.append(_line(shown.left, found.left, found, shown.left_spans))
        right.append(_line(shown.right, found.right, found, shown.right_spans))
    return Page(left, right)


def _longest(compared: Compared, rows: Sequence[Row]) -> int:
    """How many letters of each line there is time to lay out."""
    letters = sum(len(line) for found in rows for line in compared.lines(found, _LONGEST))
    return _LONGEST if letters <= _LETTERS else max(_SHORTEST, _LETTERS // (2 * len(rows)))


def _line(text: str, place: int | None, found: Row, spans: Sequence[tuple[int, int]]) -> Line:
    if place is None:
        return Line("", 0, "absent")
    inside = [span for span in spans if span != (0, len(text))]
    marks = tuple(Span(*span, "changed") for span in inside)
    return Line(text, place + 1, _KINDS[found.kind], marks)


class SideBySide(QWidget):
    """Shows a `Compared`; pages are made off the window's thread. `stopped`: somebody waits no longer."""

    stopped = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._compared: Compared | None = None
        self._changes: Sequence[int] = ()
        self._page = 0
        self._row = -1
        self._question = 0
        self.left = CodeView(tr("Compared with"), tr("The lines of the file that it is compared with"))
        self.right = CodeView(tr("This file"), tr("The lines of the file in this workspace"))
        self.left_title, self.right_title = Elided(colour="muted"), Elided(colour="muted")
        self.said = Text(colour="muted")
        self.nothing = Text(colour="muted")
        self._make_buttons()
        self._arrange()
        self._connect()
        self.show_nothing(tr("Choose a file to compare it."))

    def _make_buttons(self) -> None:
        self.previous = icon_button(
            "chevron-up", tr("Previous difference"), tr("Goes to the difference before"), self.show_previous
        )
        self.next = icon_button(
            "chevron-down", tr("Next difference"), tr("Goes to the next difference"), self.show_next
        )

    def _arrange(self) -> None:
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setChildrenCollapsible(False)
        for title, code in ((self.left_title, self.left), (self.right_title, self.right)):
            title.cut = Qt.TextElideMode.ElideMiddle  # whose it is and the name of the file stay
            part = QWidget()
            layout = column(title, spacing=STEP // 2)
            layout.addWidget(code, 1)
            part.setLayout(layout)
            self.body.addWidget(part)
        top = row(spacing=STEP // 2)
        top.addWidget(self.said, 1)
        top.addWidget(self.previous)
        top.addWidget(self.next)
        whole = QWidget()
        inner = column(top, spacing=STEP // 2)
        inner.addWidget(self.body, 1)
        whole.setLayout(inner)
        self._whole = whole
        self._empty = QWidget()
        words = column(self.nothing, margin=2 * STEP)
        words.addStretch(1)
        self._empty.setLayout(words)
        self._states = QStackedWidget()
        self.stop_button = button(tr("Stop"), self.stopped.emit, icon="stop", about=tr("compares no further"))
        about = tr("Of large files that differ everywhere this takes some seconds.")
        self._reading = Empty(tr("Comparing ..."), about, self.stop_button)
        for state in (self._empty, self._reading, whole):
            self._states.addWidget(state)
        self.setLayout(column(self._states))

    def _connect(self) -> None:
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        for keys, done in (("F7", self.show_previous), ("F8", self.show_next)):
            QShortcut(QKeySequence(keys), self, done).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.previous.setToolTip(tr("{what} ({keys})", what=tr("Previous difference"), keys="F7"))
        self.next.setToolTip(tr("{what} ({keys})", what=tr("Next difference"), keys="F8"))

    # What is shown

    def show_nothing(self, words: str) -> None:
        """Say `words` where there is nothing to compare."""
        self._question += 1
        self._compared, self._changes = None, ()
        for code in (self.left, self.right):
            code.show_lines(())
        self.nothing.setText(words)
        self._states.setCurrentWidget(self._empty)

    def show_reading(self) -> None:
        """Say that it is being compared, and offer to stop that."""
        self._question += 1
        self._states.setCurrentWidget(self._reading)

    def show_compared(self, compared: Compared, page: Page, left: str, right: str) -> None:
        """Show two files from their first difference; `page` is the first, and the changes of `compared` are known."""
        self._question += 1
        self._compared, self._changes = compared, compared.changes
        self._page, self._row = 0, -1
        self.left_title.setText(left)
        self.right_title.setText(right)
        if not compared.rows:
            notes = " ".join(map(tr, compared.notes)) or tr("Both files are the same.")
            self.show_nothing(notes)
            return
        self._fill(page)
        self._states.setCurrentWidget(self._whole)
        if self._changes:
            self.go_to(self._changes[0])
        self._say()

    def _fill(self, page: Page) -> None:
        self.left.show_lines(page.left)
        self.right.show_lines(page.right)

    def _say(self) -> None:
        assert self._compared is not None, "there is something to say"
        total = len(self._changes)
        place = bisect_right(self._changes, self._row)
        count = counted(total, "1 difference", "%Ln differences") if total else tr("No difference")
        if total and self._row >= 0:
            count = tr("Difference {number} of {total}", number=number(place), total=number(total))
        self.said.setText(" ".join([f"{count}.", *map(tr, self._compared.notes)]))
        self.previous.setEnabled(total > 0 and place > 1)
        self.next.setEnabled(place < total)

    # Differences

    def show_next(self) -> None:
        """Go to the next difference."""
        place = bisect_right(self._changes, self._row)
        if place < len(self._changes):
            self.go_to(self._changes[place])

    def show_previous(self) -> None:
        """Go to the difference before."""
        place = bisect_left(self._changes, self._row) - 1
        if place >= 0:
            self.go_to(self._changes[place])

    def go_to(self, place: int) -> None:
        """Show a row, counted from 0."""
        self._row = place
        if place // PAGE == self._page:
            self._stand()
            return
        assert self._compared is not None, "it has rows"
        self._page = place // PAGE
        self._question += 1
        work = partial(page_of, self._compared, self._page)
        self._desk.background.ask(self, work, partial(self._turn, self._question))

    def _turn(self, question: int, page: Page) -> None:
        if question == self._question:
            self._fill(page)
            self._stand()

    def _stand(self) -> None:
        for code in (self.left, self.right):
            code.go_to(self._row - self._page * PAGE)
        self._say()
