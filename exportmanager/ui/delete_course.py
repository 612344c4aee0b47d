"""Shows what goes with a course before it is deleted, whether an archive proves that all of it is kept, and asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from exportmanager.core.archive import Standing
from exportmanager.core.course import CourseId
from exportmanager.core.trash import TRASH_DAYS, Going
from exportmanager.deleting import Proof
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.archive_mark import VerdictLine
from exportmanager.ui.archive_words import safety_of
from exportmanager.ui.going_dialog import GoingDialog
from exportmanager.ui.kit import STEP, Elided, Text, button, column, line, row
from exportmanager.ui.option_inputs import Switch
from exportmanager.ui.overview_words import Fact
from exportmanager.ui.room import make_room
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
    yield Fact(tr("Files"), number(going.files), tr("{size} on this disk", size=size(going.bytes)))
    yield Fact(tr("Answers"), number(going.answers))
    yield Fact(tr("Access events"), number(going.access_events))
    yield Fact(tr("Questions to the coach"), number(going.coach_logs))
    yield Fact(tr("Blueprints"), number(going.blueprints))
    yield Fact(tr("Your notes"), number(going.notes))
    yield Fact(tr("Exports on the shelf"), number(len(going.shelf)))


class DeleteDialog(GoingDialog):
    """`deleted` carries the `Going` of the course, which is in the trash then; the others its id.

    Shown with `open()`.
    """

    deleted = Signal(object)
    asked_archive = Signal(object)
    asked_certificate = Signal(object)

    def __init__(self, desk: Desk, course: CourseId, parent: QWidget | None = None) -> None:
        super().__init__(desk, tr("Delete course"), tr("Delete"), parent)
        self._course = course
        self._ahead: _Ahead | None = None
        self._is_deleting = self._is_asking = self._is_stale = False
        self._make()
        self.without.changed.connect(self.changed)
        self.confirmed.connect(self._delete)
        desk.library_changed.connect(self.read)
        make_room(self, 760, 620)
        self.read()
        self.look()

    def _make(self) -> None:
        self.title, self.verdict, self.warning = Elided(size="title"), VerdictLine(), Says("problem")
        about = tr("the course")
        self.archive_button = button(tr("Archive it first..."), self._ask_archive, icon="archive", about=about)
        self.certificate_button = button(tr("Show the archives"), self._ask_certificate, icon="open", about=about)
        self.without = Switch(tr("Delete without archive"))
        self.without.setAccessibleDescription(tr("Though nothing proves that all of it is kept elsewhere"))
        for made in (self.archive_button, self.certificate_button, self.without):
            made.hide()
        self.top.addWidget(self.title)
        self.inside.insertWidget(0, Text(_about()))
        self.inside.addWidget(line())
        self.inside.addWidget(self.verdict)
        archives = row(self.archive_button, self.certificate_button)
        archives.addStretch(1)
        self.inside.addLayout(archives)
        self.inside.addLayout(column(self.without, self.warning, spacing=STEP // 2))
        self.inside.addStretch(1)
        self.come_first(self.archive_button, self.certificate_button, self.without)

    # What is known

    def read(self) -> None:
        """Look anew what would go."""
        if self._is_deleting:
            return
        self._is_stale = self._is_asking
        if not self._is_asking:
            self._is_asking = True
            work = partial(_look, self._desk.program, self._course)
            self._desk.background.ask(self, work, self._known, self._not_known)

    def _known(self, ahead: _Ahead) -> None:
        self._is_asking = False
        is_first, self._ahead = self._ahead is None, ahead
        going, proof = ahead.going, ahead.proof
        self.title.setText(printable(going.info.title, 500))
        self.show_what_goes(list(facts_of(going)), going.shelf)
        self.verdict.show_verdict(safety_of(proof))
        self.archive_button.setText(tr("Archive it again...") if proof.archive else tr("Archive it first..."))
        self.archive_button.setVisible(not proof.is_safe)
        self.certificate_button.setVisible(proof.archive is not None)
        self.without.setVisible(not proof.is_safe)
        self._ask_for_word(going)
        if is_first:
            self.word.setFocus(Qt.FocusReason.OtherFocusReason)
        self.look()
        if self._is_stale:
            self.read()

    def _ask_for_word(self, going: Going) -> None:
        if going.info.code:
            sentence = tr("To say that you mean it, type the code of the course: {word}", word=going.word)
            self.ask_for(sentence, going.word, tr("This is not the code of the course."))
        else:
            sentence = tr("To say that you mean it, type the title of the course: {word}", word=going.word)
            self.ask_for(sentence, going.word, tr("This is not the title of the course."))

    def _not_known(self, error: Exception) -> None:
        self._is_asking = False
        self._fail(error)

    # Deleting

    @property
    def _wants_none(self) -> bool:
        """Whether it is ticked that there need be no archive; where there is a proven one, nobody is asked."""
        return self.without.value() and not self.without.isHidden()

    def reason(self) -> str:
        """Why it cannot be deleted now."""
        gone = tr("Nothing proves that what is here is kept anywhere else. After the trash it is gone for good.")
        self.warning.say(gone if self._wants_none else "")
        if self._is_deleting:
            return tr("Deleting ...")
        if self._ahead is None:
            return tr("Looking at what would go ...")
        if not self._ahead.proof.is_safe and not self._wants_none:
            return _what_first(self._ahead.proof)
        return ""

    def _delete(self) -> None:
        """Put it into the trash, and close."""
        assert self._ahead is not None, "its word was typed"
        self._is_deleting = True
        self.look()
        delete = self._desk.program.deleting.delete
        work = partial(delete, self._course, self._ahead.going.word, without_archive=self._wants_none)
        self._desk.background.ask(self, work, self._deleted, self._fail)

    def _deleted(self, going: Going) -> None:
        self._is_deleting = False
        self._desk.library_changed.disconnect(self.read)  # there is nothing left to read
        self.accept()
        self.deleted.emit(going)

    def _fail(self, error: Exception) -> None:
        self._is_deleting = False
        self.fault(error, tr("Something in this program went wrong. Nothing was deleted."))

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


def _about() -> str:
    return tr(
        "What is listed goes into the trash for {days} days. Until then you can put it back as it was. Archives are "
        "never touched.",
        days=number(TRASH_DAYS),
    )


def _what_first(proof: Proof) -> str:
    """What makes deleting safe, by what keeps it from being so."""
    archive = proof.archive
    if archive is None:
        return tr("Archive the course first, or tick that it goes without an archive.")
    if archive.standing is Standing.NOT_REACHABLE:
        return tr("Connect the disk of its archive first, or tick that it goes without an archive.")
    if archive.standing is None:
        return tr("Verify its archive first, or tick that it goes without an archive.")
    if archive.standing is Standing.WHOLE and archive.certificate.open_gaps:
        return tr("Accept the gaps of its archive first, or tick that it goes without an archive.")
    return tr("Archive the course again first, or tick that it goes without an archive.")
