"""Projects: workspaces outside any course, taken in to be reviewed; their names and stacks, which can be changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QMenu,
    QMessageBox,
    QWidget,
)

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.jobs.desk import Desk
from exportmanager.library.projects import Project
from exportmanager.program import Program
from exportmanager.review.stacks import Stack
from exportmanager.review.where import Where
from exportmanager.ui import theme
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.kit import STEP, Empty, button, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.project_dialog import ProjectDialog
from exportmanager.ui.project_import import ProjectsImport
from exportmanager.ui.project_taking import NewProject, guessed_stack, name_of
from exportmanager.ui.review_stack import title_of
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.says import Says
from exportmanager.ui.sheet import KeptLayout, SearchField, Sheet
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, exact_moment, moment, number, size, tr


class ProjectsDialog(QDialog):
    """`asked_import` carries a tuple of `NewProject`, `asked_window` a `Where` and ""."""

    asked_import = Signal(object)
    asked_window = Signal(object, str)

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Projects"))
        self.setAcceptDrops(True)
        self._desk = desk
        self._question = 0
        self.rows: Rows[Project] = Rows(_columns(), _key)
        self.table = Table(self.rows, tr("Projects"), tr("Workspaces outside any course; Enter opens one"))
        self._layout = KeptLayout(self.table, memory, "columns of projects")
        self.search = SearchField(
            tr("Search projects"), tr("Shows projects whose name, stack or place holds every word")
        )
        about = tr(
            "Take in a zip, a tar or a folder with somebody's work, to look into it here. Or drop some on this window."
        )
        self.sheet = Sheet(self.table, Empty(tr("There are no projects"), about))
        self.says = Says()
        self.menu = QMenu(self)
        self._make_buttons()
        self._arrange()
        self._connect()
        self.resize(820, 480)
        self.read()

    def _make_buttons(self) -> None:
        about = tr("takes workspaces into the library")
        self.file_button = button(tr("Import files..."), self._choose_file, icon="add", about=about)
        self.folder_button = button(tr("Import folder..."), self._choose_folder, icon="folder", about=about)
        of = tr("the selected project")
        self.open_button = button(tr("Review"), self._open, icon="preview", about=of)
        self.change_button = button(tr("Name and stack..."), self._change, icon="rename", about=of)
        self.gaps_button = button(tr("Gaps"), self._show_gaps, icon="gap", about=of)
        self.remove_button = button(tr("Remove..."), self._ask_removal, icon="remove", about=of)

    def _arrange(self) -> None:
        self.search.setMinimumHeight(self.file_button.sizeHint().height())
        top = row(self.search)
        top.addStretch(1)
        top.addWidget(self.file_button)
        top.addWidget(self.folder_button)
        below = row(self.open_button, self.change_button, self.gaps_button, self.remove_button)
        below.addStretch(1)
        below.addWidget(button(tr("Close"), self.reject))
        layout = column(top, margin=STEP)
        layout.addWidget(self.sheet, 1)
        layout.addWidget(self.says)
        layout.addLayout(below)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.table.opened.connect(self._open)
        self.table.picked.connect(self._allow)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._desk.library_changed.connect(self.read)
        for icon, words, done in (
            ("preview", tr("Review"), self._open),
            ("rename", tr("Name and stack..."), self._change),
            ("remove", tr("Remove..."), self._ask_removal),
        ):
            self.menu.addAction(theme.icon(icon), words).triggered.connect(done)

    # What is there

    def read(self) -> None:
        """Read the list anew."""
        self._question += 1
        self._desk.background.ask(self, self._desk.program.library.projects.all, partial(self._show, self._question))

    def _show(self, question: int, projects: Sequence[Project]) -> None:
        if question == self._question:
            self.rows.set_rows(projects)
            self._allow()

    def _chosen(self) -> Project | None:
        chosen = self.table.chosen()
        return chosen[0] if len(chosen) == 1 else None

    def _allow(self) -> None:
        chosen = self._chosen()
        for part in (self.open_button, self.change_button, self.remove_button):
            part.setEnabled(chosen is not None)
        self.gaps_button.setVisible(chosen is not None and bool(chosen.gaps))

    def _show_menu(self, at: QPoint) -> None:
        if self._chosen() is not None:
            self.menu.popup(self.table.viewport().mapToGlobal(at))

    # Taking in

    def _choose_file(self) -> None:
        self._choose(QFileDialog.FileMode.ExistingFiles)

    def _choose_folder(self) -> None:
        self._choose(QFileDialog.FileMode.Directory)

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, tr("Choose projects"), downloads())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self.take)
        dialog.open()

    def take(self, files: Sequence[str]) -> None:
        """Look what files and folders seem to be, then ask for their names and stacks."""
        self.says.say("")
        paths = list(dict.fromkeys(map(Path, files)))
        if len(paths) > 1:
            dialog = ProjectsImport(self._desk, paths, self)
            dialog.asked.connect(self.asked_import)
            dialog.open()
            return
        for path in paths:
            work = partial(guessed_stack, self._desk.program, path)
            self._desk.background.ask(self, work, partial(self._ask, path), self._refuse)

    def _ask(self, path: Path, stack: Stack | None) -> None:
        dialog = ProjectDialog(tr("Import project"), name_of(path), stack.id if stack else "", tr("Import"), self)
        dialog.asked.connect(partial(self._import, path))
        dialog.open()

    def _import(self, path: Path, name: str, stack: str) -> None:
        self.asked_import.emit((NewProject(path, name, stack),))

    def _refuse(self, problem: Exception) -> None:
        if isinstance(problem, ProblemForTeacher):
            self.says.say(f"{tr(problem.what)} {tr(problem.next_step)}".strip())
            self.says.announce()
        else:
            self._desk.went_wrong.emit(problem)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        event.acceptProposedAction()
        self.take([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    # One of them

    def _open(self, _: object = None) -> None:
        if (chosen := self._chosen()) is not None:
            self.asked_window.emit(Where.of_project(chosen.id), "")

    def _change(self, _: object = None) -> None:
        if (chosen := self._chosen()) is not None:
            dialog = ProjectDialog(tr("Name and stack"), chosen.name, chosen.stack, tr("Keep"), self)
            dialog.asked.connect(partial(self._keep, chosen.id))
            dialog.open()

    def _keep(self, project: int, name: str, stack: str) -> None:
        self._do(partial(_change, self._desk.program, project, name, stack))

    def _show_gaps(self, _: object = None) -> None:
        if (chosen := self._chosen()) is not None:
            GapsDialog(tr("What was not read of {name}", name=chosen.name), chosen.gaps, self).open()

    def _ask_removal(self, _: object = None) -> None:
        if (chosen := self._chosen()) is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(tr("Remove project"))
        box.setText(tr("Remove {name} from the library?", name=chosen.name))
        box.setInformativeText(tr("Its files go for good. What it was taken in from stays where it is."))
        keep = box.addButton(tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
        remove = box.addButton(tr("Remove"), QMessageBox.ButtonRole.AcceptRole)
        named(keep, keep.text(), tr("Removes nothing"))
        named(remove, remove.text(), tr("Removes the project and its files"))
        box.setDefaultButton(keep)
        box.accepted.connect(partial(self.remove, chosen.id))
        box.open()

    def remove(self, project: int) -> None:
        """Let a project go for good."""
        self._do(partial(self._desk.program.library.projects.remove, project))

    def _do(self, work: Callable[[], object]) -> None:
        self.says.say("")
        self._desk.background.ask(self, work, self._done, self._refuse)

    def _done(self, _: object) -> None:
        self.read()


def _change(program: Program, project: int, name: str, stack: str) -> None:
    program.library.projects.rename(project, name)
    program.library.projects.set_stack(project, stack)


def _key(project: Project) -> int:
    return project.id


def _gaps(project: Project) -> str:
    return counted(len(project.gaps), "1 gap", "%Ln gaps") if project.gaps else ""


def _columns() -> list[Column[Project]]:
    return [
        Column(id="name", title=tr("Name"), text=lambda one: one.name, is_wide=True),
        Column(id="stack", title=tr("Stack"), text=lambda one: title_of(one.stack) or tr("Not known")),
        Column(
            id="imported", title=tr("Taken in"), text=lambda one: moment(one.imported_at),
            sort=lambda one: one.imported_at, tip=lambda one: exact_moment(one.imported_at),
        ),
        Column(
            id="files", title=tr("Files"), text=lambda one: number(one.files), sort=lambda one: one.files,
            is_number=True,
        ),
        Column(
            id="size", title=tr("Size"), text=lambda one: size(one.bytes), sort=lambda one: one.bytes, is_number=True
        ),
        Column(
            id="gaps", title=tr("Gaps"), text=_gaps,
            sort=lambda one: len(one.gaps), colour=lambda one: "warning" if one.gaps else "",
        ),
        Column(id="origin", title=tr("From"), text=lambda one: one.origin),
    ]  # fmt: skip
