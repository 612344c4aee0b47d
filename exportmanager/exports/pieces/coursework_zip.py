"""The zip of coursework: workspaces as copied, tables beside them, and a report that accounts for every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import BinaryIO, Generic, Literal, Protocol, TypeVar

from exportmanager.core.course import Answer, Assessment, AssessmentId, Assignment, Course, Result, State, Workspace
from exportmanager.core.meter import Meter
from exportmanager.core.report import Cell, Count, Gap, Report
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces import sheets
from exportmanager.exports.pieces.archive import Archive, LaterTable
from exportmanager.exports.pieces.fetching import Fetched, fetched
from exportmanager.exports.pieces.readme import readme
from exportmanager.exports.pieces.sheets import Totals
from exportmanager.exports.pieces.who import Person, Plan
from exportmanager.exports.pieces.workspaces import copy_workspace
from exportmanager.formats.csv import Dialect

Order = Literal["assignment", "student"]


def wanted_workspaces(course: Course, plan: Plan) -> Iterator[Workspace]:
    """The current workspaces of those who are included."""
    people = {person.student.id for person in plan.included}
    for workspace in course.workspaces():
        if workspace.assignment_id in plan.folders and workspace.student_id in people:
            yield workspace


class _OfBoth(Protocol):
    @property
    def assignment_id(self) -> str: ...

    @property
    def student_id(self) -> str: ...


_V = TypeVar("_V", bound=_OfBoth)


class _ByAssignment(Generic[_V]):
    """Takes a stream sorted by assignment apart: what there is for one after the other, by student."""

    def __init__(self, stream: Iterator[_V]) -> None:
        self._stream = stream
        self._next = next(stream, None)

    def of(self, assignment: str) -> dict[str, _V]:
        """What there is for `assignment`; they must be asked for in the stream's order, none left out."""
        found: dict[str, _V] = {}
        while self._next is not None and self._next.assignment_id == assignment:
            found[self._next.student_id] = self._next
            self._next = next(self._stream, None)
        return found


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is in a cell of the matrix."""

    cell: Cell
    why: str = ""
    files: int = 0
    bytes: int = 0


class CourseworkZip:
    """Writes one zip. `order` says which folder comes first."""

    def __init__(self, course: Course, plan: Plan, order: Order, dialect: Dialect, meter: Meter) -> None:
        self._course, self._plan, self._order, self._dialect, self._meter = course, plan, order, dialect, meter
        self._zone = zone_of(course.info)
        self._cells: Counter[str] = Counter()
        self._gaps = [
            Gap(what="student", who=person.student.name, why=person.left_out, chosen=True)
            for person in plan.people
            if person.left_out
        ]
        self._refused = {(gap.assignment_id, gap.student_id): gap.why for gap in course.import_gaps() if gap.student_id}
        self._files = self._lost_files = self._answers = 0
        self._assessments: dict[str, dict[AssessmentId, Assessment]] = {}
        for assessment in course.assessments():
            self._assessments.setdefault(assessment.assignment_id, {})[assessment.id] = assessment

    def write(self, out: BinaryIO) -> Report:
        """Write it all; what came of it."""
        day = datetime.combine(self._course.info.taken_on, time(), UTC)
        with ExitStack() as stack:
            self._report = stack.enter_context(LaterTable(self._dialect, sheets.REPORT))
            self._names = stack.enter_context(LaterTable(self._dialect, sheets.NAMES))
            self._links = stack.enter_context(LaterTable(self._dialect, sheets.LINKS))
            self._archive = stack.enter_context(Archive(out, int(day.timestamp())))
            self._head()
            self._body(fetched(self._course, self._in_order(), self._meter))
            self._report.add_to(self._archive, "report.csv")
            self._names.add_to(self._archive, "names.csv")
            self._links.add_to(self._archive, "links.csv")
        return self._account()

    def _head(self) -> None:
        course, plan = self._course, self._plan
        self._archive.text("README.txt", readme(course, plan, self._order))
        facts = sheets.course_facts(course.info)
        facts["modules"] = [{"id": module.id, "title": module.title, **module.extra} for module in course.modules()]
        self._archive.json("course.json", facts)
        self._archive.rows("students.csv", self._dialect, *sheets.students(course, plan))
        self._archive.rows("assignments.csv", self._dialect, *sheets.assignments(course, plan))
        for change in plan.renamed:
            self._names.row("", change.original, change.now, change.why)

    def _body(self, packages: Iterator[Fetched]) -> None:
        chosen = self._plan.folders
        results = _ByAssignment(r for r in self._course.results() if r.assignment_id in chosen)
        upcoming = next(packages, None)
        for assignment in self._plan.assignments:
            standings = results.of(assignment.id)
            totals = self._write_answers(assignment)
            folder = self._plan.folders[assignment.id]
            self._archive.rows(f"totals/{folder}.csv", self._dialect, *totals.table(self._plan, standings, self._zone))
            for person in self._plan.people:
                if upcoming and _belongs(upcoming.workspace, assignment, person):
                    found = self._copy(assignment, person, upcoming)
                    upcoming = next(packages, None)
                else:
                    refused = self._refused.get((assignment.id, person.student.id), "")
                    found = _without(person, standings.get(person.student.id), totals, refused)
                self._account_for(assignment, person, found)

    def _in_order(self) -> Iterator[Workspace]:
        """The workspaces as the plan lists people: with pseudonyms, the roster's order would tell who is who."""
        workspaces = _ByAssignment(wanted_workspaces(self._course, self._plan))
        for assignment in self._plan.assignments:
            mine = workspaces.of(assignment.id)
            for person in self._plan.included:
                if person.student.id in mine:
                    yield mine[person.student.id]

    def _write_answers(self, assignment: Assignment) -> Totals:
        known = self._assessments.get(assignment.id, {})
        totals = Totals(known)
        name = f"answers/{self._plan.folders[assignment.id]}.csv"
        with self._archive.table(name, self._dialect, sheets.ANSWERS) as table:
            for answer, person in self._answers_of(assignment):
                totals.add(answer)
                self._answers += 1
                assessment = known.get(answer.assessment_id)
                table.row(sheets.answer_row(answer, person, self._plan, assessment, self._zone))
                self._meter.advance(0)
        return totals

    def _answers_of(self, assignment: Assignment) -> Iterator[tuple[Answer, Person]]:
        people = {person.student.id: person for person in self._plan.included}
        mine = ((a, people[a.student_id]) for a in self._course.answers(assignment.id) if a.student_id in people)
        return iter(sorted(mine, key=lambda pair: pair[1].key)) if self._plan.pseudonymous else mine

    def _path(self, assignment: Assignment, person: Person) -> str:
        parts = [self._plan.folders[assignment.id], person.folder]
        return "/".join(["workspaces", *(parts if self._order == "assignment" else reversed(parts))])

    def _copy(self, assignment: Assignment, person: Person, fetched: Fetched) -> _Found:
        prefix, workspace, package = self._path(assignment, person), fetched.workspace, fetched.package
        if isinstance(package, str):
            self._lost_files += workspace.package.files
            self._meter.advance(workspace.package.packed_bytes, prefix)
            return _Found(Cell.MISSING, package)
        copied = copy_workspace(self._archive, prefix, workspace, fetched.files, package, self._meter)
        for change in copied.changes:
            self._names.row(prefix, change.original, change.now, change.why)
        for link in copied.links:
            self._links.row(*link)
        gaps = list(workspace.gaps)
        if refused := self._refused.get((assignment.id, person.student.id)):
            gaps.append(Gap(what="a newer version", why=f"{refused.rstrip('.')}. What is here came in before."))
        for gap in gaps:
            self._gap(gap.what, assignment, person, gap.why)
        self._files += workspace.package.files
        whys = "; ".join(f"{gap.what}: {gap.why}" for gap in gaps)
        if not workspace.package.files:
            return _Found(Cell.EMPTY, whys or "opened, but there are no files in it")
        return _Found(Cell.PRESENT, whys, workspace.package.files, workspace.package.bytes)

    def _account_for(self, assignment: Assignment, person: Person, found: _Found) -> None:
        self._cells[found.cell.value] += 1
        if found.cell is Cell.MISSING:
            self._gap("workspace", assignment, person, found.why)
        folder = self._path(assignment, person) if found.cell is Cell.PRESENT else ""
        shown = self._plan.shown(person)
        self._report.row(
            assignment.id, assignment.title, person.key, shown, found.cell.value, found.files, found.bytes, folder,
            found.why,
        )  # fmt: skip

    def _gap(self, what: str, assignment: Assignment, person: Person, why: str) -> None:
        self._gaps.append(Gap(what=what, who=f"{person.student.name}, {assignment.title}", why=why))

    def _account(self) -> Report:
        cells = self._cells
        there = cells[Cell.PRESENT] + cells[Cell.EMPTY]
        return Report(
            counts=(
                Count(thing="students", expected=len(self._plan.people), done=len(self._plan.included)),
                Count(thing="workspaces", expected=there + cells[Cell.MISSING], done=there),
                Count(thing="files", expected=self._files + self._lost_files, done=self._files),
                Count(thing="answers", expected=self._answers, done=self._answers),
            ),
            cells={cell.value: cells[cell.value] for cell in Cell},
            gaps=tuple(self._gaps),
        )


_NO_FILES = "it was begun, but there are no files of it in the data that came in"


def _belongs(workspace: Workspace, assignment: Assignment, person: Person) -> bool:
    return workspace.assignment_id == assignment.id and workspace.student_id == person.student.id


def _without(person: Person, result: Result | None, totals: Totals, refused: str) -> _Found:
    """What a cell without a workspace means."""
    if person.left_out:
        return _Found(Cell.LEFT_OUT, person.left_out)
    if refused:
        return _Found(Cell.MISSING, refused)
    began = result is not None and (result.state is not State.NOT_STARTED or bool(result.time_spent_seconds))
    if began or totals.has_answers(person.student.id):
        return _Found(Cell.MISSING, _NO_FILES)
    return _Found(Cell.NEVER_STARTED, "" if person.student.on_roster else "not on the roster")
