"""How a course is archived, beside its name: an icon and words, which open its certificate."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound
from exportmanager.deleting import Proof
from exportmanager.jobs.desk import Desk
from exportmanager.ui import theme
from exportmanager.ui.archive_words import mark_of
from exportmanager.ui.kit import ICON, STEP, Button, Text, named, row
from exportmanager.ui.overview_words import Verdict
from exportmanager.ui.shelf_parts import Mark
from exportmanager.ui.words import tr


class VerdictLine(QWidget):
    """An icon and a sentence in its colour."""

    def __init__(self, size: str = "heading") -> None:
        super().__init__()
        self._mark, self.words = Mark(), Text(size=size)
        layout = row(self._mark, self.words, spacing=STEP)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_verdict(self, verdict: Verdict) -> None:
        """Say another one."""
        self._mark.show_mark(verdict.icon, verdict.colour)
        self.words.setText(verdict.text)
        self.words.set_colour(verdict.colour if verdict.colour != "muted" else "text")


class ArchiveMark(Button):
    """Says it of the course that is shown, as soon as it is known: the archive's disk may take its time to answer.

    `asked_certificate` and `asked_archive` carry the course: whether there is an archive decides which of them comes.
    """

    asked_certificate = Signal(object)
    asked_archive = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._course: CourseId | None = None
        self._asked: CourseId | None = None
        self._is_stale = False
        self._verdict = Verdict("archive", "muted", "")
        self.proof: Proof | None = None
        self.setFlat(True)
        self.setAutoDefault(False)
        self.setIconSize(ICON)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._clicked)
        self.hide()

    def show_course(self, course: CourseId) -> None:
        """Look how a course is archived; what is said of the same course stays until that is known."""
        if course != self._course:
            self.hide()
        self._course = course
        if self._asked is not None:
            self._is_stale = True
            return
        self._asked, self._is_stale = course, False
        work = partial(self._desk.program.deleting.proof, course)
        self._desk.background.ask(self, work, self._known, self._not_known)

    def _known(self, proof: Proof) -> None:
        if self._answered():
            self.proof = proof
            self._say(mark_of(proof, self._desk.program.clock()))

    def _not_known(self, error: Exception) -> None:
        if self._answered() and not isinstance(error, NotFound):  # the course has just gone
            self._desk.went_wrong.emit(error)

    def _answered(self) -> bool:
        """Whether the answer is of the course that is shown; where it is not, or may be too old, look again."""
        asked, self._asked = self._asked, None
        is_of_this = asked == self._course
        if self._is_stale and self._course is not None:
            self.show_course(self._course)
        return is_of_this

    def _say(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.setText(verdict.text)
        is_new = self.proof is None or self.proof.archive is None
        does = tr("Opens the dialog that archives the course") if is_new else tr("Shows the archives of the course")
        named(self, verdict.text, does)
        self.setToolTip(tr(self.proof.says) if self.proof else does)
        self._draw()
        self.show()

    def _draw(self) -> None:
        self.setIcon(theme.icon(self._verdict.icon, self._verdict.colour))
        wanted = QColor(getattr(theme.colours(), self._verdict.colour))
        if self.palette().color(QPalette.ColorRole.ButtonText) != wanted:  # else this would call itself without end
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.ButtonText, wanted)
            self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Wear the colours of the new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._verdict.text:
            self._draw()

    def _clicked(self) -> None:
        if self._course is None or self.proof is None:
            return
        if self.proof.archive is None:
            self.asked_archive.emit(self._course)
        else:
            self.asked_certificate.emit(self._course)
