"""Says what came of saving copies of exports and of reading exports back; both run as rows of the shelf."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from exportmanager.core.ledger import Job
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.shelf.verify import Verification
from exportmanager.ui.desktop import show_in_folder
from exportmanager.ui.notices import Notices
from exportmanager.ui.shelf_look import course_of, what_of
from exportmanager.ui.words import counted, tr

_COPY = "copy"


class Copies(QObject):
    """Tells of every copy, whichever page asked for it, and of the verifications that were asked for here."""

    verified = Signal(int, bool)

    def __init__(self, desk: Desk, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notices = notices
        self._verified: dict[str, Job] = {}
        desk.tasks.ended.connect(self._ended)

    def verify(self, job: Job) -> None:
        """Read a file back and compare it with what was written."""
        self._verified[self._desk.verify(job, tr("Verifying: {name}", name=self._name_of(job))).key] = job

    def _name_of(self, job: Job) -> str:
        return tr("{what} · {course}", what=what_of(job, self._desk.program.kinds), course=course_of(job))

    def _ended(self, task: Task, outcome: Outcome) -> None:
        job = self._verified.pop(task.key, None)
        if job is None and task.what != _COPY:  # somebody else tells of it
            return
        if outcome.was_stopped:
            if task.what == _COPY:
                self._notices.say(tr("Saving a copy was stopped."), tr("Nothing of it was left behind."))
        elif not outcome.is_done:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            doing = tr("saving a copy") if task.what == _COPY else tr("reading an export back")
            self._notices.say_problem(error, doing)
        elif job is None:
            self._say_saved(outcome.value)
        else:
            self._say_verified(job, outcome.value)

    def _say_saved(self, path: Path) -> None:
        show = (tr("Show in folder"), partial(show_in_folder, path))
        text, place = tr("Copy saved: {file}", file=path.name), tr("In {folder}", folder=path.parent)
        self._notices.say(text, place, mood="good", actions=[show])

    def _say_verified(self, job: Job, found: Verification) -> None:
        name = self._name_of(job)
        self.verified.emit(job.id, found.is_whole)
        if not found.is_whole:
            self._say_damaged(job, name, found)
        elif found.files:
            files = counted(found.files, "1 file read back, as it was", "%Ln files read back, each as it was")
            self._notices.say(tr("{name} is whole: {files}.", name=name, files=files), mood="good")
        else:
            self._notices.say(tr("{name} is whole: it was read back, and is as it was.", name=name), mood="good")

    def _say_damaged(self, job: Job, name: str, found: Verification) -> None:
        assert job.file is not None, "it was read"
        first, more = found.problems[0], len(found.problems) - 1
        rest = " " + counted(more, "And 1 more problem.", "And %Ln more problems.") if more else ""
        self._notices.say(
            tr("{name} is damaged: {problem}", name=name, problem=first) + rest,
            tr("Do not rely on this file. Export again, then delete this one in its folder."),
            mood="loss",
            details="\n".join([job.file.name, *found.problems]),
            lasting=True,
        )
