"""Asks which course the files belong to: one of the library, or a new one with a title and a time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from PySide6.QtCore import QTimer, QTimeZone, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QRadioButton, QWidget

from exportmanager.core.arrivals import Choice, Plan
from exportmanager.core.course import CourseId
from exportmanager.ui.adding_choice import ChoiceBox
from exportmanager.ui.adding_words import short
from exportmanager.ui.kit import STEP, Text, column, labelled, named
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr

_SOON = 250
"""Milliseconds: a title that is being typed is planned with once."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The course that was chosen (None: a new one of this title), or what has to be done first (`problem`)."""

    course: CourseId | None = None
    title: str = ""
    problem: str = ""


def time_zones() -> list[Choice]:
    """Every time zone that is called by a place, and UTC; this computer's own first. Reads the disk."""
    known = available_timezones()
    own = system_zone() if system_zone() in known else "UTC"
    places = (name for name in sorted(known) if "/" in name and not name.startswith("Etc/"))
    return [Choice(name, name) for name in dict.fromkeys([own, "UTC", *places])]


def system_zone() -> str:
    """The time zone of this computer."""
    return bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"


class CourseChoice(QWidget):
    """`changed`: another course was chosen, or a new one is called otherwise."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_by_hand = self._is_titled = False
        self._fits: tuple[Choice, ...] | None = None
        self._courses: tuple[Choice, ...] = ()
        self._wanted: CourseId | None = None
        self._wanted_zone = ""
        self.of_library = QRadioButton(tr("A course in the library"))
        self.of_new = QRadioButton(tr("A new course"))
        named(self.of_library, self.of_library.text(), tr("Adds to a course that is here already"))
        named(self.of_new, self.of_new.text(), tr("Makes a course of these files"))
        self._group = QButtonGroup(self)
        self.courses = ChoiceBox(tr("Choose a course"))
        self.courses.call(tr("Course in the library"), tr("The course to which the files are added"))
        self.title = QLineEdit()
        self.title.setAcceptDrops(False)
        self.title.setPlaceholderText(tr("Its title"))
        named(self.title, tr("Title of the new course"), tr("What the new course is called"))
        self.zone = ChoiceBox(tr("Choose a time zone"))
        self.says = Says("info")
        self._zone_label = labelled(tr("&Times without a zone are in"), self.zone)
        self.zone.call(tr("Time zone"), tr("In which dates and times of the files are meant that do not say it"))
        self.offer_zones([Choice(system_zone(), system_zone())])
        self._arrange()
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._connect()
        self._show_parts()

    def _arrange(self) -> None:
        for number, radio in enumerate((self.of_library, self.of_new)):
            self._group.addButton(radio, number)
        grid = QGridLayout()
        grid.setHorizontalSpacing(STEP)
        grid.setVerticalSpacing(STEP // 2)
        grid.setColumnStretch(1, 1)
        for row, parts in enumerate(
            ((self.of_library, self.courses), (self.of_new, self.title), (self._zone_label, self.zone))
        ):
            for number, part in enumerate(parts):
                grid.addWidget(part, row, number)
        heading = Text(tr("Which course"), size="heading")
        layout = column(heading, self.says, spacing=STEP // 2)
        layout.addLayout(grid)
        self.setLayout(layout)

    def _connect(self) -> None:
        self._group.idToggled.connect(self._toggled)
        self.courses.changed.connect(self._course_chosen)
        self.title.textEdited.connect(self._title_typed)
        self._soon.timeout.connect(self.changed)

    # What is chosen

    @property
    def chosen(self) -> Chosen:
        """What was chosen."""
        if self.of_library.isChecked() and (course := self.courses.value or self._wanted):
            return Chosen(CourseId(course))
        if self.of_new.isChecked():
            title = self.title.text().strip()
            return Chosen(None, title, "" if title else tr("Give the new course a title."))
        return Chosen(problem=tr("Choose the course that these files belong to."))

    @property
    def time_zone(self) -> str:
        """The time zone of a new course."""
        return self.zone.value or system_zone()

    def _toggled(self, _: int, is_checked: bool) -> None:
        if is_checked:
            self._is_by_hand = True
            self._show_parts()
            self.changed.emit()

    def _course_chosen(self) -> None:
        self._is_by_hand = True
        self.of_library.setChecked(True)
        self.changed.emit()

    def _title_typed(self, _: str) -> None:
        self._is_titled = True
        if not self.of_new.isChecked():
            self.of_new.setChecked(True)
        self._soon.start()

    def _show_parts(self) -> None:
        for part in (self._zone_label, self.zone):
            part.setVisible(not self.of_library.isChecked())

    def begin_with(self, course: CourseId | None, title: str, time_zone: str) -> None:
        """Choose what was chosen before."""
        self._is_by_hand, self._wanted = True, course
        self._is_titled = bool(title)
        self.title.setText(title)
        self._wanted_zone = time_zone
        self.zone.choose(time_zone)
        (self.of_library if course else self.of_new).setChecked(True)

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody chose: then nothing is proposed any more."""
        return self._is_by_hand

    # What is proposed

    def offer(self, courses: Sequence[Choice]) -> None:
        """The courses of the library."""
        self._courses = tuple(courses)
        self.courses.offer(self._fits or (), self._courses)
        for part in (self.of_library, self.courses):
            part.setEnabled(bool(courses))
        if self._wanted is not None:
            self.courses.choose(self._wanted)
            self._wanted = None
            self.changed.emit()  # it may have left the library

    def offer_zones(self, zones: Sequence[Choice]) -> None:
        """The time zones to choose from; the first is chosen until somebody chooses another."""
        self.zone.offer(zones)
        if self.zone.value is None:
            self.zone.choose(self._wanted_zone or zones[0].value)

    def propose(self, plan: Plan) -> None:
        """Propose the title, and the one course that the files seem to belong to, until somebody has chosen."""
        if plan.course is not None:  # then nobody looked which one fits
            return
        if not self._is_titled:
            self.title.setText(plan.title)
        fits = tuple(plan.fits)
        if fits != self._fits:
            self._fits = fits
            self.courses.offer(fits, self._courses)
            self.says.say(_fit_words(fits))
        if not self._is_by_hand:
            self._choose_by_itself(fits)

    def _choose_by_itself(self, fits: Sequence[Choice]) -> None:
        """One that fits, else a new one; none where several fit: that is the teacher's to know."""
        before = self.chosen
        self._group.blockSignals(True)
        self._group.setExclusive(False)
        self.of_library.setChecked(len(fits) == 1)
        self.of_new.setChecked(not fits)
        self._group.setExclusive(True)
        self._group.blockSignals(False)
        self.courses.choose(fits[0].value if len(fits) == 1 else None)
        self._show_parts()
        if self.chosen != before:
            self.changed.emit()


def _fit_words(fits: Sequence[Choice]) -> str:
    if not fits:
        return ""
    if len(fits) == 1:
        return tr("The files seem to belong to {course}.", course=short(fits[0].words, 60))
    courses = ", ".join(short(fit.words, 40) for fit in fits[:3])
    return tr("The files could belong to several courses: {courses}. Please choose.", courses=courses)
