"""What is opened for review: windows, searches, projects, copies to run; joins them with the rest of the window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.sights import CourseSight, course_sight
from exportmanager.jobs.tasks import Task
from exportmanager.library.projects import Project
from exportmanager.program import Program
from exportmanager.review.finding import Hit
from exportmanager.review.opening import Openings
from exportmanager.review.running import Copy, unpack_copy
from exportmanager.review.stacks import Stack
from exportmanager.review.where import Where
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.desktop import open_file
from exportmanager.ui.export_dialog import ExportDialog, choices_of
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.project_taking import NewProject, Taken, take_in
from exportmanager.ui.projects_page import ProjectsDialog
from exportmanager.ui.review_find import FindWindow
from exportmanager.ui.review_run import RunDialog
from exportmanager.ui.review_sight import Wanted, WorkspaceSight
from exportmanager.ui.review_window import ReviewWindow
from exportmanager.ui.words import counted, tr

if TYPE_CHECKING:
    from exportmanager.ui.window import MainWindow

_COPY, _IMPORT = "copy to run", "import project"


def copy_to_run(
    program: Program, where: Where, passphrase: str | None, folder: Path, stack: Stack, meter: Meter
) -> Copy:
    """Open a workspace again, which the window that asked may let go of, and unpack a copy of it."""
    with Openings(program.library) as openings, openings.open(where, passphrase) as opened:
        return unpack_copy(opened, folder, stack, meter)


class Reviewing(QObject):
    """Belongs to a window whose page is there already."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._desk, self._notices = window, window.desk, window.notices
        self._page = window.page.review
        self._folder = ""
        self._page.asked_window.connect(self.open)
        self._page.asked_find.connect(self.find)
        self._page.asked_run.connect(self.ask_to_run)
        self._page.asked_dossier.connect(self.ask_for_dossier)
        window.page.student.asked_review.connect(self._show_student)
        window.shelf.shelf_actions.asked_review.connect(self.open_path)
        window.closed.connect(self._finish)
        self._desk.tasks.ended.connect(self._ended)

    def _finish(self) -> None:
        for dialog in self._window.findChildren(ReviewWindow):
            dialog.close()
        self._page.body.finish()

    # Looking

    def _show_student(self, student: StudentId) -> None:
        self._window.page.tabs.setCurrentWidget(self._page)
        self._page.open_student(student)

    def open(
        self, where: Where | Path, path: str = "", wanted: Wanted | None = None, passphrase: str | None = None
    ) -> ReviewWindow:
        """Open a window on a workspace, or on what lies at a path; `passphrase` is that of an encrypted archive."""
        wanted = wanted or (Wanted(path) if path else None)
        window = ReviewWindow(self._desk, self._window.memory, where, wanted, self._window, passphrase)
        window.asked_window.connect(partial(self._open_from, window))
        window.asked_find.connect(self.find)
        window.asked_run.connect(self.ask_to_run)
        window.asked_dossier.connect(self.ask_for_dossier)
        QTimer.singleShot(0, window, window.show)  # to make it and to show it at once would hold up the other windows
        return window

    def _open_from(self, window: ReviewWindow, where: Where, path: str) -> None:
        """Open another window; the passphrase of the same archive is known."""
        self.open(where, path, passphrase=window.passphrase if window.lies_in(where) else None)

    def open_path(self, path: Path) -> None:
        """Open a window on an archive, a zip, a tar or a folder."""
        self.open(path)

    def choose_file(self, _: bool = False) -> None:
        """Ask for a zip, a tar or an archive."""
        self._choose(QFileDialog.FileMode.ExistingFile)

    def choose_folder(self, _: bool = False) -> None:
        """Ask for a folder."""
        self._choose(QFileDialog.FileMode.Directory)

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self._window, tr("Open a workspace"), self._folder or downloads())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, file: str) -> None:
        self._folder = str(Path(file).parent)
        self.open_path(Path(file))

    # Finding

    def find(self, start: CourseId | Where | Path | None = None, passphrase: str | None = None) -> None:
        """Open a window that finds words: in a course, or in a file."""
        path = start if isinstance(start, Path) else None
        course = start if isinstance(start, str) else None
        if isinstance(start, Where):
            course = start.course or None
            path = Path(start.path) if start.kind == "file" else None
        window = FindWindow(self._desk, self._window.memory, course, path, self._window, passphrase)
        window.asked_open.connect(self.open_hit)
        window.show()
        window.field.setFocus()

    def find_in_course(self, _: bool = False) -> None:
        """Find words in the course that is shown, or in all."""
        sight = self._window.page.sight
        self.find(sight.overview.info.id if sight else None)

    def open_hit(self, hit: Hit, passphrase: str | None = None) -> None:
        """Show the line: in the tab, if it is of the newest work in the course there, or in a window."""
        where = hit.place.where
        wanted = Wanted(hit.path, line=hit.line - 1, found=hit.text, marks=hit.spans if hit.line else ())
        sight = self._window.page.sight
        is_newest = where.kind == "workspace" and not hit.place.version
        if is_newest and sight is not None and sight.overview.info.id == where.course:
            self._window.page.tabs.setCurrentWidget(self._page)
            self._page.open_workspace(where, wanted)
            self._window.activateWindow()
            return
        for window in self._window.findChildren(ReviewWindow):
            if window.shows(where):
                window.body.show_workspace(where, wanted)
                window.activateWindow()
                return
        self.open(where, wanted=wanted, passphrase=passphrase)

    # Dossiers

    def ask_for_dossier(self, where: Where) -> None:
        """Ask for the options of a dossier on a student's work."""
        around = self.sender()
        parent = around.window() if isinstance(around, QWidget) else self._window
        work = partial(course_sight, self._desk.program, where.course)
        self._desk.background.ask(parent, work, partial(self._show_dossier, where, parent))

    def _show_dossier(self, where: Where, parent: QWidget, sight: CourseSight) -> None:
        if where.student not in {choice.id for choice in choices_of(sight).students}:
            self._notices.say(tr("This is a teacher's work."), tr("Dossiers are made of the work of students."))
            return
        offer = next(offer for offer in sight.offers if offer.kind.id == "dossier")
        ExportDialog(self._desk, offer, sight, (where.assignment,), (where.student,), parent).open()

    # Projects

    def show_projects(self, _: bool = False) -> None:
        """Show the workspaces outside any course."""
        dialog = ProjectsDialog(self._desk, self._window.memory, self._window)
        dialog.asked_import.connect(self.import_projects)
        dialog.asked_window.connect(self.open)
        dialog.show()

    def import_projects(self, wanted: Sequence[NewProject]) -> None:
        """Take workspaces into the library."""
        what = counted(len(wanted), "1 project", "%Ln projects") if len(wanted) > 1 else wanted[0].name
        work = partial(take_in, self._desk.program, wanted)
        self._desk.tasks.start(_IMPORT, tr("Importing {name}", name=printable(what)), work)

    # Copies to run

    def ask_to_run(self, sight: WorkspaceSight) -> None:
        """Ask where a copy is to go, and what it runs with."""
        around = self.sender()
        parent = around if isinstance(around, QWidget) else self._window
        name = sight.opened.name
        dialog = RunDialog(self._desk, self._window.memory, sight.opened, name, parent.window())
        dialog.asked.connect(partial(self.unpack, sight, name))
        dialog.open()

    def unpack(self, sight: WorkspaceSight, name: str, folder: Path, stack: Stack) -> None:
        """Unpack a copy."""
        work = partial(copy_to_run, self._desk.program, sight.where, sight.passphrase, folder, stack)
        self._desk.tasks.start(_COPY, tr("Copying {name}", name=printable(name)), work)

    # What came of it

    def _ended(self, task: Task, outcome: Outcome) -> None:
        if task.what not in {_COPY, _IMPORT}:
            return
        doing = tr("copying a workspace") if task.what == _COPY else tr("importing a project")
        if outcome.was_stopped:
            self._notices.say(tr("Stopped: {what}", what=task.title), tr("Nothing of it was left behind."))
        elif not outcome.is_done:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            self._notices.say_problem(error, doing)
        elif isinstance(outcome.value, Copy):
            self._say_copied(outcome.value)
        else:
            self._say_imported(outcome.value)

    def _say_copied(self, copy: Copy) -> None:
        open_file(copy.folder)
        text = counted(copy.files, "1 file was copied to {folder}.", "%Ln files were copied to {folder}.")
        warnings = []
        if copy.brings_own:
            warnings.append(
                tr("It brings settings for a container of its own, which may run commands: look at them first.")
            )
        if copy.renamed:
            warnings.append(counted(len(copy.renamed), "1 name was changed.", "%Ln names were changed."))
        actions: list[Any] = [(tr("Open the folder"), partial(open_file, copy.folder))]
        if copy.gaps:
            actions.append((tr("Show the gaps"), partial(self._show_gaps, copy)))
        mood = "warning" if warnings or copy.gaps else "good"
        self._notices.say(text.format(folder=copy.folder), " ".join(warnings), mood=mood, actions=actions)

    def _show_gaps(self, copy: Copy) -> None:
        GapsDialog(tr("What could not be copied"), list(copy.gaps), self._window).open()

    def _say_imported(self, taken: Taken) -> None:
        if len(taken.projects) == 1 and not taken.failed and not taken.left:
            self._say_one_imported(taken.projects[0])
        else:
            self._say_several_imported(taken)
        self._desk.look()

    def _say_one_imported(self, project: Project) -> None:
        text = tr("{name} is in the library: {files}.", name=printable(project.name),
                  files=counted(project.files, "1 file", "%Ln files"))  # fmt: skip
        left_out = counted(len(project.gaps), "1 was left out.", "%Ln were left out.") if project.gaps else ""
        show = partial(self.open, Where.of_project(project.id))
        self._notices.say(text, left_out, mood="info" if project.gaps else "good", actions=[(tr("Review"), show)])

    def _say_several_imported(self, taken: Taken) -> None:
        gaps = [*taken.failed, *(gap for project in taken.projects for gap in _gaps_of(project))]
        text = counted(len(taken.projects), "1 project is in the library.", "%Ln projects are in the library.")
        said = [counted(len(taken.failed), "1 could not be taken in.", "%Ln could not be taken in.")] * bool(
            taken.failed
        )
        said += [counted(taken.left, "1 was stopped.", "%Ln were stopped.")] * bool(taken.left)
        actions: list[Any] = [(tr("Show projects"), self.show_projects)]
        if gaps:
            actions.append((tr("Show the gaps"), partial(self._show_import_gaps, gaps)))
        mood = "warning" if taken.failed else "info" if gaps or taken.left else "good"
        self._notices.say(text, " ".join(said), mood=mood, actions=actions)

    def _show_import_gaps(self, gaps: Sequence[Gap]) -> None:
        GapsDialog(tr("What was not taken in"), list(gaps), self._window).open()


def _gaps_of(project: Project) -> list[Gap]:
    return [gap.model_copy(update={"who": printable(project.name)}) for gap in project.gaps]
