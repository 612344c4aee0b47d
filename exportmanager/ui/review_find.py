"""Finds words in the workspaces of a course, of all, of archives or of any file; what is found comes at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.errand import Errand
from exportmanager.jobs.runs import Outcome
from exportmanager.library.listing import CourseSummary
from exportmanager.program import Program
from exportmanager.review.expressions import Query
from exportmanager.review.finding import Hit, Place, Search, course_places, file_places
from exportmanager.review.opening import Openings
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.kit import STEP, Text, button, column, labelled, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_hits import HitTree
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import counted, tr

_EVERY = 40
"""Milliseconds between two looks at what was found."""
_AT_ONCE = 300
_OPTIONS = "how words are found"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: one course, all of them, also in the archives that are known, or in a file or folder."""

    course: CourseId | None = None
    with_archives: bool = False
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """How a search ended."""

    places: int
    is_cut: bool
    left_out: Sequence[Gap]


def search(program: Program, scope: Scope, query: Query, coming: deque[Hit], meter: Meter) -> Searched:
    """Look everywhere; what is found goes to `coming`. Raises `BadOptions`, `Cancelled`."""
    missed: list[Gap] = []
    with Openings(program.library) as openings:
        found = Search(query, _places(program, openings, scope, missed), meter)
        coming.extend(found)
    return Searched(found.places, found.is_cut, [*missed, *found.left_out])


def _places(program: Program, openings: Openings, scope: Scope, missed: list[Gap]) -> Iterator[Place]:
    if scope.path is not None:
        yield from file_places(openings, scope.path)
        return
    for summary in program.library.courses():
        if scope.course in {None, summary.info.id}:
            yield from course_places(program.library, summary.info)
    for record in program.archives.proofs.all() if scope.with_archives else ():
        try:
            yield from file_places(openings, record.path)
        except ProblemForTeacher as problem:
            missed.append(Gap(what=record.path.name, why=problem.what))


_FOLDER = "folder"
"""The scope that asks for a folder first."""


class FindWindow(QDialog):
    """`asked_open` carries a `Hit`."""

    asked_open = Signal(object)

    def __init__(
        self,
        desk: Desk,
        memory: Memory,
        course: CourseId | None,
        path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Find in workspaces"))
        self._desk, self._memory = desk, memory
        self._coming: deque[Hit] = deque()
        self._count = 0
        self._left_out: Sequence[Gap] = ()
        self._ended: str | None = None
        self.field = SearchField(
            tr("Words to find"), tr("What to look for in the names of files and in what is in them")
        )
        self.field.setMaximumWidth(16_777_215)
        self.scope = QComboBox()
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
        self.words = QCheckBox(tr("Whole words"))
        self.case = QCheckBox(tr("Capital letters count"))
        self.regex = QCheckBox(tr("Regular expression"))
        self.names = QCheckBox(tr("File names only"))
        kept = self._memory.get(_OPTIONS, [])
        for number, box in enumerate(self._boxes()):
            box.setAccessibleDescription(box.text())
            box.setChecked(number in kept if isinstance(kept, list) else False)
        self.missed = button(
            tr("Not searched"), self._show_missed, icon="gap", about=tr("what could not be read, and why")
        )
        self.missed.hide()
        self.label = labelled(tr("&In"), self.scope, tr("Where to look"))
        self.scope.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.scope.setMinimumContentsLength(30)
        self._fill_scope(course, (), path)

    def _boxes(self) -> tuple[QCheckBox, ...]:
        return self.words, self.case, self.regex, self.names

    def _arrange(self) -> None:
        self.field.setMinimumHeight(self.find_button.sizeHint().height())
        first = row(self.field, self.find_button, self.stop_button)
        first.setStretch(0, 1)
        second = row(self.label, self.scope)
        second.addStretch(1)
        third = row(*self._boxes(), spacing=2 * STEP)
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
        self.tree.opened.connect(self.asked_open)
        self.scope.activated.connect(self._choose_scope)

    # Where

    def _know(self, course: CourseId | None, courses: Sequence[CourseSummary]) -> None:
        chosen = self.scope.currentData()
        self._fill_scope(course, courses, chosen.path if chosen else None)

    def _fill_scope(self, course: CourseId | None, courses: Sequence[CourseSummary], path: Path | None) -> None:
        self.scope.clear()
        if path is not None:
            self.scope.addItem(path.name, Scope(path=path))
        for summary in courses:
            if summary.info.id == course:
                self.scope.addItem(summary.info.title, Scope(course))
        if course is not None and not courses:
            self.scope.addItem(tr("This course"), Scope(course))
        self.scope.addItem(tr("All courses"), Scope())
        self.scope.addItem(tr("All courses and their archives"), Scope(with_archives=True))
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
        self.scope.insertItem(0, Path(path).name, Scope(path=Path(path)))
        self.scope.setCurrentIndex(0)

    # Finding

    def start(self) -> None:
        """Look; what was looked for before is given up."""
        scope = self.scope.currentData()
        if not isinstance(scope, Scope) or not self.field.text():
            return
        self._memory.put(_OPTIONS, [number for number, box in enumerate(self._boxes()) if box.isChecked()])
        self.tree.hits.forget(with_courses=scope.course is None)
        self._coming = deque()
        self._count, self._left_out, self._ended = 0, (), None
        self.missed.hide()
        self.stop_button.setEnabled(True)
        self._say()
        work = partial(search, self._desk.program, scope, self.query(), self._coming)
        self.errand.start(work)
        self._look.start()

    def query(self) -> Query:
        """What is looked for."""
        return Query(
            self.field.text(),
            regex=self.regex.isChecked(),
            words=self.words.isChecked(),
            case=self.case.isChecked(),
            names_only=self.names.isChecked(),
        )

    def stop(self) -> None:
        """Stop looking; what was found stays."""
        self.errand.stop()

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
            self._ended = tr("The search broke off.")
            self._desk.went_wrong.emit(outcome.bug)
        else:
            self._show_end(outcome.value)

    def _show_end(self, searched: Searched) -> None:
        said = [counted(searched.places, "1 workspace was searched.", "%Ln workspaces were searched.")]
        if searched.is_cut:
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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give it up."""
        self.errand.give_up()
        self._look.stop()
        super().closeEvent(event)
