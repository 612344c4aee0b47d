"""Finds words in the workspaces of a course, of all, of archives or of any file; what is found comes at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.report import Gap
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.errand import Errand
from exportmanager.jobs.runs import Outcome
from exportmanager.library.listing import CourseSummary
from exportmanager.review.finding import Hit
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.kit import STEP, Text, button, column, labelled, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_find_options import FindOptions
from exportmanager.ui.review_hits import HitTree
from exportmanager.ui.review_passphrase import AskPassphrase
from exportmanager.ui.review_scope import Asked, Scope, Searched, locked_in, search
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import counted, tr

_EVERY = 40
"""Milliseconds between two looks at what was found."""
_AT_ONCE = 300


_FOLDER = "folder"
"""The scope that asks for a folder first."""


class FindWindow(QDialog):
    """`asked_open` carries a `Hit`, and the passphrase of what it lies in, or None."""

    asked_open = Signal(object, object)

    def __init__(
        self,
        desk: Desk,
        memory: Memory,
        course: CourseId | None,
        path: Path | None = None,
        parent: QWidget | None = None,
        passphrase: str | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Find in workspaces"))
        self._desk = desk
        self._passphrases = {path: passphrase} if path is not None and passphrase else {}
        self._locked: list[Path] = []
        self._question = 0
        self._coming: deque[Hit] = deque()
        self._count = 0
        self._left_out: Sequence[Gap] = ()
        self._ended: str | None = None
        self.field = SearchField(
            tr("Words to find"), tr("What to look for in the names of files and in what is in them")
        )
        self.field.setMaximumWidth(16_777_215)
        self.scope = QComboBox()
        self.options = FindOptions(memory)
        self.tree = HitTree()
        self.said = Text(colour="muted")
        self._make_controls(course, path)
        self._arrange()
        self.resize(900, 600)
        self.setMinimumSize(520, 360)
        self.errand = Errand(desk.errands, self)
        self._look = QTimer(self, interval=_EVERY)
        self._connect()
        desk.background.ask(self, desk.program.library.courses, partial(self._know, course))

    def _make_controls(self, course: CourseId | None, path: Path | None) -> None:
        self.find_button = button(tr("Find"), self.start, icon="search", about=tr("looks everywhere that was chosen"))
        self.stop_button = button(tr("Stop"), self.stop, icon="stop", about=tr("keeps what was found"))
        self.stop_button.setEnabled(False)
        self.missed = button(
            tr("Not searched"), self._show_missed, icon="gap", about=tr("what could not be read, and why")
        )
        self.missed.hide()
        self.label = labelled(tr("&In"), self.scope, tr("Where to look"))
        self.scope.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.scope.setMinimumContentsLength(30)
        self._fill_scope(course, (), path)

    def _arrange(self) -> None:
        self.field.setMinimumHeight(self.find_button.sizeHint().height())
        first = row(self.field, self.find_button, self.stop_button)
        first.setStretch(0, 1)
        second = row(self.label, self.scope, *self.options.where, spacing=2 * STEP)
        second.setStretch(1, 1)
        third = row(*self.options.how, spacing=2 * STEP)
        third.addStretch(1)
        last = row(self.said, self.missed)
        last.setStretch(0, 1)
        layout = column(first, second, third, margin=STEP)
        layout.addWidget(self.tree, 1)
        layout.addLayout(last)
        self.setLayout(layout)

    def _connect(self) -> None:
        self._look.timeout.connect(self._take)
        self.errand.ended.connect(self._end)
        self.field.returnPressed.connect(self.start)
        self.tree.opened.connect(self._open)
        self.scope.activated.connect(self._choose_scope)

    # Where

    def _know(self, course: CourseId | None, courses: Sequence[CourseSummary]) -> None:
        chosen = self.scope.currentData()
        self._fill_scope(course, courses, chosen.path if chosen else None)

    def _fill_scope(self, course: CourseId | None, courses: Sequence[CourseSummary], path: Path | None) -> None:
        self.scope.clear()
        if path is not None:
            self.scope.addItem(printable(path.name), Scope(path=path))
        titles = [printable(summary.info.title) for summary in courses if summary.info.id == course]
        for title in titles or ([tr("This course")] if course is not None and not courses else []):
            self.scope.addItem(title, Scope(course))
            self.scope.addItem(tr("{course} and its archives", course=title), Scope(course, with_archives=True))
        self.scope.addItem(tr("All courses and projects"), Scope())
        self.scope.addItem(tr("All courses, projects and archives"), Scope(with_archives=True))
        self.scope.addItem(tr("An archive or other file..."), None)
        self.scope.addItem(tr("A folder..."), _FOLDER)
        self.scope.setCurrentIndex(0)

    def _choose_scope(self, place: int) -> None:
        if isinstance(self.scope.itemData(place), Scope):
            return
        dialog = QFileDialog(self, tr("Choose where to look"), downloads())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_folder = self.scope.itemData(place) == _FOLDER
        dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.look_in)
        dialog.rejected.connect(partial(self.scope.setCurrentIndex, 0))
        dialog.open()

    def look_in(self, path: str) -> None:
        """Look in a file or folder from now on."""
        self.scope.insertItem(0, printable(Path(path).name), Scope(path=Path(path)))
        self.scope.setCurrentIndex(0)

    # Finding

    def start(self) -> None:
        """Look, once passphrases were asked for; what was looked for before is given up."""
        scope = self.scope.currentData()
        if not isinstance(scope, Scope) or not self.field.text():
            return
        self.options.keep()
        self._question += 1
        self.errand.give_up()
        self._begin_anew(scope)
        work = partial(locked_in, self._desk.program, scope)
        then = partial(self._unlock, self._question, scope)
        self._desk.background.ask(self, work, then, partial(self._break_off, self._question))

    def _begin_anew(self, scope: Scope) -> None:
        self.tree.hits.forget(with_courses=scope.course is None or scope.with_archives)
        self._coming = deque()
        self._count, self._left_out, self._ended = 0, (), None
        self.missed.hide()
        self.stop_button.setEnabled(True)
        self._say()
        self._look.start()

    def _unlock(self, question: int, scope: Scope, locked: Sequence[Path]) -> None:
        if question == self._question:
            self._locked = [path for path in locked if path not in self._passphrases]
            self._ask_next(scope)

    def _break_off(self, question: int, bug: Exception) -> None:
        if question == self._question:
            self.stop_button.setEnabled(False)
            self._ended = tr("The search broke off.")
        self._desk.went_wrong.emit(bug)

    def _ask_next(self, scope: Scope) -> None:
        if not self._locked:
            self._search(scope)
            return
        path = self._locked.pop(0)
        dialog = AskPassphrase(self._desk, path, self, otherwise=tr("Leave it out"))
        dialog.given.connect(partial(self._passphrases.__setitem__, path))
        dialog.finished.connect(partial(self._asked, self._question, scope))
        dialog.open()

    def _asked(self, question: int, scope: Scope, _: int) -> None:
        if question == self._question:
            self._ask_next(scope)

    def _search(self, scope: Scope) -> None:
        query, reach = self.options.query(self.field.text()), self.options.reach()
        asked = Asked(query, scope, reach, dict(self._passphrases))
        self.errand.start(partial(search, self._desk.program, asked, self._coming))

    def stop(self) -> None:
        """Stop looking; what was found stays."""
        self._question += 1
        if self.errand.is_busy:
            self.errand.stop()
        else:  # passphrases are being asked for
            self.stop_button.setEnabled(False)
            self._ended = tr("Stopped.")

    def _take(self) -> None:
        hits = [self._coming.popleft() for _ in range(min(_AT_ONCE, len(self._coming)))]
        if hits:
            self._count += len(hits)
            self.tree.add(hits)
            self._say()
        elif self._ended is not None:
            self._look.stop()
            self._say()

    def _end(self, outcome: Outcome) -> None:
        self.stop_button.setEnabled(False)
        self._ended = ""
        if outcome.was_stopped:
            self._ended = tr("Stopped.")
        elif outcome.problem is not None:
            self._ended = tr("{what} {next}", what=tr(outcome.problem.what), next=tr(outcome.problem.next_step)).strip()
        elif outcome.bug is not None:
            self._break_off(self._question, outcome.bug)
        else:
            self._show_end(outcome.value)

    def _show_end(self, searched: Searched) -> None:
        said = [counted(searched.places, "1 workspace was searched.", "%Ln workspaces were searched.")]
        if not searched.is_whole:
            said = [tr("There is more, perhaps in other workspaces too: look for something rarer.")]
        elif searched.is_cut:
            said.append(tr("There is more: look for something rarer."))
        self._ended = " ".join(said)
        self._left_out = searched.left_out
        self.missed.setVisible(bool(searched.left_out))
        self.missed.setText(counted(len(searched.left_out), "1 not searched", "%Ln not searched"))

    def _say(self) -> None:
        found = counted(self._count, "1 place found.", "%Ln places found.") if self._count else tr("Nothing found.")
        if self._ended is None:
            found = (
                counted(self._count, "1 place found ...", "%Ln places found ...") if self._count else tr("Looking ...")
            )
        self.said.setText(f"{found} {self._ended or ''}".strip())

    def _show_missed(self) -> None:
        GapsDialog(tr("What was not searched"), self._left_out, self).open()

    def _open(self, hit: Hit) -> None:
        where = hit.place.where
        self.asked_open.emit(hit, self._passphrases.get(Path(where.path)) if where.kind == "file" else None)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give it up."""
        self._question += 1
        self.errand.give_up()
        self._look.stop()
        super().closeEvent(event)
