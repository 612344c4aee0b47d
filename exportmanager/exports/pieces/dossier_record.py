"""All that a course holds on one student's work on one assignment, gathered for a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exportmanager.core.course import (
    Answer,
    Assessment,
    Assignment,
    Course,
    Published,
    Result,
    Role,
    State,
    Student,
    TeacherNote,
    Workspace,
)
from exportmanager.core.errors import BadOptions
from exportmanager.core.events import CoachLog, Span, Wanted
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.core.options import AssignmentChoice, StudentChoice, chosen_assignments, chosen_students
from exportmanager.exports.pieces.data_options import PeriodOptions, notes_on, period_of
from exportmanager.exports.pieces.names import Names
from exportmanager.exports.pieces.streams import stoppable


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Whom and what a dossier is about."""

    course: Course
    student: Student
    assignment: Assignment
    names: Names

    @property
    def shown(self) -> str:
        """What the student is called."""
        return self.names.shown(self.student.id)

    @property
    def wanted(self) -> Wanted:
        """The events of this student in this assignment."""
        return Wanted(people=frozenset({self.student.id}), assignments=frozenset({self.assignment.id}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What there is of a `Pair`. `missing` are pairs of what is not there and why, as the last import said.

    `period` is of which time the events are, and `notes` say so.
    """

    pair: Pair
    result: Result | None
    assessments: Sequence[Assessment]
    answers: Sequence[Answer]
    note: TeacherNote | None
    workspace: Workspace | None
    published: Published | None
    coach: Sequence[CoachLog]
    access: Span
    period: Wanted
    notes: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def pair_of(course: Course, assignments: AssignmentChoice, students: StudentChoice, *, is_pseudonymous: bool) -> Pair:
    """The student and the assignment that were chosen. Raises `BadOptions` where it is not one of each."""
    names = Names(course, is_pseudonymous=is_pseudonymous)
    about = chosen_assignments(assignments, list(course.assignments()))
    people = chosen_students(students, [student for student in names.students if student.role is Role.STUDENT])
    if len(about) != 1 or len(people) != 1:
        chosen = f"{counted(len(people), 'student')} and {counted(len(about), 'assignment')}"
        raise BadOptions(
            f"A dossier is about one student and one assignment: {chosen} are chosen.",
            "Choose exactly one student and one assignment.",
        )
    return Pair(course=course, student=people[0], assignment=about[0], names=names)


def record_of(pair: Pair, meter: Meter) -> Record:
    """Read it from the course. Raises `Cancelled`."""
    course, student, assignment = pair.course, pair.student.id, pair.assignment.id
    period = period_of(course, PeriodOptions())
    people = pair.wanted.people
    wanted = Wanted(people=people, assignments=pair.wanted.assignments, since=period.wanted.since)
    older = Wanted(people=people, assignments=pair.wanted.assignments, until=wanted.since) if period.older else None
    gone = Span(rows=course.access_span(older).rows + course.coach_span(older).rows) if older else Span()
    workspaces = (w for w in course.workspaces() if (w.student_id, w.assignment_id) == (student, assignment))
    results = (r for r in course.results() if (r.student_id, r.assignment_id) == (student, assignment))
    notes = (n for n in course.notes() if (n.student_id, n.assignment_id) == (student, assignment))
    result, workspace = next(stoppable(results, meter), None), next(stoppable(workspaces, meter), None)
    answers = [a for a in stoppable(course.answers(assignment), meter) if a.student_id == student]
    told = notes_on(period, gone, "access events and questions", course.settings.retention_months)
    return Record(
        pair=pair,
        result=result,
        assessments=[a for a in course.assessments() if a.assignment_id == assignment],
        answers=answers,
        note=next(notes, None),
        workspace=workspace,
        published=next((p for p in course.published() if p.assignment_id == assignment), None),
        coach=list(stoppable(course.coach_logs(wanted), meter)),
        access=course.access_span(wanted),
        period=wanted,
        notes=tuple(f"Access and coach history: {note[:1].lower()}{note[1:]}" for note in told),
        missing=tuple(_missing(pair, workspace, result, has_answers=bool(answers))),
    )


def _missing(
    pair: Pair, workspace: Workspace | None, result: Result | None, *, has_answers: bool
) -> list[tuple[str, str]]:
    """What was not there when the course came in."""
    mine = [gap for gap in pair.course.import_gaps() if gap.student_id == pair.student.id]
    here = [gap for gap in mine if gap.assignment_id in {"", pair.assignment.id}]
    found = [(gap.what, gap.why) for gap in (*here, *(workspace.gaps if workspace else ()))]
    if workspace is None and not here:
        is_begun = has_answers or (result is not None and result.state is not State.NOT_STARTED)
        why = "the course came without the student's files" if is_begun else "the student never started it"
        found.append(("workspace", why))
    said = pair.names.text
    return list(dict.fromkeys((said(what), said(why)) for what, why in found))
