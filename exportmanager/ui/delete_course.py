"""Shows what goes with a course before it is deleted, whether an archive proves that all of it is kept, and asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.trash import TRASH_DAYS, Going
from exportmanager.deleting import Proof
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.archive_mark import VerdictLine
from exportmanager.ui.archive_words import from_shelf, safety_of, sentences
from exportmanager.ui.fact_grid import FactGrid
from exportmanager.ui.kit import STEP, Text, button, column, labelled, line, row
from exportmanager.ui.option_inputs import Switch
from exportmanager.ui.overview_words import Fact
from exportmanager.ui.says import Says
from exportmanager.ui.words import counted, number, size, tr


@dataclass(frozen=True, slots=True)
class _Ahead:
    going: Going
    proof: Proof


def _look(program: Program, course: CourseId) -> _Ahead:
    return _Ahead(program.deleting.going(course), program.deleting.proof(course))


def facts_of(going: Going) -> Iterator[Fact]:
    """What goes, in numbers."""
    elsewhere = counted(going.elsewhere, "1 is in another course too, and stays there",
                        "%Ln are in other courses too, and stay there") if going.elsewhere else ""  # fmt: skip
    yield Fact(tr("Students"), number(going.students), elsewhere)
    yield Fact(tr("Workspaces"), number(going.workspaces), tr("with earlier versions"))
    yield Fact(tr("Files"), number(going.files), size(going.bytes))
    yield Fact(tr("Answers"), number(going.answers))
    yield Fact(tr("Access events"), number(going.access_events))
    yield Fact(tr("Questions to the coach"), number(going.coach_logs))
    yield Fact(tr("Blueprints"), number(going.blueprints))
    yield Fact(tr("Your notes"), number(going.notes))
    yield Fact(tr("Exports on the shelf"), number(len(going.shelf)))


class DeleteDialog(QDialog):
    """`deleted` carries the `Going` of the course, which is in the trash then; `asked_archive` its id.

    Shown with `open()`.
    """

    deleted = Signal(object)
    asked_archive = Signal(object)
    asked_certificate = Signal(object)

    def __init__(self, desk: Desk, course: CourseId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Delete course"))
        self._desk, self._course = desk, course
        self._ahead: _Ahead | None = None
        self._is_deleting = self._is_asking = self._is_stale = False
        self._trouble = ""
        self._make()
        self._arrange()
        self._connect()
        self.read()
        self._look()

    # How it looks

    def _make(self) -> None:
        self.title = Text(size="title")
        self.facts = FactGrid()
        self.from_shelf = Text(colour="muted")
        self.verdict = VerdictLine()
        self.archive_button = button(
            tr("Archive it first..."), self._ask_archive, icon="archive", about=tr("the course")
        )
        self.certificate_button = button(tr("Show the archives"), self._ask_certificate, icon="open")
        self.without = Switch(tr("Delete without archive"))
        self.without.setAccessibleDescription(tr("Though nothing proves that all of it is kept elsewhere"))
        self.warning = Says("problem")
        self.word = QLineEdit()
        self.word.setMinimumWidth(30 * STEP)
        self.word_label = labelled(tr("&Type the code"), self.word)
        self.says = Says("info")
        self.says.setAccessibleName(tr("What will happen"))
        self.delete_button = button(tr("Delete"), self.delete, icon="remove", about=tr("puts it into the trash"))
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without deleting"))

    def _arrange(self) -> None:
        box = QDialogButtonBox()
        box.addButton(self.delete_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.delete_button.setDefault(True)
        layout = column(self.title, margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addWidget(self._scrolled(), 1)
        layout.addWidget(line())
        layout.addLayout(self._typing())
        layout.addWidget(self.says)
        layout.addWidget(box)
        self.setLayout(layout)
        self.setMinimumSize(480, 380)
        self.resize(760, 620)

    def _scrolled(self) -> QScrollArea:
        archives = row(self.archive_button, self.certificate_button)
        archives.addStretch(1)
        about = tr(
            "What is listed goes into the trash for {days} days. Until then you can put it back as it was. Archives "
            "are never touched.",
            days=number(TRASH_DAYS),
        )
        inside = column(Text(about), self.facts, self.from_shelf, line(), self.verdict, spacing=2 * STEP)
        inside.addLayout(archives)
        inside.addLayout(column(self.without, self.warning, spacing=STEP // 2))
        inside.addStretch(1)
        inside.setContentsMargins(0, 0, STEP, 0)
        widget = QWidget()
        widget.setLayout(inside)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(widget)
        return scroll

    def _typing(self) -> QVBoxLayout:
        self.asked_for = Text()
        self.word_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        field = row(self.word_label, self.word)
        field.addStretch(1)
        return column(self.asked_for, field, spacing=STEP)

    def _connect(self) -> None:
        self.word.textChanged.connect(self._typed)
        self.without.changed.connect(self._typed)
        self._desk.library_changed.connect(self.read)

    # What is known

    def read(self) -> None:
        """Look anew what would go."""
        if self._is_deleting:
            return
        if self._is_asking:
            self._is_stale = True
            return
        self._is_asking, self._is_stale = True, False
        self._desk.background.ask(self, partial(_look, self._desk.program, self._course), self._known, self._not_known)

    def _known(self, ahead: _Ahead) -> None:
        self._is_asking = False
        is_first, self._ahead = self._ahead is None, ahead
        going, proof = ahead.going, ahead.proof
        self.title.setText(going.info.title)
        self.facts.show_facts(list(facts_of(going)))
        self.from_shelf.setText(from_shelf(going.shelf))
        self.from_shelf.setVisible(bool(going.shelf))
        self.verdict.show_verdict(safety_of(proof))
        self.archive_button.setVisible(not proof.is_safe)
        self.certificate_button.setVisible(proof.archive is not None)
        self.without.setVisible(not proof.is_safe)
        what = tr("code") if going.info.code else tr("title")
        self.asked_for.setText(
            tr("To say that you mean it, type the {what} of the course: {word}", what=what, word=going.word)
        )
        self.word_label.setText(tr("&Type the code") if going.info.code else tr("&Type the title"))
        if is_first:
            self.word.setFocus(Qt.FocusReason.OtherFocusReason)
        self._look()
        if self._is_stale:
            self.read()

    def _not_known(self, error: Exception) -> None:
        self._is_asking = False
        self._fail(error)

    # Deleting

    def _typed(self) -> None:
        self._trouble = ""
        self._look()

    def _look(self) -> None:
        reason = self._reason()
        self.delete_button.setEnabled(not reason)
        wants_none = self.without.value() and not self.without.isHidden()
        self.warning.say(
            tr("Nothing proves that what is here is kept anywhere else. After the trash it is gone for good.")
            if wants_none
            else ""
        )
        self.says.say(self._trouble or reason, "problem" if self._trouble else "info")

    def _reason(self) -> str:
        """Why it cannot be deleted now; "" where it can."""
        if self._ahead is None:
            return tr("Looking at what would go ...")
        if self._is_deleting:
            return tr("Deleting ...")
        if not self._ahead.proof.is_safe and not self.without.value():
            return tr("Archive the course first, or tick that it goes without an archive.")
        if self.word.text().strip() != self._ahead.going.word:
            return tr("Type {word} to delete this course.", word=self._ahead.going.word)
        return ""

    def delete(self) -> None:
        """Put it into the trash, and close."""
        if not self.delete_button.isEnabled():
            return
        self._is_deleting = True
        self._look()
        work = partial(
            self._desk.program.deleting.delete, self._course, self.word.text(), without_archive=self.without.value()
        )
        self._desk.background.ask(self, work, self._deleted, self._fail)

    def _deleted(self, going: Going) -> None:
        self._is_deleting = False
        self._desk.library_changed.disconnect(self.read)  # there is nothing left to read
        self.accept()
        self.deleted.emit(going)

    def _fail(self, error: Exception) -> None:
        self._is_deleting = False
        if isinstance(error, ProblemForTeacher):
            self._trouble = sentences(error)
        else:
            self._trouble = tr("Something in this program went wrong. Nothing was deleted.")
            self._desk.went_wrong.emit(error)
        self._look()
        self.says.announce()

    def done(self, result: int) -> None:
        """Close; but what is being deleted is in a moment."""
        if not self._is_deleting:
            super().done(result)

    def _ask_archive(self) -> None:
        self.reject()
        self.asked_archive.emit(self._course)

    def _ask_certificate(self) -> None:
        self.reject()
        self.asked_certificate.emit(self._course)
