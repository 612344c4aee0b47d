"""Shows one file of a workspace by its kind: text, page, picture, PDF, table, archive or bytes; nothing of it runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.review.looking import (
    ArchiveLook,
    LinkLook,
    Look,
    PageLook,
    PictureLook,
    SheetLook,
    TextLook,
)
from exportmanager.review.opening import Opened
from exportmanager.ui.guide_sight import PageSight
from exportmanager.ui.guide_view import GuideView
from exportmanager.ui.kit import STEP, Elided, Empty, Text, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_view import PdfView
from exportmanager.ui.review_facts import text_of
from exportmanager.ui.review_grid import GridView
from exportmanager.ui.review_image import ImageView
from exportmanager.ui.review_sight import FileSight, Wanted, file_sight
from exportmanager.ui.review_text import TextPane
from exportmanager.ui.words import tr

_ENCODINGS = (
    "utf-8", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15", "windows-1250", "windows-1251", "koi8-r",
    "mac-roman", "cp850", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr",
)  # fmt: skip
_AS = {"": "As what it is", "text": "As text", "hex": "As bytes"}


class FileView(QWidget):
    """Reads files off the window's thread; an answer that comes late is not shown. `shown`: a file is, or a problem."""

    shown = Signal()

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk = desk
        self._opened: Opened | None = None
        self._wanted: Wanted | None = None
        self._question = 0
        self.name = Elided()
        self.name.cut = Qt.TextElideMode.ElideMiddle  # the name of the file stays
        self.facts = Elided(colour="muted")
        self.encoding, self.shown_as = QComboBox(), QComboBox()
        self._dress()
        self.text = TextPane(desk, memory)
        self.page = GuideView()
        named(self.page, tr("Page"), tr("The file as a page; nothing on it runs, and nothing is loaded"))
        self.image = ImageView()
        self.pdf = PdfView(desk, memory)
        self.grid = GridView()
        self.says = Text()
        self._make_states()
        self._arrange()
        self.encoding.activated.connect(self._choose_encoding)
        self.shown_as.activated.connect(self._choose_form)

    def _dress(self) -> None:
        named(self.encoding, tr("Encoding"), tr("How the letters of this text are stored; choose another to try it"))
        named(self.shown_as, tr("Shown as"), tr("Shows the file as what it is, as text, or as bytes"))
        for key, words in _AS.items():
            self.shown_as.addItem(tr(words), key)
        for combo in (self.encoding, self.shown_as):
            combo.setToolTip(combo.accessibleDescription())

    def _make_states(self) -> None:
        self._nothing = Empty(tr("No file is chosen"), tr("Choose a file to see what is in it."))
        self._empty = Empty(tr("This workspace is empty"), tr("No file was in it when it came."))
        self._reading = Empty(tr("Reading ..."), "")
        self._trouble = QWidget()
        layout = column(self.says, margin=2 * STEP)
        layout.addStretch(1)
        self._trouble.setLayout(layout)
        self._states = QStackedWidget()
        for state in (
            self._nothing,
            self._empty,
            self._reading,
            self._trouble,
            self.text,
            self.page,
            self.image,
            self.pdf,
            self.grid,
        ):
            self._states.addWidget(state)

    def _arrange(self) -> None:
        names = column(self.name, self.facts, spacing=0)
        top = row()
        top.addLayout(names, 1)
        top.addWidget(self.encoding)
        top.addWidget(self.shown_as)
        layout = column(top, spacing=STEP // 2)
        layout.addWidget(self._states, 1)
        self.setLayout(layout)
        self._show_head(None)

    # Which file

    @property
    def path(self) -> str:
        """The path of the file that is shown, or is about to be; "" for none."""
        return self._wanted.path if self._wanted else ""

    def show_file(self, opened: Opened, wanted: Wanted) -> None:
        """Show a file of a workspace; what was shown before stays until it was read."""
        if self._opened is not opened or self._wanted is None:
            self._states.setCurrentWidget(self._reading)
        if wanted.line >= 0 and not wanted.shown_as:
            wanted = replace(wanted, shown_as="text")
        self._opened, self._wanted = opened, wanted
        self._question += 1
        work = partial(file_sight, opened, wanted)
        self._desk.background.ask(self, work, partial(self._show, self._question), partial(self._fail, self._question))

    def forget(self) -> None:
        """Let go of the file."""
        self._question += 1
        self._opened = self._wanted = None
        self.text.forget()
        self.page.show_nothing()
        self.pdf.show_file(None)
        self.grid.show_rows(())
        self._show_head(None)
        self._states.setCurrentWidget(self._nothing)

    def say_empty(self) -> None:
        """Say that there is no file to be chosen."""
        self.forget()
        self._states.setCurrentWidget(self._empty)

    def _choose_encoding(self, place: int) -> None:
        if self._opened is not None and self._wanted is not None:
            chosen = self.encoding.itemData(place)
            self.show_file(self._opened, Wanted(self._wanted.path, chosen, self._wanted.shown_as))

    def _choose_form(self, place: int) -> None:
        if self._opened is not None and self._wanted is not None:
            self.show_file(self._opened, Wanted(self._wanted.path, "", self.shown_as.itemData(place)))

    # What is shown

    def _show(self, question: int, sight: FileSight) -> None:
        if question != self._question:
            return
        self._show_head(sight)
        self._show_body(sight)
        self.shown.emit()

    def _show_body(self, sight: FileSight) -> None:
        look = sight.look
        if sight.shown is not None:
            self.text.show_text(sight.shown, sight.lines, sight.go_to, sight.marks)
            self._states.setCurrentWidget(self.text)
        elif isinstance(look, PageLook):
            self.page.show_page(PageSight(look.page.html, sight.pictures), keep_place=False)
            self._states.setCurrentWidget(self.page)
        elif isinstance(look, SheetLook):
            self.grid.show_rows(look.sheet.rows)
            self._states.setCurrentWidget(self.grid)
        elif isinstance(look, ArchiveLook) and not look.why:
            self.grid.show_rows(sight.members, numbered=False)
            self._states.setCurrentWidget(self.grid)
        elif sight.pdf is not None:
            self.pdf.show_file(sight.pdf)
            self._states.setCurrentWidget(self.pdf)
        elif isinstance(look, PictureLook) and not sight.picture.isNull():
            self.image.show_picture(sight.picture, sight.fitted, QSize(look.head.width, look.head.height))
            self._states.setCurrentWidget(self.image)
        else:
            self._say(_why_not(look))

    def _fail(self, question: int, problem: Exception) -> None:
        if question != self._question:
            return
        self._show_head(None)
        self.shown_as.setVisible(True)  # what is damaged may still be seen as bytes
        if isinstance(problem, ProblemForTeacher):
            self._say(tr("{what} {next}", what=tr(problem.what), next=tr(problem.next_step)).strip())
        else:
            self._say(tr("This file could not be read."))
            self._desk.went_wrong.emit(problem)
        self.shown.emit()

    def _say(self, words: str) -> None:
        self.says.setText(words)
        self._states.setCurrentWidget(self._trouble)

    def _show_head(self, sight: FileSight | None) -> None:
        self.name.setText(printable(self.path, 1_000))
        self.facts.setText("  ·  ".join(sight.facts) if sight else "")
        text = text_of(sight.look) if sight else None
        self.encoding.setVisible(text is not None)
        self.shown_as.setVisible(self._wanted is not None and sight is not None)
        with QSignalBlocker(self.shown_as):
            chosen = self._wanted.shown_as if self._wanted else ""
            self.shown_as.setCurrentIndex(max(0, self.shown_as.findData(chosen)))
        if text is not None:
            self._fill_encodings(text)

    def _fill_encodings(self, text: TextLook) -> None:
        with QSignalBlocker(self.encoding):
            self.encoding.clear()
            chosen = self._wanted.encoding if self._wanted else ""
            self.encoding.addItem(tr("As found") if chosen else text.text.encoding.label, "")
            for name in _ENCODINGS:
                self.encoding.addItem(name.upper(), name)
            self.encoding.setCurrentIndex(max(0, self.encoding.findData(chosen)))


def _why_not(look: Look) -> str:
    if isinstance(look, LinkLook):
        return tr("This is a link to {target}. Links are not followed.", target=look.target)
    why = look.why if isinstance(look, (PictureLook, ArchiveLook)) else ""
    return tr(why) if why else tr("This picture is damaged and cannot be shown. Choose to see it as bytes.")
