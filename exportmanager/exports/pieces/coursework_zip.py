"""The zip of coursework: workspaces as copied, tables beside them, and a report that accounts for every cell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO, Literal

from exportmanager.core.course import Answer, Assessment, AssessmentId, Assignment, Course
from exportmanager.core.meter import Meter
from exportmanager.core.report import Count, Report
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces import sheets
from exportmanager.exports.pieces.account import Account, Found, belongs, workspaces_in_order
from exportmanager.exports.pieces.archive import Archive, LaterTable, archive_in, modified_on
from exportmanager.exports.pieces.fetching import Fetched, fetched
from exportmanager.exports.pieces.readme import readme
from exportmanager.exports.pieces.sheets import Totals
from exportmanager.exports.pieces.streams import ByAssignment
from exportmanager.exports.pieces.who import Person, Plan
from exportmanager.exports.pieces.workspaces import Copied, copy_workspace
from exportmanager.formats.csv import Dialect

Order = Literal["assignment", "student"]


class Watcher:
    """Hears what goes into the archive, and where."""

    def placed(self, prefix: str, fetched: Fetched, copied: Copied) -> None:
        """A workspace lies in the folder `prefix`."""

    def cell(self, assignment: Assignment, person: Person, found: Found) -> None:
        """This is what there is of a student's work."""


class CourseworkZip:
    """Writes one zip. `order` says which folder comes first."""

    def __init__(
        self,
        course: Course,
        plan: Plan,
        order: Order,
        dialect: Dialect,
        meter: Meter,
        watcher: Watcher | None = None,
    ) -> None:
        self._course, self._plan, self._order, self._dialect, self._meter = course, plan, order, dialect, meter
        self._watcher = watcher or Watcher()
        self._zone = zone_of(course.info)
        self._answers = 0
        self._assessments: dict[str, dict[AssessmentId, Assessment]] = {}
        for assessment in course.assessments():
            self._assessments.setdefault(assessment.assignment_id, {})[assessment.id] = assessment

    def write(self, out: BinaryIO) -> Report:
        """Write a zip of its own; what came of it."""
        with archive_in(out, modified_on(self._course.info.taken_on)) as archive:
            return self.write_into(archive)

    def write_into(self, archive: Archive) -> Report:
        """Write it all into an archive; what came of it."""
        self._archive = archive
        with ExitStack() as stack:
            lines = stack.enter_context(LaterTable(self._dialect, sheets.REPORT))
            self._account = Account(self._course, self._plan, lines)
            self._names = stack.enter_context(LaterTable(self._dialect, sheets.NAMES))
            self._links = stack.enter_context(LaterTable(self._dialect, sheets.LINKS))
            self._head()
            self._body(fetched(self._course, workspaces_in_order(self._course, self._plan), self._meter))
            lines.add_to(self._archive, "report.csv")
            self._names.add_to(self._archive, "names.csv")
            self._links.add_to(self._archive, "links.csv")
        return self._account.report(Count(thing="answers", expected=self._answers, done=self._answers))

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
        results = ByAssignment(r for r in self._course.results() if r.assignment_id in chosen)
        upcoming = next(packages, None)
        for assignment in self._plan.assignments:
            standings = results.of(assignment.id)
            totals = self._write_answers(assignment)
            folder = self._plan.folders[assignment.id]
            self._archive.rows(f"totals/{folder}.csv", self._dialect, *totals.table(self._plan, standings, self._zone))
            for person in self._plan.people:
                if upcoming and belongs(upcoming.workspace, assignment, person):
                    found = self._copy(assignment, person, upcoming)
                    upcoming = next(packages, None)
                else:
                    student = person.student.id
                    has_answers = totals.has_answers(student)
                    found = self._account.without(assignment, person, standings.get(student), has_answers=has_answers)
                self._account.note(assignment, person, found, self._path(assignment, person))
                self._watcher.cell(assignment, person, found)

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

    def _copy(self, assignment: Assignment, person: Person, fetched: Fetched) -> Found:
        prefix, workspace, package = self._path(assignment, person), fetched.workspace, fetched.package
        if isinstance(package, str):
            self._meter.advance(workspace.package.packed_bytes, prefix)
            return self._account.lost(workspace, package)
        archive = self._archive
        of, files = workspace.package, fetched.files
        copied = copy_workspace(archive.zip, archive.note, prefix, of, files, package, self._meter)
        self._watcher.placed(prefix, fetched, copied)
        for change in copied.changes:
            self._names.row(prefix, change.original, change.now, change.why)
        for link in copied.links:
            self._links.row(*link)
        return self._account.copied(assignment, person, workspace)
