"""Shows the text of a file, some thousand lines at a time; goes to lines, and finds words in all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSpinBox, QWidget

from exportmanager.formats.colours import Span
from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, Text, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_bar import icon_button
from exportmanager.ui.review_code import CodeView, Line
from exportmanager.ui.review_lines import PAGE, Shown, Wish, coloured, find_in, page_of
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import number, tr

_SOON = 250
"""Milliseconds after the last letter until words are looked for."""
_WRAP = "long lines are broken"


class TextPane(QWidget):
    """Reads pages, colours and found words off the window's thread; answers that come late are not shown."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk, self._memory = desk, memory
        self._shown: Shown | None = None
        self._page = 0
        self._question = 0
        self._wish = Wish("")
        self._place = -1
        self._go_to: tuple[int, Span | None] | None = None
        self.code = CodeView(tr("Text of the file"), tr("The lines of this file, with their numbers"))
        self.field = SearchField(tr("Find in this file"), tr("Marks these words; Enter goes to the next place"))
        self.found = Text(colour="muted", wrap=False)
        self._make_controls()
        self._arrange()
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._connect()

    def _make_controls(self) -> None:
        self.previous = icon_button(
            "chevron-up", tr("Previous place"), tr("Goes to where the words stand before this"), self.find_previous
        )
        self.next = icon_button(
            "chevron-down", tr("Next place"), tr("Goes to where the words stand next"), self.find_next
        )
        self.line = QSpinBox()
        named(self.line, tr("Line"), tr("Goes to the line of this number"))
        self.line.setToolTip(self.line.accessibleDescription())
        self.line.setKeyboardTracking(False)
        self.line.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.line.setPrefix(tr("Line") + " ")
        self.total = Text(colour="muted", wrap=False)
        self.wrap = icon_button("wrap", tr("Break long lines"), tr("Breaks long lines at the edge"), self._wrap)
        self.wrap.setCheckable(True)
        self.wrap.setChecked(bool(self._memory.get(_WRAP, False)))
        self.code.set_wrapping(self.wrap.isChecked())
        self.page_before = icon_button(
            "back", tr("Lines before"), tr("Shows the lines before these"), self._page_before
        )
        self.page_after = icon_button(
            "chevron-right", tr("Lines after"), tr("Shows the lines after these"), self._page_after
        )

    def _arrange(self) -> None:
        bar = row(self.field, self.found, self.previous, self.next, spacing=STEP // 2)
        bar.addStretch(1)
        for part in (self.page_before, self.line, self.total, self.page_after, self.wrap):
            bar.addWidget(part)
        layout = column(bar, spacing=STEP // 2)
        layout.addWidget(self.code, 1)
        self.setLayout(layout)
        self._say_found()

    def _connect(self) -> None:
        self._soon.timeout.connect(self._find)
        self.code.asked_colours.connect(self._ask_colours)
        self.field.textChanged.connect(self._look_for)
        self.field.left.connect(self.find_next)
        self.line.valueChanged.connect(self._go_to_line)
        keys = QKeySequence.StandardKey
        for key, done in (
            (QKeySequence(keys.Find), self.focus_search),
            (QKeySequence(keys.FindNext), self.find_next),
            (QKeySequence(keys.FindPrevious), self.find_previous),
            (QKeySequence("Ctrl+G"), self.focus_line),
        ):
            QShortcut(key, self, done).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # What is shown

    def show_text(self, shown: Shown, lines: Sequence[Line], go_to: int = -1, marks: Sequence[Span] = ()) -> None:
        """Show a text, of which `lines` is the page that line `go_to` (from 0) stands on; with the words of `marks`."""
        self._question += 1
        self._shown, self._page = shown, max(0, go_to) // PAGE
        self._wish.is_over = True
        self._wish, self._place = Wish(""), -1
        with QSignalBlocker(self.line):
            self.line.setRange(1, max(1, shown.text.line_count))
        digits = "0" * len(number(shown.text.line_count))
        self.line.setFixedWidth(self.fontMetrics().horizontalAdvance(f"{tr('Line')} {digits}") + 3 * STEP)
        self.total.setText(tr("of {number}", number=number(shown.text.line_count)))
        self._fill(lines)
        if go_to >= 0:
            self._stand(go_to, marks[0] if marks else None)
            self.code.show_found([(go_to - self._page * PAGE, mark) for mark in marks])
        if self.field.text():
            self._soon.start()
        self._say_found()

    def forget(self) -> None:
        """Let go of the text."""
        self._question += 1
        self._wish.is_over = True
        self._shown = None
        self.code.show_lines(())

    def _fill(self, lines: Sequence[Line]) -> None:
        self.code.show_lines(lines)
        self._say_line(self._page * PAGE)
        pages = -(-self._shown.text.line_count // PAGE) if self._shown else 1
        for part, is_possible in ((self.page_before, self._page > 0), (self.page_after, self._page + 1 < pages)):
            part.setVisible(pages > 1)
            part.setEnabled(is_possible)

    def _ask_colours(self, first: int, after: int) -> None:
        if self._shown is None or self._shown.colours is None:
            return
        work = partial(coloured, self._shown.colours, self._page * PAGE, first, after)
        self._desk.background.ask(self, work, partial(self._colour, self._question))

    def _colour(self, question: int, spans: Mapping[int, Sequence[Span]]) -> None:
        if question == self._question:
            self.code.colour(spans)

    def _wrap(self) -> None:
        self._memory.put(_WRAP, self.wrap.isChecked())
        self.code.set_wrapping(self.wrap.isChecked())

    # Lines

    def go_to(self, line: int, span: Span | None = None) -> None:
        """Show a line, counted from 0, and stand on the letters of `span`."""
        if self._shown is None:
            return
        if line // PAGE == self._page:
            self._stand(line, span)
            self._mark()
            return
        self._question += 1
        self._page, self._go_to = line // PAGE, (line, span)
        work = partial(page_of, self._shown, self._page)
        self._desk.background.ask(self, work, partial(self._turn, self._question))

    def _turn(self, question: int, lines: Sequence[Line]) -> None:
        if question != self._question:
            return
        self._fill(lines)
        if self._go_to is not None:
            self._stand(*self._go_to)
            self._go_to = None
        self._mark()

    def _stand(self, line: int, span: Span | None) -> None:
        self.code.go_to(line - self._page * PAGE, span)
        self._say_line(line)

    def _say_line(self, line: int) -> None:
        with QSignalBlocker(self.line):
            self.line.setValue(line + 1)

    def _go_to_line(self, value: int) -> None:
        self.go_to(value - 1)

    def _page_before(self) -> None:
        self.go_to((self._page - 1) * PAGE)

    def _page_after(self) -> None:
        self.go_to((self._page + 1) * PAGE)

    def focus_line(self) -> None:
        """Put the focus into the field with the line's number."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    # Finding

    def focus_search(self) -> None:
        """Put the focus into the search field, with what is selected."""
        if words := self.code.textCursor().selectedText():
            self.field.setText(words[:200])
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _look_for(self, _: str) -> None:
        self._soon.start()

    def _find(self) -> None:
        self._wish.is_over = True
        self._wish, self._place = Wish(self.field.text()), -1
        if self._shown is None or not self._wish.words:
            self._mark()
            return
        self.found.setText(tr("Looking ..."))
        self._desk.background.ask(self, partial(find_in, self._shown, self._wish), self._found)

    def _found(self, wish: Wish) -> None:
        if wish is not self._wish:
            return
        here = self.line.value() - 1
        self._place = next((n for n, (line, _) in enumerate(wish.found) if line >= here), 0) - 1
        self.find_next()
        self._say_found()

    def find_next(self) -> None:
        """Go to where the words stand next."""
        self._step(1)

    def find_previous(self) -> None:
        """Go to where the words stand before this."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._wish.found:
            self._place = (self._place + by) % len(self._wish.found)
            self.go_to(*self._wish.found[self._place])
        self._say_found()

    def _mark(self) -> None:
        first = self._page * PAGE
        on_page = [(n, line - first, span) for n, (line, span) in enumerate(self._wish.found)]
        shown = [(n, line, span) for n, line, span in on_page if 0 <= line < self.code.rows]
        current = next((place for place, (n, *_) in enumerate(shown) if n == self._place), -1)
        self.code.show_found([(line, span) for _, line, span in shown], current)
        self._say_found()

    def _say_found(self) -> None:
        total = len(self._wish.found)
        more = "+" if self._wish.is_partly else ""
        said = tr("{number} of {total}", number=number(self._place + 1), total=f"{number(total)}{more}")
        nothing = tr("Not found in what is shown") if self._wish.is_partly else tr("Not found")
        self.found.setText("" if not self._wish.words else said if total else nothing)
        self.found.setVisible(bool(self._wish.words))
        for part in (self.previous, self.next):
            part.setVisible(bool(self._wish.words))
            part.setEnabled(total > 0)
