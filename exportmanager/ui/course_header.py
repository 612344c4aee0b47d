"""The head of a course: its name, and what matters before it is deleted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight
from exportmanager.ui import theme
from exportmanager.ui.adding_report import ImportReportDialog
from exportmanager.ui.archive_mark import ArchiveMark
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.keeping_menu import add_keeping
from exportmanager.ui.kit import STEP, Elided, button, column, menu_button, row
from exportmanager.ui.words import counted, day, holds, tr

_EVERYTHING = "coursework"
"""The kind of export that holds all that students made; a table of grades is no reason to think that all is out."""


class CourseHeader(QWidget):
    """Says what is in a course, when it came in, what is not there, what was last exported, and how it is archived.

    `asked_more` carries the id and the title of the course to which more is to be added; the others carry its id.
    """

    asked_more = Signal(str, str)
    asked_archive = Signal(object)
    asked_certificate = Signal(object)
    asked_delete = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sight: CourseSight | None = None
        self._title = Elided(size="title")
        self._code = Elided(colour="muted")
        self._code.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._facts = Elided(colour="muted")
        self._gaps = button("", self._show_gaps, icon="gap")
        self._gaps.setFlat(True)
        self._gaps.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.mark = ArchiveMark(desk)
        self.mark.asked_archive.connect(self.asked_archive)
        self.mark.asked_certificate.connect(self.asked_certificate)
        self.menu = self._make_menu()
        self.more = menu_button(tr("More"), self.menu, about=tr("what can be done with the course"))
        names = row(spacing=2 * STEP)
        names.addWidget(self._title, 3)
        names.addWidget(self._code, 1)
        names.addWidget(self.more)
        facts = row()
        facts.addWidget(self._facts, 1)
        facts.addWidget(self.mark)
        facts.addWidget(self._gaps)
        layout = column(names, facts, spacing=STEP // 2)
        layout.setContentsMargins(STEP // 2, 0, STEP // 2, STEP)
        self.setLayout(layout)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(theme.icon("add"), tr("Add more to this course...")).triggered.connect(self.ask_for_more)
        self._last = menu.addAction(theme.icon("info"), tr("Last import..."))
        self._last.triggered.connect(self.show_last_import)
        add_keeping(menu, self.ask_to_archive, self.ask_for_certificate, self.ask_to_delete)
        return menu

    def show_course(self, sight: CourseSight) -> None:
        """Show a course."""
        self._sight = sight
        info = sight.overview.info
        self.mark.show_course(info.id)
        self._title.setText(info.title)
        self._code.setText("  ·  ".join(part for part in (info.code, info.term) if part))
        self._facts.setText("  ·  ".join(self._said(sight)))
        self._last.setEnabled(sight.overview.report is not None)
        count = len(self._gaps_of(sight))
        self._gaps.setVisible(bool(count))
        self._gaps.setText(counted(count, "1 gap", "%Ln gaps"))
        self._gaps.setAccessibleName(tr("{gaps} in the last import: show them", gaps=self._gaps.text()))
        self._gaps.setAccessibleDescription(tr("Lists who and what is not in the library, and why"))

    def _said(self, sight: CourseSight) -> list[str]:
        overview = sight.overview
        students = sum(person.student.role == "student" for person in overview.students)
        said = [
            counted(students, "1 student", "%Ln students"),
            counted(len(overview.assignments), "1 assignment", "%Ln assignments"),
            _exported(sight),
        ]
        if overview.imported_at:
            said.append(tr("taken in {day}", day=day(overview.imported_at.astimezone().date())))
        return [*said, tr("data of {day}", day=day(overview.info.taken_on))]

    @staticmethod
    def _gaps_of(sight: CourseSight):
        report = sight.overview.report
        return report.gaps if report else ()

    def ask_for_more(self) -> None:
        """Ask to add more to the course that is shown; nothing happens while none is."""
        if self._sight is not None:
            info = self._sight.overview.info
            self.asked_more.emit(info.id, info.title)

    def ask_to_archive(self, _: bool = False) -> None:
        """Ask to archive the course that is shown; nothing happens while none is."""
        if self._sight is not None:
            self.asked_archive.emit(self._sight.overview.info.id)

    def ask_for_certificate(self, _: bool = False) -> None:
        """Ask for the archives of the course that is shown; nothing happens while none is."""
        if self._sight is not None:
            self.asked_certificate.emit(self._sight.overview.info.id)

    def ask_to_delete(self, _: bool = False) -> None:
        """Ask to delete the course that is shown; nothing happens while none is."""
        if self._sight is not None:
            self.asked_delete.emit(self._sight.overview.info.id)

    def show_last_import(self) -> None:
        """Show what came of the last import; nothing happens where there is no report of it."""
        overview = self._sight.overview if self._sight else None
        if overview is not None and overview.report is not None:
            ImportReportDialog(overview.report, overview.imported_at, self.window()).open()

    def _show_gaps(self) -> None:
        assert self._sight is not None, "the button is there once a course is"
        title = tr("What is not in {course}", course=self._sight.overview.info.title)
        GapsDialog(title, self._gaps_of(self._sight), self.window()).open()


def _exported(sight: CourseSight) -> str:
    """The newest export of everything that students made which left nobody out by choice."""
    newest = next((offer.finished for offer in sight.offers if offer.kind.id == _EVERYTHING), None)
    if newest is None:
        return tr("no full export yet")
    when = day(newest.created_at.astimezone().date())
    return tr("last full export {day}: {holds}", day=when, holds=holds(newest.report))
