"""The dialog that imports blueprints: where from, what will be added, and then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QStackedWidget, QWidget

from exportmanager.core.blueprints import Additions
from exportmanager.core.course import Blueprint, CourseId, CourseInfo
from exportmanager.core.errors import MalformedFile, ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.formats.blueprints import BlueprintFile
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.errand import Errand
from exportmanager.jobs.runs import Outcome
from exportmanager.program import Program
from exportmanager.sources.blueprints import name_of, read_blueprints
from exportmanager.sources.git_page import InGit
from exportmanager.ui.adding_words import short
from exportmanager.ui.blueprint_coming import Coming
from exportmanager.ui.blueprint_place import BlueprintPlace, Field
from exportmanager.ui.errand_bar import ErrandBar
from exportmanager.ui.kit import STEP, Empty, Text, button, column, line
from exportmanager.ui.says import Says
from exportmanager.ui.words import counted, tr

_SOON = 150
"""Milliseconds in which the library may change again before it is read."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read, and what the course had at that moment."""

    file: BlueprintFile
    known: Sequence[Blueprint]


def _find(program: Program, course: CourseId, place: Path | InGit, meter: Meter) -> _Found:
    return _Found(read_blueprints(place, meter), program.library.blueprints.of(course))


class BlueprintImport(QDialog):
    """Adds blueprints to `course`, and closes once they are there. `added` carries the `Additions`.

    Shown with `open()`; `take` gives it a file to begin with.
    """

    added = Signal(object)

    def __init__(self, desk: Desk, course: CourseInfo, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowTitle(tr("Import blueprints into {course}", course=short(course.title, 60)))
        self._desk, self._course = desk, course.id
        self._asked: Path | InGit | None = None
        self._trouble = ""
        self._is_adding = False
        self.errand = Errand(desk.errands, self)
        self.place = BlueprintPlace(folder)
        self.bar = ErrandBar(self.errand)
        self.coming = Coming(desk)
        self._nothing = Empty(
            tr("Nothing has been read yet"), tr("What is in the file shows here before anything is added.")
        )
        self._reading = QWidget()
        self._pages = QStackedWidget()
        self.says = Says("info")
        self.add_button = button(tr("Add"), self.add, icon="add", about=tr("all that is listed"), is_default=True)
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without adding"))
        self._arrange()
        self._connect()
        self._look()

    def _arrange(self) -> None:
        reading = column(self.bar)
        reading.addStretch(1)
        self._reading.setLayout(reading)
        for page in (self._nothing, self._reading, self.coming):
            self._pages.addWidget(page)
        box = QDialogButtonBox()
        box.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        layout = column(margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addWidget(Text(tr("They are added to those that the course has; none of these is replaced.")))
        layout.addWidget(self.place)
        layout.addWidget(line())
        layout.addWidget(self._pages, 1)
        layout.addWidget(line())
        layout.addWidget(self.says)
        layout.addWidget(box)
        self.setLayout(layout)
        self.says.setAccessibleName(tr("What will happen"))
        self.resize(760, 640)

    def _connect(self) -> None:
        self.place.chosen.connect(self._read)
        self.place.changed.connect(self._forget)
        self.errand.ended.connect(self._ended)
        self.coming.counted.connect(self._look)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._know_anew)
        self._desk.library_changed.connect(self._soon.start)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where the teacher says where from, in a window that its screen has room for."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        self.resize(min(self.width(), room.width() - 2 * STEP), min(self.height(), room.height() - 6 * STEP))
        self.place.enter()

    # Reading

    def take(self, file: str) -> None:
        """Read a file."""
        self.place.take_file(file)

    def _read(self, place: Path | InGit) -> None:
        self._asked = place
        words = tr("Getting {name}", name=name_of(place)) if isinstance(place, InGit) else tr("Reading the file")
        self.bar.start(words, partial(_find, self._desk.program, self._course, place))
        self._pages.setCurrentWidget(self._reading)
        self._look()

    def _forget(self) -> None:
        """Something else is asked for now."""
        self.errand.give_up()
        self._asked, self._trouble = None, ""
        self.coming.forget()
        self._pages.setCurrentWidget(self._nothing)
        self._look()

    def _ended(self, outcome: Outcome) -> None:
        self._pages.setCurrentWidget(self.coming if outcome.is_done else self._nothing)
        if outcome.is_done:
            self.coming.show_file(outcome.value.file, outcome.value.known)
        elif not outcome.was_stopped:
            self._refuse(outcome)
        self._look()

    def _refuse(self, outcome: Outcome) -> None:
        if outcome.problem is not None:
            self.place.say(_about(self._asked, outcome.problem), _sentences(outcome.problem))
        else:
            assert outcome.bug is not None, "it did not end well, and nobody stopped it"
            self._trouble = tr("Something in this program went wrong while it read this.")
            self._desk.went_wrong.emit(outcome.bug)

    def _know_anew(self) -> None:
        """The course may have others by now."""
        if self.coming.file is not None and not self._is_adding:
            work = partial(self._desk.program.library.blueprints.of, self._course)
            self._desk.background.ask(self, work, self.coming.know, self._not_added)

    # Adding

    def _look(self) -> None:
        """Say what can be done now."""
        found, reason = self.coming.found, self._reason()
        self.add_button.setEnabled(not reason)
        self.place.get_button.setDefault(self.place.is_git and found is None)
        self.add_button.setDefault(not self.place.get_button.isDefault())
        words = counted(len(found.added), "Add 1 blueprint", "Add %Ln blueprints") if found and not reason else ""
        self.add_button.setText(words or tr("Add"))
        before, said = self.says.text(), reason or self.coming.words
        self.says.say(said, "problem" if self._trouble else "info")
        if said != before and (found or self._trouble):
            self.says.announce()

    def _reason(self) -> str:
        """Why nothing can be added; "" where it can."""
        if self._trouble:
            return self._trouble
        if self._is_adding:
            return tr("Adding ...")
        if self.errand.is_busy:
            return tr("You can add them when the file has been read.")
        if self.coming.found is None:
            return tr("Say where the blueprints are.")
        return "" if self.coming.found.added else tr("The course has all of these already.")

    def add(self) -> None:
        """Add all that is listed, and close."""
        if not self.add_button.isEnabled() or self.coming.file is None or self._asked is None:
            return
        program, is_skipping = self._desk.program, self.coming.skip.isChecked()
        work = partial(
            program.library.blueprints.add, self._course, self.coming.file.blueprints,
            skip_equal=is_skipping, name=name_of(self._asked), now=program.clock(),
        )  # fmt: skip
        self._is_adding = True
        self._look()
        self._desk.background.ask(self, work, self._added, self._not_added)

    def _added(self, found: Additions) -> None:
        self.added.emit(found)
        self._is_adding = False
        self.accept()

    def _not_added(self, error: Exception) -> None:
        self._is_adding = False
        if isinstance(error, ProblemForTeacher):
            self._trouble = _sentences(error)
        else:
            self._trouble = tr("Something in this program went wrong. Nothing was added.")
            self._desk.went_wrong.emit(error)
        self._look()

    def done(self, result: int) -> None:
        """Close, and wait for nothing; but what is being added is in a moment."""
        if not self._is_adding:
            self.errand.give_up()
            super().done(result)

    # Files dropped on it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the file that was dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if len(files) == 1:
            self.take(files[0])
        else:
            self.place.by_file.setChecked(True)
            self.place.say(Field.FILE, tr("These are several files. Drop one at a time."))


def _sentences(problem: ProblemForTeacher) -> str:
    return f"{tr(problem.what)} {tr(problem.next_step)}".strip()


def _about(place: Path | InGit | None, problem: ProblemForTeacher) -> Field:
    """Which field has to be changed."""
    if not isinstance(place, InGit):
        return Field.FILE
    from exportmanager.sources.git_choice import BadRef
    from exportmanager.sources.git_file import BadPath  # git is rarely asked for, and takes its time to load

    if isinstance(problem, BadPath | MalformedFile):
        return Field.PATH
    return Field.REF if isinstance(problem, BadRef) else Field.ADDRESS
