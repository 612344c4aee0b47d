"""What a teacher decides for courses: shown at once, and written down off the window's thread, one after the other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from exportmanager.core.course import CourseId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.overview import CourseOverview
from exportmanager.jobs.desk import Desk

_ABOUT_ACCESS = {"retention_months", "keep_everything", "remove_old_access"}


class CourseChoices(QObject):
    """What is decided for the course in view. `changed`: it is to be shown anew."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.overview: CourseOverview | None = None
        self._wanted: dict[CourseId, dict[str, Any]] = {}
        """What the teacher chose and no reading of the library has shown yet."""
        self._to_write: dict[CourseId, dict[str, Any]] = {}
        self._is_writing = False
        self._is_about_access = False

    @property
    def settings(self) -> CourseSettings:
        """What is decided for the course in view."""
        if self.overview is None:
            return CourseSettings()
        return replace(self.overview.settings, **self._wanted.get(self.overview.info.id, {}))

    def show_course(self, overview: CourseOverview) -> None:
        """Bring a course into view. What was read before the last change was written down does not undo it."""
        self.overview = overview
        self.changed.emit()
        if not self._is_writing:  # the next reading is believed, whatever it says
            self._wanted.pop(overview.info.id, None)

    def choose(self, **values: Any) -> None:
        """Decide something for the course in view, by the names of `CourseSettings`."""
        assert self.overview is not None, "it is shown with a course"
        course = self.overview.info.id
        for waiting in (self._wanted, self._to_write):
            waiting.setdefault(course, {}).update(values)
        self.changed.emit()
        if not self._is_writing:
            self._write()

    def _write(self) -> None:
        course, values = next(iter(self._to_write.items()))
        del self._to_write[course]
        self._is_writing = True
        self._is_about_access |= bool(_ABOUT_ACCESS & values.keys())
        write = partial(self._desk.program.library.change_course_settings, course, **values)
        self._desk.background.ask(self, write, self._written, partial(self._not_written, course))

    def _written(self, _: object) -> None:
        self._is_writing = False
        if self._to_write:
            self._write()
        elif self._is_about_access:
            self._is_about_access = False
            self._desk.tidy()  # what will go is told at once
        else:
            self._desk.library_changed.emit()

    def _not_written(self, course: CourseId, problem: Exception) -> None:
        self._wanted.pop(course, None)
        self._to_write.pop(course, None)
        self.changed.emit()
        self._written(None)
        self._desk.went_wrong.emit(problem)
