"""The earlier exports of a kind from a course: what became of each, and its file as long as that is kept."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.export import ExportKind
from exportmanager.core.ledger import RUN_AGAIN, Job, JobState
from exportmanager.core.options import checked, fields_of
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import ShelfItem, file_on_shelf, past_exports
from exportmanager.ui import theme
from exportmanager.ui.desktop import open_file, show_in_folder
from exportmanager.ui.job_words import came_of, notes_in_words, options_in_words, stands
from exportmanager.ui.kit import STEP, Empty, Text, button, column, row
from exportmanager.ui.pdf_opening import PdfWindows, holds_pdf
from exportmanager.ui.saving import SaveCopy
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import exact_moment, moment, size, tr, until

_SOON = 150
_PREVIEW, _OPEN, _SHOW, _SAVE, _AGAIN = "preview", "open", "folder", "save", "again"
_ACTIONS = {_PREVIEW: "Preview", _OPEN: "Open", _SHOW: "Show in folder", _SAVE: "Save a copy...", _AGAIN: "Run again"}
"""What can be done with one, by the name of its icon."""


class PastExports(QWidget):
    """`counted` carries how many there are; `went_on`: one was run again, and the shelf shows the rest."""

    counted = Signal(int)
    went_on = Signal()

    def __init__(self, desk: Desk, kind: ExportKind, course: CourseId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._kind, self._course = desk, kind, course
        self._fields = tuple(fields_of(kind.Options))
        self._now = desk.program.clock()
        self.saving = SaveCopy(desk, self)
        self.pdfs = PdfWindows(desk, None, self)
        self.pdfs.failed.connect(desk.went_wrong)
        self.rows: Rows[ShelfItem] = Rows(self._columns(), _key)
        self.table = Table(self.rows, tr("Past exports"), tr("What was exported before, and what became of it"))
        self.buttons = {name: self._make(name) for name in _ACTIONS if name != _PREVIEW or kind.suffix == ".pdf"}
        self.hint = Text(colour="muted")
        self._pages = QStackedWidget()
        self._arrange()
        self.table.opened.connect(self._open_row)
        self.table.picked.connect(self._show_actions)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._is_reading = self._is_stale = False
        self.soon = QTimer(self, singleShot=True, interval=_SOON)
        self.soon.timeout.connect(self.read)
        desk.library_changed.connect(self.soon.start)
        self._show_actions()
        self.read()

    def _columns(self) -> list[Column[ShelfItem]]:
        return [
            Column(id="when", title=tr("Asked for"), text=_when, sort=_key, tip=_when_exactly),
            Column(id="state", title=tr("Result"), text=_stands, tip=_came, is_wide=True),
            Column(id="size", title=tr("Size"), text=_size, sort=_bytes, is_number=True),
            Column(id="until", title=tr("Kept"), text=self._until, sort=_expires),
            Column(id="what", title=tr("Chosen"), text=self._chosen),
            Column(id="who", title=tr("By"), text=_who),
        ]

    def _make(self, name: str) -> QPushButton:
        return button(tr(_ACTIONS[name]), partial(self._do, name), icon=name, about=tr("the selected export"))

    def _arrange(self) -> None:
        nothing = Empty(
            tr("Nothing was exported yet"),
            tr("What you export stands here and on the shelf, for as long as it is kept."),
        )
        for page in (nothing, self.table):
            self._pages.addWidget(page)
        layout = column(self._pages, margin=STEP)
        layout.setStretch(0, 1)
        layout.addLayout(self._row_of_buttons())
        layout.addWidget(self.hint)
        self.setLayout(layout)

    def _row_of_buttons(self) -> QHBoxLayout:
        layout = row(*self.buttons.values())
        layout.addStretch(1)
        return layout

    # What is shown

    def read(self) -> None:
        """Read them anew; what is selected stays selected."""
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading, self._is_stale = True, False
        since = self._desk.heartbeat.watching_since
        work = partial(past_exports, self._desk.program, self._course, self._kind.id, since)
        self._desk.background.ask(self, work, self._show, self._in_vain)

    def _show(self, items: Sequence[ShelfItem]) -> None:
        self._is_reading = False
        self._now = self._desk.program.clock()
        was_empty = not self.rows.total
        self.rows.set_rows(items)
        if was_empty and items:
            self.table.fit_columns()
            self.table.select_key(_key(items[0]))
        self._pages.setCurrentIndex(1 if items else 0)
        self._show_actions()
        self.counted.emit(len(items))
        if self._is_stale:
            self.read()

    def _in_vain(self, error: Exception) -> None:
        self._is_reading = False
        self._desk.went_wrong.emit(error)

    def _chosen(self, item: ShelfItem) -> str:
        return options_in_words(self._fields, item.job.options)

    def _until(self, item: ShelfItem) -> str:
        return until(item.job, item.due, self._now) if item.due is not None else ""

    # What can be done

    def chosen(self) -> ShelfItem | None:
        """The selected one, where just one is."""
        chosen = self.table.chosen()
        return chosen[0] if len(chosen) == 1 else None

    def _can(self) -> dict[str, bool]:
        item = self.chosen()
        has_file = item is not None and item.job.state is JobState.EXPORTED
        can_again = item is not None and (has_file or item.job.state in RUN_AGAIN)
        is_pdf = item is not None and has_file and holds_pdf(item.job, self._desk.program.kinds)
        return {_PREVIEW: is_pdf, _OPEN: has_file, _SHOW: has_file, _SAVE: has_file, _AGAIN: can_again}

    def _show_actions(self) -> None:
        can = self._can()
        for name, made in self.buttons.items():
            made.setEnabled(can[name])
        self.hint.setText(self._hint())
        self.hint.setVisible(bool(self.hint.text()))

    def _hint(self) -> str:
        """What the report of the selected one notes, or why some buttons are off."""
        item = self.chosen()
        if not self.rows.total:
            return ""
        if item is None:
            return tr("Select one export to open it or to run it again.")
        if item.job.state is JobState.EXPORTED:
            return notes_in_words(item.job.report.notes) if item.job.report else ""
        if item.job.state not in RUN_AGAIN:
            return tr("It is being exported.")
        why = [came_of(item.job), tr(item.job.next_step)] if item.job.problem else [tr("Its file is not on the shelf.")]
        return " ".join(part for part in (*why, tr("Run it again to get a new one, with the same options.")) if part)

    def _open_row(self, _: object) -> None:
        if self._can()[_OPEN]:
            self._do(_OPEN)

    def _fill_menu(self) -> None:
        self.menu.clear()
        can = self._can()
        for name in self.buttons:
            action = self.menu.addAction(theme.icon(name), tr(_ACTIONS[name]))
            action.setEnabled(can[name])
            action.triggered.connect(partial(self._do, name))

    def _show_menu(self, place: QPoint) -> None:
        self.menu.popup(self.table.viewport().mapToGlobal(place))

    def _do(self, name: str, _: bool = False) -> None:
        item = self.chosen()
        if item is None or not self._can()[name]:
            return
        if name == _SAVE:
            self.saving.ask(item.job)
        elif name == _AGAIN:
            self._run_again(item.job)
        else:
            find = partial(file_on_shelf, self._desk.program, item.job)
            then = {_PREVIEW: self.pdfs.show, _OPEN: self._open_file}.get(name, self._show_in_folder)
            self._desk.background.ask(self, find, then, self._not_there)

    def _open_file(self, path: Path) -> None:
        if not open_file(path):
            self.hint.setText(tr("This computer has no program for such a file; it lies in the folder {folder}.",
                                 folder=path.parent))  # fmt: skip
            self.hint.show()

    def _show_in_folder(self, path: Path) -> None:
        show_in_folder(path)

    def _not_there(self, error: Exception) -> None:
        self._desk.went_wrong.emit(error)
        self._desk.tidy()  # its row says so too, then

    def _run_again(self, job: Job) -> None:
        """One whose file is there yet is exported a second time; any other takes the place of the one that ended."""
        if job.state in RUN_AGAIN:
            self._desk.queue.run_again(job.id)
        else:
            try:
                options = checked(self._kind.Options, job.options)
            except ProblemForTeacher as problem:  # it was exported by another version of the program
                self._desk.went_wrong.emit(problem)
                return
            self._desk.queue.submit(ExportRequest(job.kind, job.course_id, options))
        self.went_on.emit()


def _key(item: ShelfItem) -> Hashable:
    return item.job.id


def _when(item: ShelfItem) -> str:
    return moment(item.job.created_at)


def _when_exactly(item: ShelfItem) -> str:
    return exact_moment(item.job.created_at)


def _stands(item: ShelfItem) -> str:
    return stands(item.job)


def _came(item: ShelfItem) -> str:
    return came_of(item.job)


def _size(item: ShelfItem) -> str:
    return size(item.job.file.size) if item.job.file else ""


def _bytes(item: ShelfItem) -> int | None:
    return item.job.file.size if item.job.file else None


def _expires(item: ShelfItem) -> float | None:
    return item.job.expires_at.timestamp() if item.due is not None and item.job.expires_at else None


def _who(item: ShelfItem) -> str:
    return item.job.started_by
