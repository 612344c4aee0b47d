"""A course from a course folder, the plain format that `docs/course-folder.md` defines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, time
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.course import (
    Answer,
    Assignment,
    AssignmentId,
    CourseId,
    CourseInfo,
    Module,
    ModuleId,
    Parent,
    State,
    Student,
    StudentId,
)
from exportmanager.core.errors import MalformedFile, NotACourse, from_os_error
from exportmanager.core.events import AccessEvent, AccessRow, CoachLog
from exportmanager.core.meter import Meter
from exportmanager.core.options import NoOptions
from exportmanager.core.report import Gap, ImportReport
from exportmanager.core.source import CourseWriter, GivenTwice
from exportmanager.formats import course_folder as f
from exportmanager.sources.folder_files import FolderFiles

_T = TypeVar("_T")
_Event = TypeVar("_Event", AccessEvent, CoachLog)
_ACCESS_ROW: Callable[[AccessEvent], AccessRow] = attrgetter(*(field.name for field in fields(AccessEvent)))
_TABLES = ("roster.csv", "results.csv", "answers.csv", "access.csv", "coach-logs.csv", "blueprints.json")


class CourseFolder:
    """The source: see the module."""

    id = "folder"
    title = "Course folder"
    summary = "A folder with course.json, a roster, workspaces and what else there is."
    argument = "PATH"
    Options = NoOptions

    def read(self, place: str, options: NoOptions, writer: CourseWriter, meter: Meter, today: datetime) -> ImportReport:
        """Read the folder at `place`. Raises `BadSource`."""
        folder = Path(place)
        with _os_errors():
            _check(folder)
            reading = _Reading(folder, f.read_course(folder / "course.json"), writer, meter, today)
        try:
            with _os_errors():
                reading.run()
            return writer.finish()
        except GivenTwice as twice:
            raise reading.twice(twice) from twice


SOURCE = CourseFolder()


@contextmanager
def _os_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os_error(error, "importing the course folder") from error


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise NotACourse(f"{folder} is not a folder.", "Give the folder that holds course.json.")
    if not (folder / "course.json").is_file():
        raise NotACourse(f"{folder} is not a course folder: it has no course.json.", "Choose the folder that has one.")
    for name in ("course.json", *_TABLES):
        if (folder / name).is_symlink():
            raise MalformedFile(name, 0, "it is a link, and what it points at may lie outside the folder.")
        if (folder / name).exists() and not (folder / name).is_file():
            raise MalformedFile(name, 0, "it is no file.")
    if not (folder / "roster.csv").is_file():
        raise MalformedFile("roster.csv", 0, "it is missing.", "A course folder needs a roster.")


class _Reading:
    """One reading of one folder."""

    def __init__(self, folder: Path, course: f.CourseFile, writer: CourseWriter, meter: Meter, today: datetime) -> None:
        self._folder = folder
        self._course = course
        self._writer = writer
        self._meter = meter
        zone = ZoneInfo(course.time_zone)
        self._shift = self._days_to_move(today.astimezone(zone))
        self._dates = f.Dates(zone, self._shift)
        self._students: dict[StudentId, Student] = {}
        self._assignments: dict[AssignmentId, Assignment] = {}
        self._started: set[tuple[AssignmentId, StudentId]] = set()

    def _days_to_move(self, today: datetime) -> int:
        if self._course.dates == "fixed":
            return 0
        known = self._writer.date_shift_days(CourseId(self._course.id))
        return (today.date() - self._course.taken_on).days if known is None else known

    def _floating_file_time(self) -> int | None:
        """A floating course has no use for the times at which its files were checked out."""
        if self._course.dates == "fixed":
            return None
        day = self._dates.moved(self._course.taken_on)
        return int(datetime.combine(day, time(), UTC).timestamp())

    def run(self) -> None:
        """Give everything to the writer. Raises `GivenTwice`."""
        try:
            info = self._info()
        except (ValueError, OverflowError) as error:  # a day that cannot be moved
            raise MalformedFile("course.json", 0, f"its days are beyond the calendar ({error}).") from error
        self._writer.course(info, self._shift)
        for thing, number in self._course.counts.items():
            self._writer.expect(thing, number)
        self._modules()
        self._roster()
        self._results()
        self._answers()
        access = self._events("access.csv", ("at", "user", "type"), f.access_event_of)
        self._writer.access_events(_ACCESS_ROW(event) for event in access)
        for log in self._events("coach-logs.csv", ("at", "user"), f.coach_log_of):
            self._writer.coach_log(log)
        for blueprint in f.read_blueprints(self._folder / "blueprints.json"):
            self._writer.blueprint(blueprint)
        self._files().read(self._started)

    def _files(self) -> FolderFiles:
        return FolderFiles(
            self._folder,
            self._writer,
            self._meter,
            students=self._students,
            assignments=self._assignments,
            know=self._know,
            modified=self._floating_file_time(),
        )

    def _info(self) -> CourseInfo:
        c, moved = self._course, self._dates.moved
        return CourseInfo(
            id=CourseId(c.id),
            title=c.title,
            taken_on=moved(c.taken_on),
            code=c.code,
            term=c.term,
            description=c.description,
            starts_on=moved(c.starts_on) if c.starts_on else None,
            ends_on=moved(c.ends_on) if c.ends_on else None,
            time_zone=c.time_zone,
            has_children=c.has_children,
            child_of=Parent(c.child_of.title, c.child_of.licensed_master) if c.child_of else None,
            licensed_master=c.licensed_master,
            lti_enabled=c.lti_enabled,
            extra=c.unknown,
        )

    def _modules(self) -> None:
        position = 0
        for number, module in enumerate(self._course.modules):
            self._writer.module(Module(ModuleId(module.id), module.title, number, module.unknown))
            for entry in module.assignments:
                assignment = self._assignment(entry, ModuleId(module.id), position)
                self._assignments[assignment.id] = assignment
                self._writer.assignment(assignment)
                position += 1

    def _assignment(self, entry: f.AssignmentEntry, module: ModuleId, position: int) -> Assignment:
        try:
            due_at, published_at = self._dates.moment(entry.due_at), self._dates.moment(entry.published_at)
        except ValueError as error:
            raise MalformedFile("course.json", 0, f"assignment {entry.id}: {error}.") from error
        return Assignment(
            id=AssignmentId(entry.id),
            module_id=module,
            title=entry.title,
            position=position,
            kind=entry.kind,
            points=entry.points,
            due_at=due_at,
            lti_url=entry.lti_url,
            lti_constant_url=entry.lti_constant_url,
            stack=entry.stack,
            version=entry.version,
            published_at=published_at,
            extra=entry.unknown,
        )

    def _values(
        self, name: str, required: tuple[str, ...], make: Callable[[f.Row, f.Dates], _T]
    ) -> Iterator[tuple[int, _T]]:
        yield from f.read_values(self._folder / name, required, lambda row: make(row, self._dates))

    def _roster(self) -> None:
        lines: dict[str, int] = {}
        for line, student in self._values("roster.csv", ("id", "role"), f.student_of):
            if earlier := lines.get(student.id.lower()):
                raise MalformedFile("roster.csv", line, f"the id {student.id} stands in line {earlier} already.")
            lines[student.id.lower()] = line
            self._add(replace(student, position=len(self._students)))

    def _add(self, student: Student) -> None:
        self._students[student.id] = student
        self._writer.student(student)

    def _know(self, student: StudentId, file: str) -> None:
        """Somebody whom only `file` names is kept under that id, and named."""
        if student in self._students:
            return
        self._add(Student(id=student, on_roster=False, position=len(self._students)))
        why = f"{file} names this id; it is kept, marked as not on the roster"
        self._writer.gap(Gap(what="roster entry", who=student, why=why))

    def _knows_assignment(self, assignment: AssignmentId, file: str, line: int) -> bool:
        if assignment in self._assignments:
            return True
        why = "course.json has no assignment of this id; the line was not taken in"
        self._writer.gap(Gap(what=f"{file}, line {line}", who=assignment, why=why))
        return False

    def _results(self) -> None:
        seen: set[tuple[str, str]] = set()
        for line, result in self._values("results.csv", ("student", "assignment", "state"), f.result_of):
            key = (result.student_id, result.assignment_id)
            if key in seen:
                raise MalformedFile("results.csv", line, f"{' and '.join(key)} stand in an earlier line already.")
            seen.add(key)
            if self._knows_assignment(result.assignment_id, "results.csv", line):
                self._know(result.student_id, "results.csv")
                self._writer.result(result)
                if result.state is not State.NOT_STARTED:
                    self._started.add((result.assignment_id, result.student_id))

    def _read_answers(self) -> Iterator[tuple[int, Answer]]:
        return self._values("answers.csv", ("student", "assignment", "assessment", "attempt"), f.answer_of)

    def _answers(self) -> None:
        for line, answer in self._read_answers():
            if self._knows_assignment(answer.assignment_id, "answers.csv", line):
                self._know(answer.student_id, "answers.csv")
                self._writer.answer(answer)
                self._started.add((answer.assignment_id, answer.student_id))

    def twice(self, twice: GivenTwice) -> Exception:
        """Where an attempt came twice. Its lines are looked up only now, for remembering all lines is too much."""
        lines = (
            line
            for line, answer in self._read_answers()
            if all(getattr(answer, name, value) == value for name, value in twice.key.items())
        )
        if twice.thing != "answers" or len(found := list(islice(lines, 2))) < 2:
            return twice
        return MalformedFile("answers.csv", found[1], f"this attempt stands in line {found[0]} already.")

    def _events(
        self, name: str, required: tuple[str, ...], make: Callable[[f.Row, f.Dates], _Event]
    ) -> Iterator[_Event]:
        for _, event in self._values(name, required, make):
            self._know(event.user_id, name)
            yield event
