"""Compares a workspace with starter files, an earlier import or another student's: changed files first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QSplitter, QWidget

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.review.beside import Beside, Counterpart
from exportmanager.review.comparing import Change, FileRow
from exportmanager.review.where import Where
from exportmanager.ui.kit import STEP, Elided, Empty, column, labelled, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_bar import icon_button
from exportmanager.ui.review_comparison import Both, Comparison, Halt, both_of, comparison_of
from exportmanager.ui.review_opened import OpenWorkspaces
from exportmanager.ui.review_others import OtherChoice
from exportmanager.ui.review_side import SideBySide
from exportmanager.ui.review_sight import WorkspaceSight
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.sheet import Sheet
from exportmanager.ui.table import Table
from exportmanager.ui.words import number, tr

_CHANGES = {
    Change.CHANGED: "Changed", Change.RENAMED: "Renamed", Change.ADDED: "New", Change.REMOVED: "Gone",
    Change.SAME: "Same",
}  # fmt: skip
_COLOURS = {Change.CHANGED: "warning", Change.ADDED: "good", Change.REMOVED: "loss", Change.SAME: "muted"}
_SPACE, _SHARES = "white space does not count", "shares of compared files and file"


class ComparePane(QWidget):
    """Reads when it is looked at, not before. `asked_window` carries the `Where` of the other one and a file in it."""

    asked_window = Signal(object, str)

    def __init__(self, desk: Desk, memory: Memory, openings: OpenWorkspaces) -> None:
        super().__init__()
        self._desk, self._memory, self._openings = desk, memory, openings
        self._beside = Beside(desk.program.library, openings.files)
        self._sight: WorkspaceSight | None = None
        self._comparison: Comparison | None = None
        self._read: Where | None = None
        self._question = self._file_question = 0
        self._path = ""
        self._halt = Halt()
        self.other = OtherChoice(desk, self._beside)
        about = tr("Opens what this workspace is compared with in a window of its own")
        self.own = icon_button("window", tr("Open the other one"), about, self._ask_window)
        self.label = labelled(tr("&Compare with"), self.other, tr("What this workspace is compared with"))
        self.space = QCheckBox(tr("Ignore white space"))
        self.space.setToolTip(tr("Lines that differ only in spaces, tabs or empty places count as the same"))
        self.space.setAccessibleDescription(self.space.toolTip())
        self.space.setChecked(bool(memory.get(_SPACE, False)))
        self.facts = Elided(colour="muted")
        self.rows: Rows[FileRow] = Rows(_columns(), _key)
        self.table = Table(
            self.rows, tr("Files"), tr("Files of both workspaces, changed ones first; the chosen one is shown")
        )
        nothing = Empty(tr("Nothing is compared"), tr("Choose above what to compare this workspace with."))
        self.sheet = Sheet(self.table, nothing)
        self.side = SideBySide(desk)
        self._arrange()
        self.other.chosen.connect(self._compare)
        self.other.refused.connect(self._refuse)
        self.other.reading.connect(self._say_reading)
        self.space.toggled.connect(self._toggle_space)
        self.table.picked.connect(self._show_picked)
        self.side.stopped.connect(self._stop)

    def _arrange(self) -> None:
        top = row(self.label, self.other, self.own, self.space)
        top.addWidget(self.facts, 1)
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(self.sheet)
        self.body.addWidget(self.side)
        self.body.setStretchFactor(1, 1)
        sizes = self._memory.get(_SHARES)
        self.body.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else [230, 810])
        self.body.splitterMoved.connect(self._keep_shares)
        self.sheet.setMinimumWidth(18 * STEP)
        layout = column(top)
        layout.addWidget(self.body, 1)
        layout.setContentsMargins(0, STEP // 2, 0, 0)
        self.setLayout(layout)

    def _keep_shares(self, *_: object) -> None:
        self._memory.put(_SHARES, self.body.sizes())

    # With what

    def show_workspace(self, sight: WorkspaceSight | None, path: str = "") -> None:
        """Compare this workspace from now on, and the file at `path` of it, if it has that."""
        self._sight = sight
        self._path = path or self._path
        if sight is None or self._read != sight.where:
            self._forget()
        if sight is not None and self.isVisible():
            self._read_others(sight)

    def show_path(self, path: str) -> None:
        """Go to a file."""
        self._path = path
        self.table.select_key(path)

    def showEvent(self, event: object) -> None:
        """Read what there is to compare with."""
        super().showEvent(event)  # type: ignore[arg-type]
        if self._sight is not None:
            self._read_others(self._sight)

    def _read_others(self, sight: WorkspaceSight) -> None:
        if self._read == sight.where:
            self.show_path(self._path)
            return
        self._read = sight.where
        work = partial(self._beside.counterparts, sight.where)
        self._desk.background.ask(self, work, partial(self._show_others, self._question), self._failing(self._question))

    def _forget(self) -> None:
        self._question += 1
        self._file_question += 1
        self._read = None
        self._let_go()
        self.other.forget()
        self.facts.setText("")
        self.rows.set_rows(())
        self.side.show_nothing(tr("Choose a file to compare it."))

    def _ask_window(self) -> None:
        if self._comparison is not None:
            chosen = self.table.chosen()[:1]
            file = chosen[0].left if chosen else None
            is_file = file is not None and file.kind is not EntryKind.FOLDER
            self.asked_window.emit(self._comparison.other.where, file.path if file and is_file else "")

    def _let_go(self) -> None:
        self._halt.call()
        self.own.setEnabled(False)
        if self._comparison is not None:
            self._openings.let_go(self._comparison.other)
            self._comparison = None

    def _show_others(self, question: int, others: Sequence[Counterpart]) -> None:
        if question != self._question or self._sight is None:
            return
        if not others:
            self.facts.setText(tr("Nothing lies beside this workspace: choose a file or folder."))
        self.other.show_others(self._sight.opened, others)

    def _say_reading(self, is_so: bool) -> None:
        said = tr("Reading ...") if is_so else _counts(self._comparison.rows) if self._comparison else ""
        self.facts.setText(said)

    def _refuse(self, problem: Exception) -> None:
        """A file that was chosen cannot be compared: what was compared stays."""
        self.facts.setText(_words_of(problem))
        if not isinstance(problem, ProblemForTeacher):
            self._desk.went_wrong.emit(problem)

    def _compare(self, other: Counterpart) -> None:
        assert self._sight is not None, "it is compared with something"
        self._question += 1
        self._let_go()
        self.facts.setText(tr("Reading ..."))
        self.rows.set_rows(())
        self.side.show_reading()
        inside = self.other.is_file(other)
        self._halt = Halt()
        work = partial(
            comparison_of, self._openings, self._sight.opened, other.where, self._halt, within_folders=inside
        )
        self._desk.background.ask(self, work, partial(self._show_rows, self._question), self._failing(self._question))

    def _show_rows(self, question: int, comparison: Comparison) -> None:
        if question != self._question:
            self._openings.let_go(comparison.other)
            return
        self._comparison = comparison
        self.own.setEnabled(True)
        self.facts.setText(_counts(comparison.rows))
        self.rows.set_rows(comparison.rows)
        self.table.fit_columns()
        self.side.show_nothing(tr("Choose a file to compare it."))
        if self.rows.row_of(self._path) < 0 and comparison.rows:
            wish = self._path
            self.table.select_key(_key(comparison.rows[0]))
            self._path = wish  # the next student may have it again
        else:
            self.table.select_key(self._path)

    def _failing(self, question: int) -> Callable[[Exception], None]:
        return partial(self._fail, question)

    def _fail(self, question: int, problem: Exception) -> None:
        if question != self._question:  # it was let go of, which may be all that went wrong
            return
        self.facts.setText(_words_of(problem))
        self.side.show_nothing(_words_of(problem))
        if not isinstance(problem, ProblemForTeacher):
            self._desk.went_wrong.emit(problem)

    def _stop(self) -> None:
        """Nobody waits for a comparison any more, nor for what it would say."""
        self._halt.call()
        self._question += 1
        self._file_question += 1
        self.table.clearSelection()  # so that the same one can be chosen again
        if self._comparison is not None:
            self.side.show_nothing(tr("Stopped. Choose a file to compare it."))
        else:
            self.facts.setText("")
            self.side.show_nothing(tr("Stopped. Choose above what to compare this workspace with."))

    # A file

    def _toggle_space(self, is_on: bool) -> None:
        self._memory.put(_SPACE, is_on)
        self._show_picked()

    def _show_picked(self) -> None:
        chosen = self.table.chosen()[:1]
        if not chosen or self._comparison is None or self._sight is None:
            return
        self._path = _key(chosen[0])
        self._file_question += 1
        self.side.show_reading()
        space = self.space.isChecked()
        self._halt.call()
        self._halt = Halt()
        work = partial(both_of, self._comparison, self._sight.opened, chosen[0], self._halt, ignore_space=space)
        then = partial(self._show_both, self._file_question, chosen[0])
        self._desk.background.ask(self, work, then, partial(self._fail_file, self._file_question))

    def _show_both(self, question: int, found: FileRow, both: Both) -> None:
        if question != self._file_question:
            return
        left = printable(found.left.path) if found.left else tr("Not there")
        right = printable(found.right.path) if found.right else tr("Not there")
        name = self.other.currentText()
        self.side.show_compared(both.compared, both.page, f"{name}: {left}", right)

    def _fail_file(self, question: int, problem: Exception) -> None:
        if question == self._file_question:
            self.side.show_nothing(_words_of(problem))
            if not isinstance(problem, ProblemForTeacher):
                self._desk.went_wrong.emit(problem)


def _words_of(problem: Exception) -> str:
    if isinstance(problem, ProblemForTeacher):
        return tr("{what} {next}", what=tr(problem.what), next=tr(problem.next_step)).strip()
    return tr("This could not be compared.")


def _counts(rows: Sequence[FileRow]) -> str:
    """How many files became what: "2 changed, 18 gone"."""
    counts = Counter(found.change for found in rows)
    said = [
        tr("{number} {what}", number=number(counts[change]), what=tr(words).lower())
        for change, words in _CHANGES.items()
        if counts[change]
    ]
    return ", ".join(said)


def _key(found: FileRow) -> str:
    return found.path


def _columns() -> list[Column[FileRow]]:
    order = list(Change)
    return [
        Column(id="name", title=tr("File"), text=_name, is_wide=True),
        Column(
            id="change", title=tr("Change"), text=lambda found: tr(_CHANGES[found.change]),
            sort=lambda found: order.index(found.change), colour=lambda found: _COLOURS.get(found.change, ""),
        ),
    ]  # fmt: skip


def _name(found: FileRow) -> str:
    if found.change is Change.RENAMED and found.left:
        return tr("{path}, was {before}", path=printable(found.path), before=printable(found.left.path))
    return printable(found.path)
