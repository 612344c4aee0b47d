"""Workspaces on the left, with the note on the chosen one; on the right what is in it. Of the tab and of windows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.review.where import Where
from exportmanager.ui.kit import STEP, column
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_choice import ReviewChoice
from exportmanager.ui.review_groups import Choice, is_same
from exportmanager.ui.review_note import NoteField
from exportmanager.ui.review_opened import OpenWorkspaces
from exportmanager.ui.review_pane import WorkspacePane
from exportmanager.ui.review_sight import Wanted

_SHARES, _DOWN = "shares of workspaces and workspace", "shares of workspaces and note"


class ReviewBody(QWidget):
    """`asked_window` carries a `Where` and the file in it, `asked_run` a `WorkspaceSight`.

    `asked_dossier` carries the `Where` of a student's work.
    """

    asked_window = Signal(object, str)
    asked_find = Signal()
    asked_run = Signal(object)
    asked_dossier = Signal(object)

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk, self._memory = desk, memory
        self._passphrase: str | None = None
        self._is_own_doing = False
        self.openings = OpenWorkspaces(desk.program.library)
        self.choice = ReviewChoice(memory)
        self.note = NoteField(desk)
        self.pane = WorkspacePane(desk, memory, self.openings)
        self._arrange()
        self.choice.chosen.connect(self._chose)
        self.choice.asked_window.connect(self._ask_window)
        self.choice.asked_dossier.connect(self.asked_dossier)
        self.pane.asked_step.connect(self._step)
        for keys, done in (("Alt+Up", self.pane.step_back), ("Alt+Down", self.pane.step_on)):
            QShortcut(QKeySequence(keys), self, done).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.pane.asked_window.connect(self.asked_window)
        self.pane.asked_find.connect(self.asked_find)
        self.pane.asked_run.connect(self.asked_run)
        self.pane.asked_dossier.connect(self.asked_dossier)

    def _arrange(self) -> None:
        self.left = QSplitter(Qt.Orientation.Vertical)
        across = QSplitter(Qt.Orientation.Horizontal)
        for splitter, parts, kept, usual in (
            (self.left, (self.choice, self.note), _DOWN, [400, 110]),
            (across, (self.left, self.pane), _SHARES, [220, 900]),
        ):
            splitter.setChildrenCollapsible(False)
            for part in parts:
                splitter.addWidget(part)
            sizes = self._memory.get(kept)
            splitter.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else usual)
            splitter.splitterMoved.connect(partial(self._keep_shares, splitter, kept))
        self.left.setStretchFactor(0, 1)
        self.left.setMinimumWidth(20 * STEP)
        across.setStretchFactor(1, 1)
        layout = column(across)
        layout.setContentsMargins(STEP, STEP, STEP, STEP)
        self.setLayout(layout)

    def _keep_shares(self, splitter: QSplitter, name: str, *_: object) -> None:
        self._memory.put(name, splitter.sizes())

    # Which workspaces

    def show_choices(self, choices: Sequence[Choice], passphrase: str | None = None) -> None:
        """Show these to choose from; what is looked at stays, or its newer version comes."""
        self._passphrase = passphrase
        self.choice.show_choices(choices)
        self.left.setVisible(len(choices) > 1 or any(choice.where.kind == "workspace" for choice in choices))
        self.note.setVisible(any(choice.where.kind == "workspace" for choice in choices))
        current = self.choice.current
        if current is not None and self.pane.where is not None and current.where != self.pane.where:
            self.show_workspace(current.where)
        elif self.pane.where is not None and not self.choice.holds(self.pane.where):
            self.show_nobody()  # the student was erased, or the work with the course
        self._allow_steps()

    def show_nobody(self) -> None:
        """Let go of the workspace that is shown."""
        self.pane.forget()
        self.note.show_note(None)

    def forget(self) -> None:
        """Show nothing."""
        self.choice.show_choices(())
        self.show_nobody()

    # Which workspace

    def _chose(self, where: Where) -> None:
        if not self._is_own_doing:
            self.show_workspace(where)

    def show_workspace(self, where: Where, wanted: Wanted | None = None) -> None:
        """Show a workspace, and a file in it."""
        if self.pane.where == where and wanted is None:
            return
        self.note.show_note(where)
        self.pane.show_workspace(where, wanted, self._passphrase)
        if not (self.choice.current and is_same(self.choice.current.where, where)):
            self._is_own_doing = True  # the list has the newest version only, and this may be an earlier one
            self.choice.choose(where)
            self._is_own_doing = False
        self._allow_steps()

    def _ask_window(self, where: Where) -> None:
        self.asked_window.emit(where, "")

    def _step(self, by: int) -> None:
        where = self.pane.where
        choice = self.choice.neighbour(where, by) if where else None
        if choice is not None:
            self.choice.choose(choice.where)

    def _allow_steps(self) -> None:
        where = self.pane.where
        before, after = (self.choice.neighbour(where, by) if where else None for by in (-1, 1))
        self.pane.set_steps(previous=before is not None, next_=after is not None)

    def finish(self) -> None:
        """Keep what stands in the note, and let go of all files."""
        self.note.keep()
        self.pane.forget()
        self._desk.background.ask(self, self.openings.close, self._finished)

    def _finished(self, _: None) -> None:
        """Nothing follows."""
