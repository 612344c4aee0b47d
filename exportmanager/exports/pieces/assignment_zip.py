"""The zip of assignments: an archive for each student in a folder for each assignment, and the table beside them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.course import Assessment, Assignment, Course, Result
from exportmanager.core.meter import Meter
from exportmanager.core.names import NameChange
from exportmanager.core.report import Count, Report
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces import grade_columns as columns
from exportmanager.exports.pieces import sheets
from exportmanager.exports.pieces.account import Account, Found, belongs, workspaces_in_order
from exportmanager.exports.pieces.archive import LaterTable, archive_in, modified_on, spool
from exportmanager.exports.pieces.choice import Choice
from exportmanager.exports.pieces.data_readme import data_readme
from exportmanager.exports.pieces.fetching import Fetched, fetched
from exportmanager.exports.pieces.grade_columns import GradeTable
from exportmanager.exports.pieces.legend import LegendOf, legend_table, told_apart
from exportmanager.exports.pieces.standings import Standings
from exportmanager.exports.pieces.streams import ByAssignment
from exportmanager.exports.pieces.who import Person, Plan
from exportmanager.exports.pieces.workspaces import copy_workspace, names_can_stay
from exportmanager.formats.csv import Dialect
from exportmanager.formats.manifest import MANIFEST
from exportmanager.formats.zips import ZipWriter

_README, _LEGEND, _REPORT, _NAMES = "README.txt", "legend.csv", "report.csv", "names.csv"
OURS = (_README, _LEGEND, _REPORT, _NAMES, MANIFEST)
"""What no folder may be called."""
_FILES = (
    ("*/*.zip", "the files of one student, in a folder for each assignment"),
    ("*/*.csv", "a table of each assignment: grades, times and last answers of every student"),
    (_LEGEND, "what the columns of these tables mean"),
    (_REPORT, "a line for each student and assignment: what there is, or why there is nothing"),
    (_NAMES, "every file that had to be given another name, so that every system can hold it"),
)


class AssignmentZip:
    """Writes one zip. `plan` and `choice` are about the same people; `expected` answers are in the library."""

    def __init__(self, course: Course, plan: Plan, choice: Choice, dialect: Dialect, meter: Meter) -> None:
        self._course, self._plan, self._choice, self._dialect, self._meter = course, plan, choice, dialect, meter
        self._zone = zone_of(course.info)
        self._assessments: dict[str, list[Assessment]] = {}
        for assessment in course.assessments():
            self._assessments.setdefault(assessment.assignment_id, []).append(assessment)
        self._legends: list[LegendOf] = []
        self._answers = 0

    def write(self, out: BinaryIO, expected: int, notes: tuple[str, ...]) -> Report:
        """Write it all; what came of it. `expected` answers should be in it; `notes` are said besides our own."""
        with ExitStack() as stack:
            lines = stack.enter_context(LaterTable(self._dialect, sheets.REPORT))
            self._names = stack.enter_context(LaterTable(self._dialect, sheets.NAMES))
            for change in self._plan.renamed:
                self._names.row("", change.original, change.now, change.why)
            self._account = Account(self._course, self._plan, lines)
            self._archive = stack.enter_context(archive_in(out, modified_on(self._course.info.taken_on)))
            self._body()
            notes = (*notes, *told_apart(self._legends))
            self._archive.rows(_LEGEND, self._dialect, *legend_table(self._legends))
            lines.add_to(self._archive, _REPORT)
            self._names.add_to(self._archive, _NAMES)
            self._archive.text(_README, data_readme(self._course, "assignment data", _FILES, notes, self._dialect))
        return self._account.report(Count(thing="answers", expected=expected, done=self._answers), notes)

    def _body(self) -> None:
        packages = fetched(self._course, workspaces_in_order(self._course, self._plan), self._meter)
        results = ByAssignment(r for r in self._course.results() if r.assignment_id in self._plan.folders)
        upcoming = next(packages, None)
        for assignment in self._plan.assignments:
            folder, standings = self._plan.folders[assignment.id], results.of(assignment.id)
            answers = self._write_table(assignment, f"{folder}/{folder}.csv", standings)
            for person in self._plan.people:
                place, student = f"{folder}/{person.folder}.zip", person.student.id
                if upcoming and belongs(upcoming.workspace, assignment, person):
                    found = self._copy(assignment, person, upcoming, place)
                    upcoming = next(packages, None)
                else:
                    has_answers = answers.has_answers(student)
                    found = self._account.without(assignment, person, standings.get(student), has_answers=has_answers)
                self._account.note(assignment, person, found, place)

    def _write_table(self, assignment: Assignment, name: str, results: Mapping[str, Result]) -> Standings:
        known = self._assessments.get(assignment.id, [])
        standings = Standings(known, self._choice.answers(self._course, assignment.id, self._meter))
        self._answers += standings.count
        table = GradeTable(self._choice.students, self._choice.names, standings, results, self._zone)
        self._archive.rows(name, self._dialect, *table.table())
        self._legends.append(LegendOf(name, columns.MEANINGS, columns.ENDING_MEANINGS, standings.questions))
        return standings

    def _copy(self, assignment: Assignment, person: Person, fetched: Fetched, place: str) -> Found:
        workspace, package = fetched.workspace, fetched.package
        if isinstance(package, str):
            self._meter.advance(workspace.package.packed_bytes, place)
            return self._account.lost(workspace, package)
        if not workspace.package.files:  # an archive of nothing: many programs call it damaged
            self._meter.advance(workspace.package.packed_bytes, place)
        elif names_can_stay(workspace.package):
            with package.open("rb") if isinstance(package, Path) else io.BytesIO(package) as file:
                self._archive.stored(place, file, lambda n: self._meter.advance(n, place))
        else:
            for change in self._rename(fetched, package, place):
                self._names.row(place, change.original, change.now, change.why)
        return self._account.copied(assignment, person, workspace)

    def _rename(self, fetched: Fetched, package: bytes | Path, place: str) -> list[NameChange]:
        """Add a package some of whose names not every system can hold; what had to change."""
        with spool() as draft:
            with ZipWriter(draft) as inner:
                of, files = fetched.workspace.package, fetched.files
                changed = copy_workspace(inner, lambda _: None, "", of, files, package, self._meter)
            self._archive.stored(place, draft, lambda _: self._meter.advance(0, place))
        return changed.changes
