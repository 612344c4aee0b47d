"""Tells what a start, or waking up, put right: the clock, files that expired or have gone, what left the trash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject

from exportmanager.core.course import CourseId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.janitor import Tidied
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.old_access import OldAccess
from exportmanager.core.shelf import Removal
from exportmanager.core.trash import TRASH_DAYS, Trashed
from exportmanager.jobs.desk import Desk
from exportmanager.ui.notices import Notices
from exportmanager.ui.shelf_actions import ShelfActions
from exportmanager.ui.shelf_look import course_of, what_of
from exportmanager.ui.words import counted, day, moment, number, span, tr

_NAMED = 3
_EXPIRED = {Removal.REMOVED, Removal.WAS_GONE}


class PutRight(QObject):
    """Listens to the desk, and tells in the window; `actions` run an interrupted export again."""

    def __init__(self, desk: Desk, notices: Notices, actions: ShelfActions, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notices = notices
        self._actions = actions
        self._announced: set[tuple[CourseId, datetime]] = set()
        desk.tidied.connect(self.tell)

    def tell(self, tidied: Tidied) -> None:
        """All of it, each in a sentence of its own."""
        self._tell_clock(tidied.clock_jump)
        self._tell_files(tidied)
        for trashed in tidied.purged:
            text = tr("{course} was in the trash for {days} days, and is gone for good.",
                      course=trashed.info.title, days=number(TRASH_DAYS))  # fmt: skip
            self._notices.say(text, tr("Its archives stay where they are."))
        for trashed in tidied.last_day:
            self._tell_last_day(trashed)
        for told in tidied.old_access:
            self._tell_old_access(told)

    def _tell_clock(self, jump: timedelta | None) -> None:
        if not jump:
            return
        if jump < timedelta():
            text = tr("This computer's clock was set back by {time}; files on the shelf stay longer.",
                      time=span(-jump))  # fmt: skip
            self._notices.say(text, mood="warning")
        else:
            text = tr("This library was last used {time} ago, if this computer's clock is right.", time=span(jump))
            self._notices.say(text, tr("Files that expired meanwhile stay for another day."), mood="warning")

    def _tell_files(self, tidied: Tidied) -> None:
        interrupted = [job for job in tidied.reconciled if job.state is JobState.INTERRUPTED]
        if interrupted:
            self._say_interrupted(interrupted)
        expired = [job for job, removal in tidied.removed if removal in _EXPIRED]
        if expired:
            text = counted(len(expired), "1 file expired and was removed from the shelf.",
                           "%Ln files expired and were removed from the shelf.")  # fmt: skip
            self._notices.say(text, _names([job.file.name for job in expired if job.file]))
        let_go = [job for job in tidied.reconciled if job.state is JobState.REMOVED]
        if let_go:
            text = counted(len(let_go), "1 file was removed from the shelf, as was asked for before.",
                           "%Ln files were removed from the shelf, as was asked for before.")  # fmt: skip
            self._notices.say(text, _names([job.file.name for job in let_go if job.file]))
        missing = [job for job in tidied.reconciled if job.state is JobState.MISSING]
        if missing:
            text = counted(len(missing), "1 file has gone from the shelf.", "%Ln files have gone from the shelf.")
            listed = _names([job.file.name for job in missing if job.file])
            self._notices.say(text, tr("Run the export again to make it anew: {names}", names=listed), mood="warning")

    def _tell_last_day(self, trashed: Trashed) -> None:
        """Once while the window is open: what goes from the trash tomorrow."""
        if (trashed.info.id, trashed.goes_at) not in self._announced:
            self._announced.add((trashed.info.id, trashed.goes_at))
            text = tr("{course} leaves the trash for good after {moment}.",
                      course=trashed.info.title, moment=moment(trashed.goes_at))  # fmt: skip
            keep = tr("To have it again, put it back: see the trash.")
            self._notices.say(text, keep, mood="warning", lasting=True)

    def _tell_old_access(self, told: OldAccess) -> None:
        """What went, and once while the window is open what will go."""
        parts = {"course": told.info.title, "day": day(told.before)}
        if told.goes_at is None:
            text = counted(told.rows, "{course}: 1 access event from before {day} was removed.",
                           "{course}: %Ln access events from before {day} were removed.")  # fmt: skip
            self._notices.say(text.format(**parts), tr("The course is set so."))
        elif (told.info.id, told.goes_at) not in self._announced:
            self._announced.add((told.info.id, told.goes_at))
            text = counted(told.rows, "{course}: 1 access event from before {day} will be removed.",
                           "{course}: %Ln access events from before {day} will be removed.")  # fmt: skip
            when = tr(
                "They leave the library for good after {moment}, as the course is set.", moment=moment(told.goes_at)
            )
            keep = (tr("Keep everything"), partial(self._keep_everything, told.info.id))
            self._notices.say(text.format(**parts), when, mood="warning", actions=[keep], lasting=True)

    def _keep_everything(self, course: CourseId) -> None:
        keep = partial(self._desk.program.library.change_course_settings, course, keep_everything=True)
        self._desk.background.ask(self, keep, self._kept)

    def _kept(self, _: CourseSettings) -> None:
        self._desk.library_changed.emit()

    def _say_interrupted(self, jobs: Sequence[Job]) -> None:
        text = counted(len(jobs), "1 export was interrupted when the program ended.",
                       "%Ln exports were interrupted when the program ended.")  # fmt: skip
        kinds = self._desk.program.kinds
        names = [tr("{what} · {course}", what=what_of(job, kinds), course=course_of(job)) for job in jobs]
        again = (tr("Run again"), partial(self._run_again, tuple(jobs)))
        self._notices.say(text, _names(names), mood="warning", actions=[again], lasting=True)

    def _run_again(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._actions.run_again(job)


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED])
    return listed if more <= 0 else tr("{names} and {number} more", names=listed, number=more)
