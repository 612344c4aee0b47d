"""A window of its own for workspaces of a course, a project, an archive, or any zip, tar or folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from exportmanager.core.errors import BadOptions, ProblemForTeacher
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.review.where import Where
from exportmanager.ui.archive_passphrase import PassphraseLine
from exportmanager.ui.kit import STEP, Empty, Text, button, column, labelled, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_body import ReviewBody
from exportmanager.ui.review_groups import Choice, choices_in, choices_of
from exportmanager.ui.review_opened import OpenWorkspaces
from exportmanager.ui.review_sight import Wanted
from exportmanager.ui.words import tr

_SIZE = "size of review windows"
_USUAL = [1180, 760]
_FRAME = QSize(2 * STEP, 10 * STEP)
"""What a desktop puts around a window: no part of that may lie beyond the screen."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies where a teacher wants to look."""

    title: str
    choices: Sequence[Choice]


def found_at(desk: Desk, openings: OpenWorkspaces, start: Where | Path, passphrase: str | None) -> Found:
    """The workspaces beside `start`, or in it. Raises `ProblemForTeacher`."""
    library = desk.program.library
    if isinstance(start, Path) or start.kind == "file":
        path = start if isinstance(start, Path) else Path(start.path)
        return Found(path.name, choices_of(openings.within(path, passphrase)))
    if start.kind == "project":
        project = library.projects.get(start.project)
        return Found(project.name, [Choice(start, "", "", printable(project.name))])
    overview = library.overview(start.course)
    return Found(overview.info.title, choices_in(library, start.course))


class ReviewWindow(QDialog):
    """Shows `start`: a workspace, and the others beside it, or what lies in a file or folder.

    `asked_find` carries `start` and the passphrase of an encrypted archive, or None.
    """

    asked_window = Signal(object, str)
    asked_find = Signal(object, object)
    asked_run = Signal(object)
    asked_dossier = Signal(object)

    def __init__(
        self,
        desk: Desk,
        memory: Memory,
        start: Where | Path,
        wanted: Wanted | None = None,
        parent: QWidget | None = None,
        passphrase: str | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._memory = desk, memory
        self._start, self._wanted = start, wanted
        self.passphrase = passphrase
        self.body = ReviewBody(desk, memory)
        self.problem, self.next_step = Text(size="heading"), Text(colour="muted")
        self.line = PassphraseLine()
        self._make_states()
        name = start.name if isinstance(start, Path) else ""
        self.setWindowTitle(tr("Review: {what}", what=printable(name)) if name else tr("Review"))
        self.setMinimumSize(640, 420)
        sizes = memory.get(_SIZE, _USUAL)
        wanted_size = QSize(*sizes) if isinstance(sizes, list) and len(sizes) == 2 else QSize(*_USUAL)
        self.resize(wanted_size.boundedTo(self.screen().availableSize() - _FRAME))
        self.body.asked_window.connect(self.asked_window)
        self.body.asked_run.connect(self.asked_run)
        self.body.asked_dossier.connect(self.asked_dossier)
        self.body.asked_find.connect(self._ask_find)
        self._read()

    def _make_states(self) -> None:
        self._reading = Empty(tr("Reading ..."), "")
        self._trouble = QWidget()
        self._asking = QWidget()
        label = labelled(tr("&Passphrase"), self.line, tr("The one that was chosen when the archive was made"))
        self.open_button = button(tr("Open"), self._try_passphrase, icon="open", about=tr("with this passphrase"))
        self.open_button.setDefault(True)
        asking = row(label, self.line, self.open_button)
        asking.addStretch(1)
        self._asking.setLayout(asking)
        layout = column(self.problem, self.next_step, self._asking, margin=2 * STEP)
        layout.addStretch(1)
        self._trouble.setLayout(layout)
        self._states = QStackedWidget()
        for state in (self._reading, self._trouble, self.body):
            self._states.addWidget(state)
        self.setLayout(column(self._states))

    def _read(self) -> None:
        self._states.setCurrentWidget(self._reading)
        work = partial(found_at, self._desk, self.body.openings, self._start, self.passphrase)
        self._desk.background.ask(self, work, self._show, self._fail)

    def _try_passphrase(self) -> None:
        self.passphrase = self.line.text()
        self._read()

    def _show(self, found: Found) -> None:
        self.setWindowTitle(tr("Review: {what}", what=printable(found.title)))
        self._states.setCurrentWidget(self.body)
        self.body.show_choices(found.choices, self.passphrase)
        if isinstance(self._start, Where):
            self.body.show_workspace(self._start, self._wanted)
        else:
            self.body.choice.choose_first()
        self.body.choice.tree.setFocus()

    def _fail(self, problem: Exception) -> None:
        is_known = isinstance(problem, ProblemForTeacher)
        self.problem.setText(
            tr(problem.what) if isinstance(problem, ProblemForTeacher) else tr("This could not be read.")
        )
        self.next_step.setText(tr(problem.next_step) if isinstance(problem, ProblemForTeacher) else "")
        self._asking.setVisible(isinstance(problem, BadOptions))
        self._states.setCurrentWidget(self._trouble)
        if isinstance(problem, BadOptions):
            self.line.setFocus()
            self.line.selectAll()
        if not is_known:
            self._desk.went_wrong.emit(problem)

    def shows(self, where: Where) -> bool:
        """Whether this workspace is among those that can be chosen here."""
        return self.body.choice.holds(where)

    def lies_in(self, where: Where) -> bool:
        """Whether a workspace lies in the file that was opened here."""
        start = self._start if isinstance(self._start, Path) else Path(self._start.path)
        return where.kind == "file" and Path(where.path) == start.absolute()

    def _ask_find(self) -> None:
        self.asked_find.emit(self._start, self.passphrase)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, which is pressed to leave a search, does not close a window in which somebody reads."""
        if event.key() == Qt.Key.Key_Escape:
            event.accept()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the note, and let go of the files."""
        self._memory.put(_SIZE, [self.width(), self.height()])
        self.body.finish()
        super().closeEvent(event)
