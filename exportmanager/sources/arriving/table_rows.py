"""Rows of the platform's tables on their way to the writer, under the student and assignment that they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import (
    Answer,
    AssessmentId,
    Assignment,
    AssignmentId,
    CoachLog,
    Extra,
    Result,
    State,
    Student,
    StudentId,
)
from exportmanager.core.meter import Meter
from exportmanager.core.source import AccessRow, CourseWriter
from exportmanager.formats.platform_tables import (
    AnswerCell,
    GradeRow,
    TableRow,
    access_rows,
    assessment_rows,
    coach_rows,
    grade_rows,
    lti_rows,
    roster_rows,
)
from exportmanager.sources.arriving.pieces import TablePiece
from exportmanager.sources.arriving.plan import Matched
from exportmanager.sources.arriving.questions import Questions
from exportmanager.sources.arriving.titles import Titled

_BATCH = 10_000
_KEPT = (
    "right", "wrong", "answered", "points", "max_points", "total_points", "teacher_grade", "assessments_grade",
    "script_grade", "grade_override", "extra_credit", "behavioral_insights",
)  # fmt: skip
"""Columns of an assignment's CSV that a result has no field for: they are kept beside it under these names."""


class TableRows:
    """Reads tables. Afterwards `begun` holds who began what, `told` of whom any result was told."""

    def __init__(
        self,
        matched: Matched,
        assignments: Mapping[AssignmentId, Assignment],
        people: Mapping[StudentId, Student],
        questions: Questions,
        zone: ZoneInfo,
        writer: CourseWriter,
        meter: Meter,
    ) -> None:
        self._matched = matched
        self._assignments = assignments
        self._people = people
        self._zone = zone
        self._questions = questions
        self._writer = writer
        self._meter = meter
        self.begun: set[tuple[AssignmentId, StudentId]] = set()
        self.told: set[StudentId] = set()
        self._last_seen: dict[StudentId, datetime] = {}
        self.not_taken: dict[str, int] = {}
        """By the table's name: rows about nobody, or about what was left out."""

    def read(self, piece: TablePiece) -> None:
        """Give all rows of a table."""
        take: Mapping[PieceKind, Callable[[TablePiece], None]] = {
            PieceKind.GRADES: self._grades,
            PieceKind.ASSESSMENT_DATA: self._assessment_data,
            PieceKind.ACCESS: self._access,
            PieceKind.COACH_LOGS: self._coach_logs,
            PieceKind.ROSTER: self._roster,
            PieceKind.LTI_URLS: self._lti_urls,
        }
        self._meter.stage(f"Reading {piece.name}", piece.rows)
        self._writer.another_file()
        if piece.kind in take:
            take[piece.kind](piece)

    def _student(self, piece: TablePiece, who: int) -> StudentId | None:
        entry = self._matched.rows.get((id(piece), who))
        return entry.id if entry else None

    def _skip(self, piece: TablePiece) -> None:
        self.not_taken[piece.name] = self.not_taken.get(piece.name, 0) + 1

    def _both(self, piece: TablePiece, row: TableRow, title: str) -> tuple[StudentId, Titled] | None:
        """Whom and which assignment a row is about; None where that is nobody, or was left out."""
        self._meter.advance(1)
        student, titled = self._student(piece, row.who), self._matched.assignment(title)
        if student is None or titled is None:
            self._skip(piece)
            return None
        return student, titled

    # Results and answers

    def _grades(self, piece: TablePiece) -> None:
        for row in piece.read(grade_rows, self._zone):
            if both := self._both(piece, row, row.assignment_name or piece.label):
                self._grade(*both, row)

    def _grade(self, student: StudentId, titled: Titled, row: GradeRow) -> None:
        is_begun = bool(row.started_at or row.time_spent_seconds or row.answered or row.completed)
        state = State.COMPLETED if row.completed else State.STARTED if is_begun else State.NOT_STARTED
        kept = {name: value for name in _KEPT if (value := getattr(row, name)) is not None}
        result = Result(
            student_id=student,
            assignment_id=titled.id,
            state=state,
            started_at=row.started_at,
            completed_at=row.completed_at,
            time_spent_seconds=row.time_spent_seconds,
            grade=row.grade,
            comments=row.comments,
            extra={**kept, **row.extra},
        )
        self._result(result)
        self._answers(student, titled, row.answers)

    def _assessment_data(self, piece: TablePiece) -> None:
        for row in piece.read(assessment_rows, self._zone):
            if both := self._both(piece, row, row.assignment_name or piece.label):
                student, titled = both
                given = any(cell.is_given for cell in row.answers)
                points = {"points": row.earned, "max_points": row.possible}
                result = Result(
                    student_id=student,
                    assignment_id=titled.id,
                    state=State.STARTED if given or row.time_spent_seconds else State.NOT_STARTED,
                    time_spent_seconds=row.time_spent_seconds,
                    extra={**{name: value for name, value in points.items() if value is not None}, **row.extra},
                )
                self._result(result)
                self._answers(student, titled, row.answers)

    def _result(self, result: Result) -> None:
        self.told.add(result.student_id)
        if result.state is not State.NOT_STARTED:
            self.begun.add((result.assignment_id, result.student_id))
        self._writer.result(result)

    def _answers(self, student: StudentId, titled: Titled, cells: Sequence[AnswerCell]) -> None:
        for cell in cells:
            # known by its column also where nobody answered it
            assessment = self._questions.of(titled.id, cell.assessment_name, cell.number, cell.possible)
            if cell.is_given:
                self.begun.add((titled.id, student))
                self._writer.answer(
                    Answer(
                        student_id=student,
                        assignment_id=titled.id,
                        assessment_id=assessment,
                        attempt=max(cell.attempts or 1, 1),
                        answer=cell.answer,
                        points=cell.earned,
                        correct=cell.correct,
                        extra=cell.extra,
                    )
                )

    # Events

    def _access(self, piece: TablePiece) -> None:
        """A million of them: in batches of plain tuples, with every name looked up once."""
        students = [self._student(piece, who) for who in range(len(piece.persons))]
        titles = {title: titled.id for title in piece.titles if (titled := self._matched.assignment(title))}
        batch: list[AccessRow] = []
        for who, at, kind, title, role, path, ip, unknown in piece.read(access_rows, self._zone):
            student = students[who] if who >= 0 else None
            if student is None:
                self._skip(piece)
                continue
            seen = self._last_seen.get(student)
            if seen is None or at > seen:
                self._last_seen[student] = at
            extra = _with_title(unknown, title, titles)
            batch.append((at, student, kind.value, titles.get(title), role, path, ip, extra))
            if len(batch) >= _BATCH:
                self._give(batch)
                batch = []
        self._give(batch)

    def _give(self, batch: Sequence[AccessRow]) -> None:
        self._writer.access_events(batch)
        self._meter.advance(len(batch))

    def _coach_logs(self, piece: TablePiece) -> None:
        for row in piece.read(coach_rows, self._zone):
            self._meter.advance(1)
            student = self._student(piece, row.who)
            if student is None or row.at is None:
                self._skip(piece)
                continue
            titled = self._matched.assignment(row.assignment_name) if row.assignment_name else None
            unknown = {} if titled or not row.assignment_name else {"assignment_name": row.assignment_name}
            self._writer.coach_log(
                CoachLog(
                    at=row.at,
                    user_id=student,
                    assignment_id=titled.id if titled else None,
                    assessment_id=AssessmentId(row.assessment_id) or None,
                    question=row.question,
                    context_guides=row.context_guides,
                    context_error=row.context_error,
                    context_files=row.context_files,
                    response=row.response,
                    extra={**unknown, **row.extra},
                )
            )

    def finish(self) -> None:
        """When everybody was last active, as far as events told."""
        for student, moment in self._last_seen.items():
            self._writer.student(replace(self._people[student], last_active_at=moment))

    # People and addresses

    def _roster(self, piece: TablePiece) -> None:
        """The persons themselves were matched; what is left are their days."""
        for row in piece.read(roster_rows, self._zone):
            student = self._student(piece, row.who)
            if student is None:
                self._skip(piece)
            elif row.enrolled_on or row.last_active_at:
                known = self._people[student]
                told = replace(known, enrolled_on=row.enrolled_on, last_active_at=row.last_active_at)
                self._writer.student(told)

    def _lti_urls(self, piece: TablePiece) -> None:
        for row in piece.read(lti_rows, self._zone):
            titled = self._matched.assignment(row.assignment_name or row.assignment_id)
            if titled is None:
                self._skip(piece)
                continue
            known = self._assignments[titled.id]
            self._writer.assignment(
                replace(
                    known,
                    lti_url=row.url or known.lti_url,
                    lti_constant_url=row.constant_url or known.lti_constant_url,
                )
            )


def _with_title(extra: Extra, title: str, titles: Mapping[str, AssignmentId]) -> Extra:
    """What else a row says; a title that no assignment has is kept with it."""
    return extra if not title or title in titles else {**extra, "assignment_name": title}
