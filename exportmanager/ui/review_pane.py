"""A workspace that is looked at: its files, what it is compared with, and what else is known of the student's work."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.review.where import Where
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.kit import STEP, Elided, Empty, Text, button, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_bar import icon_button
from exportmanager.ui.review_browser import FileBrowser
from exportmanager.ui.review_compare import ComparePane
from exportmanager.ui.review_opened import OpenWorkspaces
from exportmanager.ui.review_record import WorkRecord
from exportmanager.ui.review_sight import Wanted, WorkspaceSight, workspace_sight
from exportmanager.ui.review_stack import title_of
from exportmanager.ui.words import counted, tr

_LATE = 300
"""Milliseconds after which it is said that something is being read."""


class WorkspacePane(QWidget):
    """`asked_step` carries -1 or 1: the student before or after; `asked_window` a `Where`, and the file in it.

    `asked_dossier` carries the `Where` of a student's work in a course, the only work of which there is one.
    """

    asked_step = Signal(int)
    asked_window = Signal(object, str)
    asked_find = Signal()
    asked_run = Signal(object)
    asked_dossier = Signal(object)
    shown = Signal()

    def __init__(self, desk: Desk, memory: Memory, openings: OpenWorkspaces) -> None:
        super().__init__()
        self._desk, self._openings = desk, openings
        self._where: Where | None = None
        self._wanted: Wanted | None = None
        self._passphrase: str | None = None
        self.sight: WorkspaceSight | None = None
        self._question = 0
        self.name = Elided(size="heading")
        self.facts = Elided(colour="muted")
        self.files = FileBrowser(desk, memory)
        self.compare = ComparePane(desk, memory, openings)
        self.record = WorkRecord(desk, memory)
        self.tabs = QTabWidget()
        self._make_buttons()
        self._make_tabs()
        self._make_states()
        self._arrange()
        self._late = QTimer(self, singleShot=True, interval=_LATE)
        self._connect()

    # Making it

    def _make_buttons(self) -> None:
        self.previous = icon_button(
            "chevron-up", tr("Previous student"), tr("Shows the same file of the student before"), self.step_back
        )
        self.next = icon_button(
            "chevron-down", tr("Next student"), tr("Shows the same file of the student after"), self.step_on
        )
        for made, keys in ((self.previous, "Alt+Up"), (self.next, "Alt+Down")):
            said = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            made.setToolTip(tr("{what} ({keys})", what=made.accessibleName(), keys=said))
        self.gaps = button(tr("Gaps"), self._show_gaps, icon="gap", about=tr("what is not there of this workspace"))
        self.find_button = button(
            tr("Find..."), self._ask_find, icon="search", about=tr("looks for words in many workspaces")
        )
        self.run_button = button(
            tr("Copy to run..."), self._ask_run, icon="run", about=tr("unpacks a copy into a folder")
        )
        self.dossier_button = button(
            tr("Dossier..."), self._ask_dossier, icon="export", about=tr("all on this student's work as one PDF")
        )
        self.own = icon_button(
            "window", tr("Window of its own"), tr("Opens this workspace in a window of its own"), self._ask_window
        )

    def _make_tabs(self) -> None:
        self.tabs.setDocumentMode(True)
        named(self.tabs, tr("Parts of the workspace"), tr("Files, comparison, answers, access and coach"))
        self.tabs.addTab(self.files, tr("Files"))
        self.tabs.addTab(self.compare, tr("Compare"))
        for part in self.record.parts:
            self.tabs.addTab(part, part.label())

    def _make_states(self) -> None:
        self._nothing = Empty(tr("No workspace is chosen"), tr("Choose a student's work on the left to see the files."))
        self._reading = Empty(tr("Reading ..."), "")
        self.problem = Text(size="heading")
        self.next_step = Text(colour="muted")
        self._trouble = QWidget()
        layout = column(self.problem, self.next_step, margin=2 * STEP)
        layout.addStretch(1)
        self._trouble.setLayout(layout)
        self._states = QStackedWidget()
        for state in (self._nothing, self._reading, self._trouble, self.tabs):
            self._states.addWidget(state)

    def _arrange(self) -> None:
        top = row(spacing=STEP // 2)
        top.addWidget(self.name, 1)
        buttons = (self.find_button, self.dossier_button, self.run_button, self.own)
        for part in (self.gaps, self.previous, self.next, *buttons):
            top.addWidget(part)
        layout = column(column(top, self.facts, spacing=0), spacing=STEP // 2)
        layout.addWidget(self._states, 1)
        self.setLayout(layout)
        self.gaps.hide()
        self.set_steps(previous=False, next_=False)
        self._allow(is_open=False)

    def _connect(self) -> None:
        self._late.timeout.connect(self._say_reading)
        self.compare.asked_window.connect(self.asked_window)
        self.record.changed.connect(self._say_record)
        self.files.tree.chosen.connect(self._compare_same)

    # Which workspace

    @property
    def where(self) -> Where | None:
        """The workspace that is shown, or is about to be."""
        return self._where

    def show_workspace(self, where: Where, wanted: Wanted | None = None, passphrase: str | None = None) -> None:
        """Show a workspace, and the file `wanted` of it, or the one that was looked at in the one before."""
        if self.sight is not None and self._where == where and wanted is not None:
            self.tabs.setCurrentWidget(self.files)
            self.files.show_file(wanted)
            return
        self._where, self._wanted, self._passphrase = where, wanted, passphrase
        self._question += 1
        self._late.start()
        work = partial(workspace_sight, self._openings, where, passphrase)
        self._desk.background.ask(self, work, partial(self._show, self._question), partial(self._fail, self._question))
        self.record.show_work(where)

    def forget(self) -> None:
        """Show nothing."""
        self._question += 1
        self._late.stop()
        self._where = None
        self._let_go()
        self.record.show_work(None)
        self._states.setCurrentWidget(self._nothing)

    def _let_go(self) -> None:
        self.files.forget()
        self.compare.show_workspace(None)
        if self.sight is not None:
            self._openings.let_go(self.sight.opened)
            self.sight = None
        self.name.setText("")
        self.facts.setText("")
        self.gaps.hide()
        self._allow(is_open=False)

    def _show(self, question: int, sight: WorkspaceSight) -> None:
        if question != self._question:
            self._openings.let_go(sight.opened)
            return
        self._late.stop()
        before, self.sight = self.sight, sight
        self.files.show_workspace(sight, self._wanted)
        self.compare.show_workspace(sight, "" if self._is_comparing else self.files.view.path)
        if self._wanted is not None:
            self.tabs.setCurrentWidget(self.files)
        if before is not None:
            self._openings.let_go(before.opened)
        self.name.setText(self._title())
        self.gaps.setVisible(bool(sight.gaps))
        self.gaps.setText(counted(len(sight.gaps), "1 gap", "%Ln gaps"))
        self._say_record()
        self._allow(is_open=True)
        self._states.setCurrentWidget(self.tabs)
        self.shown.emit()

    @property
    def _is_comparing(self) -> bool:
        """Whether files are chosen in the comparison, and not in the tree."""
        return self.tabs.currentWidget() is self.compare

    def _compare_same(self, path: str) -> None:
        if not self._is_comparing:
            self.compare.show_path(path)

    def _title(self) -> str:
        assert self.sight is not None, "it was just opened"
        opened = self.sight.opened
        whose = tr("Starter files") if opened.assignment and not opened.student else opened.student
        parts = [part for part in (whose, opened.assignment) if part]
        return printable("  ·  ".join(parts) or opened.name)

    def _say_record(self) -> None:
        facts = self.record.facts()
        if self.sight is not None:
            opened = self.sight.opened
            facts += [printable(title_of(opened.stack))] if opened.stack else []
            facts += [tr("Version {number}", number=opened.number)] if opened.number > 1 else []
            facts += [counted(self.sight.nodes.files, "1 file", "%Ln files")]
        self.facts.setText("  ·  ".join(facts))
        is_of_course = self._where is not None and self._where.kind == "workspace"
        for part in self.record.parts:
            place = self.tabs.indexOf(part)
            self.tabs.setTabText(place, part.label())
            self.tabs.setTabVisible(place, is_of_course)

    def _say_reading(self) -> None:
        self._let_go()
        self._states.setCurrentWidget(self._reading)

    def _fail(self, question: int, problem: Exception) -> None:
        if question != self._question:
            return
        self._late.stop()
        self._let_go()
        if isinstance(problem, ProblemForTeacher):
            self.problem.setText(tr(problem.what))
            self.next_step.setText(tr(problem.next_step))
        else:
            self.problem.setText(tr("This workspace could not be read."))
            self.next_step.setText("")
            self._desk.went_wrong.emit(problem)
        self._states.setCurrentWidget(self._trouble)
        self.shown.emit()

    # What can be done

    def set_steps(self, *, previous: bool, next_: bool) -> None:
        """Say whether there are students before and after."""
        for part, is_possible in ((self.previous, previous), (self.next, next_)):
            part.setEnabled(is_possible)
            part.setVisible(previous or next_)

    def _allow(self, *, is_open: bool) -> None:
        for part in (self.run_button, self.dossier_button, self.own):
            part.setEnabled(is_open)
        self.dossier_button.setVisible(self._where is not None and self._where.kind == "workspace")

    def step_back(self) -> None:
        """Go to the student before, if there is one."""
        if self.previous.isEnabled():
            self.asked_step.emit(-1)

    def step_on(self) -> None:
        """Go to the student after, if there is one."""
        if self.next.isEnabled():
            self.asked_step.emit(1)

    def _ask_window(self) -> None:
        self.asked_window.emit(self._where, self.files.view.path)

    def _ask_find(self) -> None:
        self.asked_find.emit()

    def _ask_dossier(self) -> None:
        self.asked_dossier.emit(self._where)

    def _ask_run(self) -> None:
        self.asked_run.emit(self.sight)

    def _show_gaps(self) -> None:
        assert self.sight is not None, "the button is that of a workspace"
        GapsDialog(tr("What is not there of {name}", name=self._title()), self.sight.gaps, self).open()

    def focus_search(self) -> None:
        """Put the focus into the search field for files."""
        self.tabs.setCurrentWidget(self.files)
        self.files.focus_search()
