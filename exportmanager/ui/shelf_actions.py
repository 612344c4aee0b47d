"""What the shelf's buttons do: open, keep, run again, dismiss; what takes long runs as a row of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from exportmanager.core.errors import NotFound
from exportmanager.core.ledger import Job
from exportmanager.core.retention import SHELF_DAYS
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import file_on_shelf
from exportmanager.program import Program
from exportmanager.ui.copies import Copies
from exportmanager.ui.desktop import open_file, show_in_folder
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notices
from exportmanager.ui.pdf_opening import PdfWindows
from exportmanager.ui.removals import Removals
from exportmanager.ui.saving import SaveCopy
from exportmanager.ui.shelf_look import Do, course_of, details_of, what_of, without_file
from exportmanager.ui.shelf_model import Asked, Entry, Run, ShelfModel
from exportmanager.ui.words import holds, moment, tr


class ShelfActions(QObject):
    """Does what is asked of a row. `panel` is where its dialogs belong to; `asked_review` carries a path."""

    asked_review = Signal(object)

    def __init__(self, desk: Desk, model: ShelfModel, notices: Notices, memory: Memory, panel: QWidget) -> None:
        super().__init__(panel)
        self._desk = desk
        self._model = model
        self._notices = notices
        self._panel = panel
        self.removals = Removals(desk, model, self)
        self.removals.said.connect(self._say_not_removed)
        self.removals.went_wrong.connect(partial(self._went_wrong, tr("removing a file from the shelf")))
        self.removals.ended.connect(model.read)
        self.saving = SaveCopy(desk, panel)
        self.copies = Copies(desk, notices, self)
        self.pdfs = PdfWindows(desk, memory, panel)
        self.pdfs.failed.connect(partial(self._went_wrong, tr("looking into a file on the shelf")))
        self._ways: Mapping[Do, Callable[[Job], None]] = {
            Do.PREVIEW: self.preview,
            Do.REVIEW: self.review,
            Do.OPEN: self.open,
            Do.SHOW: self.show_in_folder,
            Do.SAVE: self.saving.ask,
            Do.CHECKSUM: self.copy_checksum,
            Do.VERIFY: self.copies.verify,
            Do.KEEP_LONGER: self.keep_longer,
            Do.KEEP: self.keep,
            Do.REMOVE: self.removals.remove,
            Do.UNDO: self.removals.undo,
            Do.AGAIN: self.run_again,
            Do.DISMISS: self.dismiss,
            Do.DETAILS: self.show_details,
            Do.GAPS: self.show_gaps,
        }

    def do(self, key: str, do: Do) -> None:
        """Do what was asked of a row; nothing where it has gone meanwhile."""
        entry = self._model.entry(key)
        if entry is None:
            return
        if do is Do.STOP:
            self.stop(entry)
        elif entry.job is not None:
            self._ways[do](entry.job)

    def _went_wrong(self, doing: str, error: Exception) -> None:
        self._notices.say_problem(error, doing)

    def _say_not_removed(self, what: str, next_step: str) -> None:
        self._notices.say(what, next_step, mood="warning")

    # Looking at it

    def preview(self, job: Job) -> None:
        """Show a PDF in a window of its own; of a zip one of those in it."""
        self._with_file(job, self.pdfs.show)

    def review(self, job: Job) -> None:
        """Look into the workspaces in a file."""
        self._with_file(job, self.asked_review.emit)

    def open(self, job: Job) -> None:
        """Open the file with the system's own program for it."""
        self._with_file(job, self._open)

    def _open(self, path: Path) -> None:
        if not open_file(path):
            text = tr("This computer has no program for such a file: {file}", file=path.name)
            self._notices.say(text, tr("It lies in the folder {folder}.", folder=path.parent), mood="warning")

    def show_in_folder(self, job: Job) -> None:
        """Show the file in its folder."""
        self._with_file(job, show_in_folder)

    def _with_file(self, job: Job, then: Callable[[Path], None]) -> None:
        self._desk.background.ask(self, partial(file_on_shelf, self._desk.program, job), then, self._not_found)

    def _not_found(self, error: Exception) -> None:
        self._went_wrong(tr("looking for a file on the shelf"), error)
        self._desk.tidy()  # its row says so too, then

    def copy_checksum(self, job: Job) -> None:
        """Put the SHA-256 on the clipboard."""
        assert job.file is not None, "it is on the shelf"
        QGuiApplication.clipboard().setText(job.file.sha256)
        self._notices.say(tr("The SHA-256 of {file} is on the clipboard.", file=job.file.name), mood="good")

    def show_details(self, job: Job) -> None:
        """Show what is known of a job."""
        kinds = self._desk.program.kinds
        DetailsDialog(without_file(job), details_of(job, kinds), self._panel.window()).open()

    def show_gaps(self, job: Job) -> None:
        """Show who and what is missing, and why."""
        assert job.report is not None, "gaps stand in a report"
        what, course = what_of(job, self._desk.program.kinds), course_of(job)
        title = tr("{what} of {course}: {holds}", what=what, course=course, holds=holds(job.report))
        GapsDialog(title, job.report.gaps, self._panel.window(), job.report.notes).open()

    # How long it stays

    def keep_longer(self, job: Job) -> None:
        """Keep a file for the shelf's days more."""
        self._keep(job, partial(_kept_longer, self._desk.program, job))

    def keep(self, job: Job) -> None:
        """Keep a file until somebody removes it."""
        self._keep(job, partial(_kept_until, self._desk.program, job, None))

    def _keep(self, job: Job, work: Callable[[], datetime | None]) -> None:
        self._desk.background.ask(self, work, partial(self._kept, job), self._not_kept)

    def _kept(self, job: Job, until: datetime | None) -> None:
        self._model.read()
        name = job.file.name if job.file else ""
        if until is None:
            text = tr("{file} is kept until you remove it.", file=name)
        else:
            text = tr("{file} is kept until {moment}.", file=name, moment=moment(until))
        self._notices.say(text, mood="good", actions=[(tr("Undo"), partial(self._keep_as_before, job))])

    def _keep_as_before(self, job: Job) -> None:
        work = partial(_kept_until, self._desk.program, job, job.expires_at)
        self._desk.background.ask(self, work, self._changed, self._not_kept)

    def _not_kept(self, error: Exception) -> None:
        self._went_wrong(tr("writing down how long a file is kept"), error)

    def _changed(self, _: object) -> None:
        self._model.read()

    # Running

    def stop(self, entry: Entry) -> None:
        """Stop what a row is doing, whichever process does it."""
        self._model.stop(entry)
        if entry.run is Run.ELSEWHERE and entry.job is not None:
            work = partial(_stop_elsewhere, self._desk.program, entry.job.id)
            self._desk.background.ask(self, work, self._changed, self._not_stopped)

    def _not_stopped(self, error: Exception) -> None:
        self._model.read()
        if not isinstance(error, NotFound):  # it ended by itself at this moment
            self._went_wrong(tr("stopping an export"), error)

    def run_again(self, job: Job) -> None:
        """Export the same once more."""
        self._model.ask(job.id, Asked.RUN_AGAIN)
        self._desk.queue.run_again(job.id)

    def dismiss(self, job: Job) -> None:
        """Take a row without a file away."""
        work = partial(self._desk.program.ledger.dismiss, job.id)
        self._desk.background.ask(self, work, self._changed, self._not_dismissed)

    def _not_dismissed(self, error: Exception) -> None:
        self._model.read()
        if not isinstance(error, NotFound):  # another window was faster, or its file came back
            self._went_wrong(tr("taking a row off the shelf"), error)


def _kept_longer(program: Program, job: Job) -> datetime:
    """Counted from the later of now and when it would go."""
    now = program.clock()
    until = max(now, job.expires_at or now) + timedelta(days=program.shelf_days() or SHELF_DAYS)
    program.ledger.keep(job.id, until)
    return until


def _kept_until(program: Program, job: Job, until: datetime | None) -> datetime | None:
    program.ledger.keep(job.id, until)
    return until


def _stop_elsewhere(program: Program, job: int) -> None:
    """Ask the process that runs it; where that one has died, say so in the ledger."""
    program.ledger.ask_to_cancel(job)
    program.janitor.reconcile()
