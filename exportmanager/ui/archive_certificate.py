"""Shows what an archive proves: how it stands, its matrix in numbers, its gaps, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from exportmanager.archive.certificate import beside
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound, ProblemForTeacher
from exportmanager.core.meter import Progress
from exportmanager.core.report import Gap
from exportmanager.deleting import Proof
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.program import Program
from exportmanager.ui.archive_accepting import GapTabs
from exportmanager.ui.archive_list import is_away, may_be_elsewhere
from exportmanager.ui.archive_mark import VerdictLine
from exportmanager.ui.archive_words import called, facts_of, safety_of, sentences, verdict_of, verified_words
from exportmanager.ui.desktop import open_file, show_in_folder
from exportmanager.ui.fact_grid import FactGrid
from exportmanager.ui.kit import STEP, Elided, Text, button, column, labelled, line, row
from exportmanager.ui.overview_words import Verdict
from exportmanager.ui.room import make_room
from exportmanager.ui.says import Says
from exportmanager.ui.words import number, tr

Shown = tuple[Sequence[ArchiveRecord], Proof | None]


class CertificateDialog(QDialog):
    """The archives of a course, one at a time; beside the window, so that both can be used. Shown with `show()`.

    `asked_delete` carries a course, all other questions an `ArchiveRecord`, `asked_accept` with its gaps.
    """

    asked_inside = Signal(object)
    asked_verify = Signal(object)
    asked_copy = Signal(object)
    asked_place = Signal(object)
    asked_changes = Signal(object)
    asked_accept = Signal(object, object)
    asked_delete = Signal(object)
    asked_restore = Signal(object)
    went_wrong = Signal(object)

    def __init__(self, desk: Desk, course: CourseId, archive: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Archives of a course"))
        self._desk, self._wanted = desk, archive
        self.course = course
        self.archives: Sequence[ArchiveRecord] = ()
        self.archive: ArchiveRecord | None = None
        self._is_asking = self._is_stale = False
        self._make()
        self._arrange()
        self._connect()
        self.read()

    # How it looks

    def _make(self) -> None:
        self.title = Elided(size="title")
        self.safety, self.verdict = VerdictLine(), VerdictLine("body")
        self.which = QComboBox()
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(24)
        self.place, self.hash = Elided(colour="muted"), Elided(colour="muted")
        self.place.cut = Qt.TextElideMode.ElideMiddle
        self.hash.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.times = Text(colour="muted")
        self.facts = FactGrid()
        self.tabs = GapTabs()
        self.says = Says("info")
        about = tr("this archive")
        self.pdf_button = button(tr("Open certificate"), self._open_pdf, icon="open", about=about)
        self.show_button = button(tr("Show in folder"), self._show, icon="folder", about=about)
        self.inside_button = button(tr("Look inside"), self._ask_inside, icon="preview", about=about)
        self.find_button = button(tr("Find it..."), self._ask_place, icon="search", about=about)
        self.verify_button = button(tr("Verify again"), self._ask_verify, icon="verify", about=about)
        self.copy_button = button(tr("Second copy..."), self._ask_copy, icon="copy", about=about)
        self.changes_button = button(tr("What changed..."), self._ask_changes, icon="info", about=tr("since the last"))
        self.delete_button = button(tr("Delete course..."), self._ask_delete, icon="remove", about=tr("in the library"))
        self.restore_button = button(tr("Restore..."), self._ask_restore, icon="undo", about=tr("into the library"))
        self.close_button = button(tr("Close"), self.accept)
        self._for_one = (self.pdf_button, self.inside_button, self.show_button, self.verify_button, self.copy_button)
        for made in (*self._for_one, self.find_button, self.changes_button, self.delete_button, self.restore_button):
            made.hide()  # until an archive is shown

    def _arrange(self) -> None:
        layout = column(self.title, self.safety, margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addLayout(self._choice())
        layout.addLayout(column(self.verdict, self.times, self.place, self.hash, spacing=STEP // 2))
        layout.addWidget(line())
        layout.addWidget(self.facts)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.says)
        layout.addWidget(line())
        layout.addLayout(self._buttons())
        self.setLayout(layout)
        self.setMinimumSize(560, 480)
        make_room(self, 880, 700)

    def _choice(self) -> QHBoxLayout:
        self._which_label = labelled(tr("&Archive"), self.which, tr("Which of the course's archives is shown"))
        for made in (self._which_label, self.which):
            made.hide()  # until there are several
        layout = row(self._which_label, self.which)
        layout.setStretch(1, 1)
        return layout

    def _buttons(self) -> QVBoxLayout:
        first = row(self.pdf_button, self.inside_button, self.show_button, self.find_button, self.verify_button)
        for made in (self.copy_button, self.changes_button):
            first.addWidget(made)
        first.addStretch(1)
        last = row(self.delete_button, self.restore_button)
        last.addStretch(1)
        last.addWidget(self.close_button)
        return column(first, last)

    def _connect(self) -> None:
        self.which.activated.connect(self._choose)
        self.tabs.accepting.asked.connect(self._ask_accept)
        self._desk.library_changed.connect(self.read)
        self._desk.tasks.begun.connect(self._task_began)
        self._desk.tasks.progressed.connect(self._task_went_on)
        self._desk.tasks.ended.connect(self._task_ended)

    # What is shown

    def read(self) -> None:
        """Read the archives of the course anew."""
        if self._is_asking:
            self._is_stale = True
            return
        self._is_asking, self._is_stale = True, False
        work = partial(_read, self._desk.program, self.course)
        self._desk.background.ask(self, work, self._show_all, self._not_read)

    def _not_read(self, error: Exception) -> None:
        self._is_asking = False
        self.went_wrong.emit(error)

    def _show_all(self, found: Shown) -> None:
        self._is_asking = False
        self.archives, proof = found
        if not self.archives:  # the last one was forgotten
            self.accept()
            return
        self.safety.show_verdict(safety_of(proof) if proof else _gone())
        self.delete_button.setVisible(proof is not None)
        self.restore_button.setVisible(proof is None)
        self._list_archives()
        self._show_one(self.archives[self.which.currentIndex()])
        if self._is_stale:
            self.read()

    def _list_archives(self) -> None:
        """List them in the box, and stay at the one that is shown."""
        wanted = self._wanted or (self.archive.id if self.archive else 0)
        self._wanted = 0
        self.which.clear()
        for archive in self.archives:  # copies have the same name
            self.which.addItem(tr("{name} in {folder}", name=called(archive.path.name), folder=archive.path.parent))
        places = [n for n, archive in enumerate(self.archives) if archive.id == wanted]
        self.which.setCurrentIndex(places[0] if places else 0)
        several = len(self.archives) > 1
        self.which.setVisible(several)
        self._which_label.setVisible(several)

    def _choose(self, place: int) -> None:
        self._show_one(self.archives[place])

    def show_archive(self, archive: int) -> None:
        """Show another one of the course, as soon as it is known; 0: stay at the one that is shown."""
        if archive:
            self._wanted = archive
            self.read()

    def _show_one(self, archive: ArchiveRecord) -> None:
        before, self.archive = self.archive, archive
        self.title.setText(printable(archive.course_title, 500))
        self.verdict.show_verdict(verdict_of(archive))
        self.times.setText(verified_words(archive))
        self.place.setText(str(archive.path))
        self.hash.setText(tr("SHA-256: {hash}", hash=archive.sha256))
        self.facts.show_facts(list(facts_of(archive.certificate)))
        self.find_button.setVisible(may_be_elsewhere(archive))
        is_first = all(archive.made_at <= other.made_at for other in self.archives)
        self.changes_button.setVisible(not is_away(archive) and not is_first)
        for made in self._for_one:
            made.setVisible(not is_away(archive))
        if before is None or before.certificate != archive.certificate:
            self.tabs.show_gaps(archive.certificate)

    # What is under way

    def _task_began(self, task: Task) -> None:
        if self._is_of_this(task):
            self.says.say(tr("{what} ... Its bar is on the shelf.", what=task.title), "info")
            self._enable(False)

    def _task_went_on(self, task: Task, progress: Progress) -> None:
        if self._is_of_this(task) and progress.total > 0:
            percent = number(int(100 * progress.fraction))
            self.says.say(tr("{what}: {percent} %", what=task.title, percent=percent), "info")

    def _task_ended(self, task: Task, outcome: Outcome) -> None:
        if self._is_of_this(task):
            self._say_problem(outcome.problem)
            self._enable(True)
            self.read()

    def _say_problem(self, problem: Exception | None) -> None:
        """Say it here too: the window's bar may lie behind."""
        self.says.say(sentences(problem) if isinstance(problem, ProblemForTeacher) else "", "problem")

    def _is_of_this(self, task: Task) -> bool:
        return task.course == self.course and task.what in {"verify archive", "copy archive"}

    def _enable(self, is_enabled: bool) -> None:
        for made in (self.verify_button, self.copy_button):
            made.setEnabled(is_enabled)

    # What is asked for

    @property
    def _shown(self) -> ArchiveRecord:
        assert self.archive is not None, "its buttons work once one is shown"
        return self.archive

    def _open_pdf(self) -> None:
        pdf = beside(self._shown.path)[1]
        self._desk.background.ask(self, partial(_certificate_there, pdf), self._open, self._say_problem)

    def _open(self, pdf: Path) -> None:
        self.says.say("")
        open_file(pdf)

    def _show(self) -> None:
        show_in_folder(self._shown.path)

    def _ask_inside(self) -> None:
        self.asked_inside.emit(self._shown)

    def _ask_place(self) -> None:
        self.asked_place.emit(self._shown)

    def _ask_verify(self) -> None:
        self.asked_verify.emit(self._shown)

    def _ask_copy(self) -> None:
        self.asked_copy.emit(self._shown)

    def _ask_changes(self) -> None:
        self.asked_changes.emit(self._shown)

    def _ask_accept(self, gaps: Sequence[Gap]) -> None:
        self.asked_accept.emit(self._shown, gaps)

    def _ask_restore(self) -> None:
        self.accept()
        self.asked_restore.emit(self._shown)

    def _ask_delete(self) -> None:
        self.accept()
        self.asked_delete.emit(self.course)


def _read(program: Program, course: CourseId) -> Shown:
    """The archives of a course, and what they prove together; no proof is needed of a course that is not there."""
    is_here = course in program.library.course_ids()
    return program.archives.proofs.all(course), program.deleting.proof(course) if is_here else None


def _certificate_there(pdf: Path) -> Path:
    if not pdf.is_file():
        raise NotFound(f"The certificate {pdf.name} is not beside the archive any more.", "Use another copy of it.")
    return pdf


def _gone() -> Verdict:
    return Verdict("info", "muted", tr("The course is not in the library any more. It can be restored from here."))
