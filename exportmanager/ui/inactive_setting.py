"""The switch for students who are inactive for long, and what it does to the exports of a course."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from exportmanager.core.retention import INACTIVE_AFTER_DAYS
from exportmanager.ui.course_choices import CourseChoices
from exportmanager.ui.kit import Text, column, named
from exportmanager.ui.overview_words import inactive_students
from exportmanager.ui.words import counted, tr


class InactiveSetting(QWidget):
    """Shows how the course in view is set, and changes it."""

    def __init__(self, choices: CourseChoices) -> None:
        super().__init__()
        self._choices = choices
        words = tr("&Include students inactive for more than {days} days", days=INACTIVE_AFTER_DAYS)
        self.switch = QCheckBox(words)
        self.effect = Text(colour="muted")
        named(self.switch, words.replace("&", ""))
        self.setLayout(column(Text(tr("Exports of this course"), size="heading"), self.switch, self.effect))
        self.switch.clicked.connect(self._set)
        choices.changed.connect(self._show)

    def _show(self) -> None:
        include, overview = self._choices.settings.include_inactive, self._choices.overview
        self.switch.setChecked(include)
        text = _effect(inactive_students(overview) if overview else 0, include)
        self.effect.setText(text)
        self.switch.setAccessibleDescription(text)

    def _set(self, include: bool) -> None:
        self._choices.choose(include_inactive=include)


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
