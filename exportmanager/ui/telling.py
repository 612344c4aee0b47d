"""Tells that an export is ready or did not work: in the window, and on the desktop when the window is not in front."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from exportmanager.core.ledger import Job, JobState
from exportmanager.core.settings.window import WindowSettings
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.program import Program
from exportmanager.ui.desktop import Notifier, show_in_folder
from exportmanager.ui.notices import Action, Notices
from exportmanager.ui.shelf_actions import ShelfActions
from exportmanager.ui.shelf_look import course_of, gap_words, what_of
from exportmanager.ui.words import holds, size, tr


@dataclass(frozen=True, slots=True)
class _HowToTell:
    notifications: str
    path: Path | None


def _how_to_tell(program: Program, job: Job) -> _HowToTell:
    settings = program.settings("window")
    assert isinstance(settings, WindowSettings), "the group of that name"
    is_there = job.state is JobState.EXPORTED and job.file is not None
    return _HowToTell(settings.notifications, program.shelf.path_of(job.file) if is_there and job.file else None)


class Telling(QObject):
    """Listens to the queue. `panel` is in the window that it speaks for."""

    def __init__(self, desk: Desk, notices: Notices, actions: ShelfActions, notifier: Notifier, panel: QWidget) -> None:
        super().__init__(panel)
        self._desk = desk
        self._notices = notices
        self._actions = actions
        self._notifier = notifier
        self._panel = panel
        notifier.clicked.connect(self._clicked)
        desk.queue.ended.connect(self._ended)

    def _ended(self, job: Job, outcome: Outcome) -> None:
        if outcome.bug is not None:  # whatever was wished: its report is to be had nowhere else
            self._notices.say_problem(outcome.bug, tr("exporting"))
        elif not outcome.was_stopped and self._desk.queue.notifies(job.id):
            work = partial(_how_to_tell, self._desk.program, job)
            self._desk.background.ask(self, work, partial(self._tell, job, outcome))

    def _tell(self, job: Job, outcome: Outcome, how: _HowToTell) -> None:
        if how.notifications == "none":
            return
        if outcome.problem is not None:
            text, about = self._did_not_work(job), tr(outcome.problem.what)
            next_step = f"{about} {tr(outcome.problem.next_step)}".strip()
            again = (tr("Run again"), partial(self._actions.run_again, job))
            self._notices.say(text, next_step, mood="warning", details=outcome.problem.details, actions=[again])
        else:
            text, about = self._is_ready(job), _holds(job)
            self._notices.say(f"{text}: {about}", mood="info" if _has_gaps(job) else "good", actions=self._ways(job))
        if how.notifications == "desktop" and QApplication.activeWindow() is None:
            self._notifier.notify(text, about, how.path)
            QApplication.alert(self._panel.window())

    def _is_ready(self, job: Job) -> str:
        what = what_of(job, self._desk.program.kinds)
        return tr("{what} of {course} is on the shelf", what=what, course=course_of(job))

    def _did_not_work(self, job: Job) -> str:
        what = what_of(job, self._desk.program.kinds)
        return tr("{what} of {course} could not be exported.", what=what, course=course_of(job))

    def _ways(self, job: Job) -> list[Action]:
        ways: list[Action] = [(tr("Show in folder"), partial(self._actions.show_in_folder, job))]
        if _has_gaps(job):
            ways.insert(0, (tr("Show the gaps"), partial(self._actions.show_gaps, job)))
        return ways

    def _clicked(self, path: Path | None) -> None:
        """A notification on the desktop was clicked."""
        if path is not None:
            show_in_folder(path)
        else:
            window = self._panel.window()
            window.raise_()
            window.activateWindow()


def _has_gaps(job: Job) -> bool:
    return bool(job.report and job.report.unchosen_gaps)


def _holds(job: Job) -> str:
    """ "84 MB, 22 of 24 students, 2 gaps"."""
    parts = (size(job.file.size) if job.file else "", holds(job.report), gap_words(job.report))
    return ", ".join(part for part in parts if part)
