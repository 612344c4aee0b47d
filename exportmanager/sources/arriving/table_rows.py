"""Rows of the platform's tables on their way to the writer, under the student and assignment that they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import Answer, AssessmentId, Assignment, AssignmentId, Result, State, Student, StudentId
from exportmanager.core.events import AccessRow, CoachLog
from exportmanager.core.meter import Meter
from exportmanager.core.source import CourseWriter
from exportmanager.formats.platform_tables import (
    AnswerCell,
    AssessmentRow,
    GradeRow,
    PlatformTable,
    access_rows,
    assessment_rows,
    coach_rows,
    grade_rows,
    lti_rows,
    roster_rows,
)
from exportmanager.sources.arriving.matched import Matched
from exportmanager.sources.arriving.pieces import TablePiece
from exportmanager.sources.arriving.questions import Questions, question_key
from exportmanager.sources.arriving.titles import Titled

_R = TypeVar("_R")
_OFTEN = 1_000
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
        self.not_taken: Counter[tuple[str, bool]] = Counter()
        """Rows about nobody, by the table's name and whether that was left out by hand."""

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

    def _rows(self, piece: TablePiece, read: Callable[[PlatformTable], Iterator[_R]]) -> Iterator[_R]:
        done = 0
        for row in piece.read(read, self._zone):
            yield row
            done += 1
            if not done % _OFTEN:
                self._meter.advance(_OFTEN)
        self._meter.advance(max(piece.rows - done, 0) + done % _OFTEN)

    def _student(self, piece: TablePiece, who: int) -> StudentId | None:
        entry = self._matched.rows.get((id(piece), who))
        return entry.id if entry and not entry.is_left_out else None

    def _skip(self, piece: TablePiece, who: int, title: str = "") -> None:
        entry = self._matched.rows.get((id(piece), who))
        is_chosen = (entry is not None and entry.is_left_out) or (bool(title) and self._matched.is_left_out(title))
        self.not_taken[piece.name, is_chosen] += 1

    def _both(self, piece: TablePiece, row: GradeRow | AssessmentRow) -> tuple[StudentId, Titled] | None:
        """Whom and which assignment a row is about; None where that is nobody, or was left out."""
        title = row.assignment_name or piece.label
        student, titled = self._student(piece, row.who), self._matched.assignment(title)
        if student is None or titled is None:
            self._skip(piece, row.who, title)
            return None
        return student, titled

    # Results and answers

    def _grades(self, piece: TablePiece) -> None:
        for row in self._rows(piece, grade_rows):
            if both := self._both(piece, row):
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
        for row in self._rows(piece, assessment_rows):
            if both := self._both(piece, row):
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
        numbers: Counter[str] = Counter()
        for cell in cells:
            key = question_key(cell.assessment_name)
            numbers[key] += 1
            # known by its column also where nobody answered it
            assessment = self._questions.of(titled.id, key, numbers[key], cell.possible)
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
        """A million of them: plain tuples on their way through, with every name looked up once."""
        last: dict[int, datetime] = {}
        self._writer.access_events(self._events(piece, last))
        for who, at in last.items():
            student = self._student(piece, who)
            assert student is not None, "the events of others were left out"
            self._last_seen[student] = max(at, self._last_seen.get(student, at))

    def _events(self, piece: TablePiece, last: dict[int, datetime]) -> Iterator[AccessRow]:
        """The events of those who come in; `last` becomes when each of them, by number, was last seen."""
        students = {who: self._student(piece, who) for who in range(-1, len(piece.persons))}
        titles = {title: titled.id for title in piece.titles if (titled := self._matched.assignment(title))}
        for who, at, kind, title, role, path, ip, extra in self._rows(piece, access_rows):
            student = students[who]
            if student is None or (title and title not in titles):
                self._skip(piece, who, title)
                continue
            if who not in last or at > last[who]:
                last[who] = at
            yield at, student, kind, titles.get(title), role, path, ip, extra

    def _coach_logs(self, piece: TablePiece) -> None:
        for row in self._rows(piece, coach_rows):
            student, title = self._student(piece, row.who), row.assignment_name
            titled = self._matched.assignment(title) if title else None
            if student is None or row.at is None or (title and titled is None):
                self._skip(piece, row.who, title)
                continue
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
                    extra=row.extra,
                )
            )

    def finish(self) -> None:
        """When everybody was last active, as far as events told."""
        for student, moment in self._last_seen.items():
            self._writer.student(replace(self._people[student], last_active_at=moment))

    # People and addresses

    def _roster(self, piece: TablePiece) -> None:
        """The persons themselves were matched; what is left are their days, and columns that are not known."""
        for row in self._rows(piece, roster_rows):
            student = self._student(piece, row.who)
            if student is None:
                self._skip(piece, row.who)
            elif row.enrolled_on or row.last_active_at or row.extra:
                known = self._people[student]
                self._writer.student(
                    replace(
                        known,
                        enrolled_on=row.enrolled_on,
                        last_active_at=row.last_active_at,
                        extra={**known.extra, **row.extra},
                    )
                )

    def _lti_urls(self, piece: TablePiece) -> None:
        for row in self._rows(piece, lti_rows):
            title = row.assignment_name or row.assignment_id
            titled = self._matched.assignment(title)
            if titled is None:
                self._skip(piece, -1, title)
                continue
            known = self._assignments[titled.id]
            self._writer.assignment(
                replace(
                    known,
                    lti_url=row.url or known.lti_url,
                    lti_constant_url=row.constant_url or known.lti_constant_url,
                    extra={**known.extra, **row.extra},
                )
            )
