"""The account of an archive of workspaces: what there is in each cell of students and assignments, and what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from exportmanager.core.course import Assignment, Course, Result, State, Workspace
from exportmanager.core.report import Cell, Count, Gap, Report
from exportmanager.exports.pieces.archive import LaterTable
from exportmanager.exports.pieces.streams import ByAssignment
from exportmanager.exports.pieces.who import Person, Plan

NO_FILES = "it was begun, but there are no files of it in the data that came in"


@dataclass(frozen=True, slots=True)
class Found:
    """What there is in a cell of the matrix."""

    cell: Cell
    why: str = ""
    files: int = 0
    bytes: int = 0


def wanted_workspaces(course: Course, plan: Plan) -> Iterator[Workspace]:
    """The current workspaces of those who are included."""
    people = {person.student.id for person in plan.included}
    for workspace in course.workspaces():
        if workspace.assignment_id in plan.folders and workspace.student_id in people:
            yield workspace


def workspaces_in_order(course: Course, plan: Plan) -> Iterator[Workspace]:
    """The workspaces as the plan lists people: with pseudonyms, the roster's order would tell who is who."""
    workspaces = ByAssignment(wanted_workspaces(course, plan))
    for assignment in plan.assignments:
        mine = workspaces.of(assignment.id)
        for person in plan.included:
            if person.student.id in mine:
                yield mine[person.student.id]


def belongs(workspace: Workspace, assignment: Assignment, person: Person) -> bool:
    """Whether a workspace is the one of a cell."""
    return workspace.assignment_id == assignment.id and workspace.student_id == person.student.id


class Account:
    """Counts what was found and writes a line for each cell to `lines`, a table of `sheets.REPORT`."""

    def __init__(self, course: Course, plan: Plan, lines: LaterTable) -> None:
        self._plan = plan
        self._lines = lines
        self._cells: Counter[str] = Counter()
        self._files = self._lost_files = 0
        self._refused = {(gap.assignment_id, gap.student_id): gap.why for gap in course.import_gaps() if gap.student_id}
        self._gaps = [
            Gap(what="student", who=person.student.name, why=person.left_out, chosen=True)
            for person in plan.people
            if person.left_out
        ]

    def copied(self, assignment: Assignment, person: Person, workspace: Workspace) -> Found:
        """A workspace is in the archive."""
        gaps = list(workspace.gaps)
        if refused := self._refused.get((assignment.id, person.student.id)):
            gaps.append(Gap(what="a newer version", why=f"{refused.rstrip('.')}. What is here came in before."))
        for gap in gaps:
            self._gap(gap.what, assignment, person, gap.why)
        self._files += workspace.package.files
        whys = "; ".join(f"{gap.what}: {gap.why}" for gap in gaps)
        if not workspace.package.files:
            return Found(Cell.EMPTY, whys or "opened, but there are no files in it")
        return Found(Cell.PRESENT, whys, workspace.package.files, workspace.package.bytes)

    def lost(self, workspace: Workspace, why: str) -> Found:
        """A workspace that the library should have cannot be copied."""
        self._lost_files += workspace.package.files
        return Found(Cell.MISSING, why)

    def without(self, assignment: Assignment, person: Person, result: Result | None, *, has_answers: bool) -> Found:
        """What a cell without a workspace means."""
        if person.left_out:
            return Found(Cell.LEFT_OUT, person.left_out)
        if refused := self._refused.get((assignment.id, person.student.id), ""):
            return Found(Cell.MISSING, refused)
        began = result is not None and (result.state is not State.NOT_STARTED or bool(result.time_spent_seconds))
        if began or has_answers:
            return Found(Cell.MISSING, NO_FILES)
        return Found(Cell.NEVER_STARTED, "" if person.student.on_roster else "not on the roster")

    def note(self, assignment: Assignment, person: Person, found: Found, place: str) -> None:
        """A line for a cell; `place` is where in the archive a workspace lies."""
        self._cells[found.cell.value] += 1
        if found.cell is Cell.MISSING:
            self._gap("workspace", assignment, person, found.why)
        shown = self._plan.shown(person)
        self._lines.row(
            assignment.id, assignment.title, person.key, shown, found.cell.value, found.files, found.bytes,
            place if found.cell is Cell.PRESENT else "", found.why,
        )  # fmt: skip

    def _gap(self, what: str, assignment: Assignment, person: Person, why: str) -> None:
        self._gaps.append(Gap(what=what, who=f"{person.student.name}, {assignment.title}", why=why))

    def report(self, answers: Count, notes: tuple[str, ...] = ()) -> Report:
        """All of it, with the count of answers."""
        cells = self._cells
        there = cells[Cell.PRESENT] + cells[Cell.EMPTY]
        return Report(
            counts=(
                Count(thing="students", expected=len(self._plan.people), done=len(self._plan.included)),
                Count(thing="workspaces", expected=there + cells[Cell.MISSING], done=there),
                Count(thing="files", expected=self._files + self._lost_files, done=self._files),
                answers,
            ),
            cells={cell.value: cells[cell.value] for cell in Cell},
            gaps=tuple(self._gaps),
            notes=notes,
        )
