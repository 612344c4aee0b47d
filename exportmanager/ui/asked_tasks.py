"""Starts tasks of the shelf, none of them twice at a time, and says how each ended."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.ui.notices import Notices
from exportmanager.ui.words import tr


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A task: `what` it is, and `about` what; both together are under way only once at a time.

    `then` takes its value. Of one that was stopped it is said that it was `stopped`, and what is `left` of it; of one
    that went wrong, what was `doing` ("while ..."), and it can be tried `again`.
    """

    what: str
    about: Hashable
    title: str
    work: Callable[[Meter], Any]
    then: Callable[[Any], None]
    doing: str
    stopped: str
    left: str
    again: Callable[[], object] | None = None
    course: CourseId | None = None


class AskedTasks(QObject):
    """Belongs to the object whose methods the tasks name."""

    def __init__(self, desk: Desk, notices: Notices, owner: QObject) -> None:
        super().__init__(owner)
        self._desk, self._notices = desk, notices
        self._asked: dict[str, Asked] = {}
        desk.tasks.ended.connect(self._ended)

    def start(self, asked: Asked) -> None:
        """Start it, unless the same is under way."""
        if any((known.what, known.about) == (asked.what, asked.about) for known in self._asked.values()):
            self._notices.say(tr("{what} is under way already.", what=asked.title), tr("Its bar is on the shelf."))
            return
        task = self._desk.tasks.start(asked.what, asked.title, asked.work, course=asked.course)
        self._asked[task.key] = asked

    def _ended(self, task: Task, outcome: Outcome) -> None:
        asked = self._asked.pop(task.key, None)
        if asked is None:
            return
        self._desk.library_changed.emit()
        if outcome.is_done:
            asked.then(outcome.value)
        elif outcome.was_stopped:
            self._notices.say(asked.stopped, asked.left)
        else:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            actions = [(tr("Try again"), asked.again)] if asked.again else []
            self._notices.say_problem(error, asked.doing, actions=actions)
