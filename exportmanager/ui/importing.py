"""Brings courses in: opens the Add course dialog, takes what is dropped, and says what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from exportmanager.core.arrivals import Choice
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotACourse
from exportmanager.core.report import ImportReport
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.looking import Brought
from exportmanager.jobs.runs import Outcome
from exportmanager.jobs.tasks import Task
from exportmanager.library.listing import CourseSummary
from exportmanager.resources_dir import sample_course
from exportmanager.ui.adding import AddDialog, Beginning
from exportmanager.ui.adding_report import ImportReportDialog
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.notices import Action, Notices
from exportmanager.ui.words import counted, tr

_FOLDER = "folder"
_A_PATH = "PATH"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An import under way: from which source, from where, and what a person calls it."""

    source: str
    place: str
    name: str


class Importing(QObject):
    """`came_in` carries the id of a course that is in the library now, whether or not it was there before."""

    came_in = Signal(object)

    def __init__(self, desk: Desk, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._notices = notices
        self._window = window
        self._last_folder = str(Path.home())
        self._added_from = ""
        self._running: dict[str, _Asked] = {}
        self._brought: dict[str, Beginning] = {}
        desk.tasks.ended.connect(self._ended)

    # The Add course dialog

    def add(self, _: bool = False) -> None:
        """Open the Add course dialog."""
        self._open(Beginning(folder=self._added_from))

    def add_to(self, course: CourseId, title: str) -> None:
        """Open it to add more to a course of the library."""
        self._open(Beginning(course=Choice(course, title), folder=self._added_from))

    def _open(self, beginning: Beginning) -> None:
        dialog = AddDialog(self._desk, beginning, self._window)
        dialog.accepted.connect(partial(self._take_in, dialog))
        dialog.rejected.connect(partial(self._given_up, dialog))
        dialog.open()

    def _take_in(self, dialog: AddDialog) -> None:
        beginning = dialog.as_it_stands()
        self._added_from = beginning.folder
        title = tr("Importing {name}", name=dialog.name)
        task = self._desk.take_in(dialog.looking, title, beginning.time_zone)
        self._brought[task.key] = beginning

    def _given_up(self, dialog: AddDialog) -> None:
        """What was looked at is let go of; what the teacher did in the dialog can be taken up again."""
        beginning = dialog.as_it_stands()
        self._added_from = beginning.folder
        dialog.looking.give_up()
        if beginning.things:
            self._notices.say(tr("Nothing was added."), actions=[(tr("Go on adding"), partial(self._open, beginning))])

    # Course folders

    def ask(self) -> None:
        """Ask for a course folder, and bring it in."""
        self.ask_for(_FOLDER)

    def ask_for(self, source: str) -> None:
        """Ask where a course of a source is, and bring it in."""
        if self._desk.program.sources[source].argument == _A_PATH:
            self._ask_for_folder(source)
        else:
            self._ask_for_address(source)

    def _ask_for_folder(self, source: str) -> None:
        dialog = QFileDialog(self._window, tr("Choose a course folder"), self._last_folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Add"))
        dialog.fileSelected.connect(partial(self._folder_chosen, source))
        dialog.open()

    def _folder_chosen(self, source: str, folder: str) -> None:
        self._last_folder = str(Path(folder).parent)
        self._start(_Asked(source, folder, _name_of(Path(folder))))

    def _ask_for_address(self, source: str) -> None:
        asked = self._desk.program.sources[source]
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Add course"))
        dialog.setLabelText(f"{tr(asked.title)}: {tr(asked.summary)}")
        dialog.setOkButtonText(tr("Add"))
        dialog.textValueSelected.connect(partial(self._address_given, source))
        dialog.open()

    def _address_given(self, source: str, address: str) -> None:
        if address.strip():
            self._start(_Asked(source, address.strip(), address.strip()))

    def bring_in_sample(self) -> None:
        """Bring in the sample course."""
        self._start(_Asked(_FOLDER, str(sample_course()), tr("the sample course")))

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped on the window: a course folder comes in at once, all else by the dialog."""
        work = partial(_is_course_folder, tuple(paths))
        self._desk.background.ask(self, work, partial(self._take_dropped, tuple(paths)))

    def _take_dropped(self, paths: Sequence[Path], is_course_folder: bool) -> None:
        if is_course_folder:
            self._start(_Asked(_FOLDER, str(paths[0]), _name_of(paths[0])))
        elif paths:
            things = tuple(Brought(str(path)) for path in paths)
            self._open(Beginning(things=things, folder=str(paths[0].parent)))

    def _start(self, asked: _Asked) -> None:
        if asked in self._running.values():  # pressed twice
            return
        task = self._desk.bring_in(asked.source, asked.place, tr("Importing {name}", name=asked.name))
        self._running[task.key] = asked

    # What came of it

    def _ended(self, task: Task, outcome: Outcome) -> None:
        if (asked := self._running.pop(task.key, None)) is not None:
            self._course_ended(asked, outcome)
        elif (beginning := self._brought.pop(task.key, None)) is not None:
            self._brought_ended(task, beginning, outcome)

    def _course_ended(self, asked: _Asked, outcome: Outcome) -> None:
        if outcome.is_done:
            self._came(outcome.value)
        elif outcome.was_stopped:
            text = tr("The import of {name} was stopped.", name=asked.name)
            self._notices.say(text, tr("Nothing of it was taken into the library."))
        else:
            self._say_problem(asked, outcome)

    def _brought_ended(self, task: Task, beginning: Beginning, outcome: Outcome) -> None:
        """What did not come in can be settled otherwise, or tried again."""
        again = [(tr("Go on adding"), partial(self._open, beginning))]
        if outcome.is_done:
            for report in outcome.value:
                self._came(report)
        elif outcome.was_stopped:
            text = tr("{what} was stopped.", what=task.title)
            self._notices.say(text, tr("What it had not finished was not taken into the library."), actions=again)
        else:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            self._notices.say_problem(error, tr("importing a course"), actions=again)

    def _came(self, report: ImportReport) -> None:
        self.came_in.emit(CourseId(report.course_id))
        self._desk.background.ask(self, self._desk.program.library.courses, partial(self._say_what_came, report))

    def _say_problem(self, asked: _Asked, outcome: Outcome) -> None:
        if isinstance(outcome.problem, NotACourse):
            self._notices.say(
                tr(outcome.problem.what),
                tr("A course folder is a folder that holds course.json, roster.csv and the students' work."),
                mood="warning",
                details=outcome.problem.details,
                actions=[(tr("Choose a folder..."), self.ask)],
            )
            return
        error = outcome.problem or outcome.bug
        assert error is not None, "it did not end well, and nobody stopped it"
        again = (tr("Try again"), partial(self._start, asked))
        self._notices.say_problem(error, tr("importing a course"), actions=[again])

    def _say_what_came(self, report: ImportReport, courses: Sequence[CourseSummary]) -> None:
        course = next((course for course in courses if course.info.id == report.course_id), None)
        if course is None:  # removed by another process at this very moment
            return
        actions: list[Action] = [(tr("Show report"), partial(self._show_report, report))]
        if report.gaps:
            actions.append((tr("Show the gaps"), partial(self._show_gaps, report)))
        self._notices.say(_what_came(report, course), _what_stayed(report), mood=_mood(report), actions=actions)

    def _show_report(self, report: ImportReport) -> None:
        ImportReportDialog(report, parent=self._window).open()

    def _show_gaps(self, report: ImportReport) -> None:
        title = tr("What is not in {course}", course=report.course_title)
        GapsDialog(title, report.gaps, self._window).open()


def _is_course_folder(paths: Sequence[Path]) -> bool:
    return len(paths) == 1 and (paths[0] / "course.json").is_file()


def _name_of(folder: Path) -> str:
    return folder.name or str(folder)


def _mood(report: ImportReport) -> str:
    if not report.changed_anything:
        return "info"
    return "warning" if report.gaps else "good"


def _what_came(report: ImportReport, course: CourseSummary) -> str:
    gaps = [counted(len(report.gaps), "1 gap", "%Ln gaps")] if report.gaps else []
    title = course.info.title
    if not report.changed_anything:
        counts = [tr("nothing has changed"), *gaps]
        return tr("{course} is all in the library already: {counts}", course=title, counts=", ".join(counts))
    if report.of("course").added:
        counts = [
            counted(course.students, "1 student", "%Ln students"),
            counted(course.assignments, "1 assignment", "%Ln assignments"),
            counted(course.workspaces, "1 workspace", "%Ln workspaces"),
            *gaps,
        ]
        return tr("{course} came in: {counts}", course=title, counts=", ".join(counts))
    added = sum(change.added for change in report.changes)
    changed = sum(change.changed for change in report.changes)
    counts = [counted(added, "1 new entry", "%Ln new entries"), counted(changed, "1 changed", "%Ln changed"), *gaps]
    return tr("{course} is up to date: {counts}", course=title, counts=", ".join(counts))


def _what_stayed(report: ImportReport) -> str:
    if not (kept := sum(change.kept for change in report.changes)):
        return ""
    return counted(
        kept,
        "1 entry that did not come this time stays in the library.",
        "%Ln entries that did not come this time stay in the library.",
    )
