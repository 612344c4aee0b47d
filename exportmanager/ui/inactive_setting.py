"""The switch for students who are inactive for long, and what it does to the exports of a course."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from exportmanager.core.course import CourseId, CourseSettings
from exportmanager.core.overview import CourseOverview
from exportmanager.core.retention import INACTIVE_AFTER_DAYS
from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import Text, column, named
from exportmanager.ui.overview_words import inactive_students
from exportmanager.ui.words import counted, tr


class InactiveSetting(QWidget):
    """Shows how a course is set, and writes it down off the window's thread, one change after the other."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._overview: CourseOverview | None = None
        self._wanted: dict[CourseId, bool] = {}
        """What the teacher chose and no reading of the library has shown yet."""
        self._to_write: dict[CourseId, bool] = {}
        self._is_writing = False
        words = tr("&Include students inactive for more than {days} days", days=INACTIVE_AFTER_DAYS)
        self.switch = QCheckBox(words)
        self.effect = Text(colour="muted")
        named(self.switch, words.replace("&", ""))
        self.setLayout(column(Text(tr("Exports of this course"), size="heading"), self.switch, self.effect))
        self.switch.clicked.connect(self._set)

    def show_course(self, overview: CourseOverview) -> None:
        """Show how a course is set. What was read before the last change was written down does not undo it."""
        self._overview = overview
        course, value = overview.info.id, overview.settings.include_inactive
        wanted = self._wanted.get(course, value)
        if not self._is_writing:  # the next reading is believed, whatever it says
            self._wanted.pop(course, None)
        self._show(wanted)

    def _show(self, include: bool) -> None:
        self.switch.setChecked(include)
        text = _effect(inactive_students(self._overview) if self._overview else 0, include)
        self.effect.setText(text)
        self.switch.setAccessibleDescription(text)

    def _set(self, include: bool) -> None:
        assert self._overview is not None, "the switch is shown with a course"
        self._show(include)
        self._wanted[self._overview.info.id] = self._to_write[self._overview.info.id] = include
        if not self._is_writing:
            self._write()

    def _write(self) -> None:
        course, include = next(iter(self._to_write.items()))
        del self._to_write[course]
        self._is_writing = True
        settings = CourseSettings(include_inactive=include)
        write = partial(self._desk.program.library.set_course_settings, course, settings)
        self._desk.background.ask(self, write, self._written, partial(self._not_written, course))

    def _written(self, _: None) -> None:
        self._is_writing = False
        if self._to_write:
            self._write()
        else:
            self._desk.library_changed.emit()

    def _not_written(self, course: CourseId, problem: Exception) -> None:
        self._wanted.pop(course, None)
        if self._overview is not None and self._overview.info.id == course:
            self._show(self._overview.settings.include_inactive)
        self._written(None)
        self._desk.went_wrong.emit(problem)


def _effect(count: int, include: bool) -> str:
    if not count:
        return tr("No student of this course is inactive for so long.")
    if include:
        return counted(
            count,
            "1 student is inactive; exports include what this student made.",
            "%Ln students are inactive; exports include what they made.",
        )
    return counted(
        count,
        "1 student is inactive; exports leave out what this student made, and say so.",
        "%Ln students are inactive; exports leave out what they made, and say so.",
    )
