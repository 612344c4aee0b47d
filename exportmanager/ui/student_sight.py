"""What a student's page shows, read in one go off the window's thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exportmanager.core.course import Assessment, AssessmentId, AssignmentId, CourseId, StudentId
from exportmanager.core.options import FieldKind
from exportmanager.core.overview import AnswerLine, StudentRecord
from exportmanager.formats import answers
from exportmanager.jobs.sights import Offer
from exportmanager.program import Program
from exportmanager.ui.export_actions import offers_for
from exportmanager.ui.words import tr

_OF_CODE = {"test", "code-output-compare", "parsons-puzzle", "jupyter-notebook", "custom"}
Questions = Mapping[tuple[AssignmentId, AssessmentId], Assessment]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSight:
    """An attempt as people read it, with its question: `kind` and `instructions` are "" where nothing is known of it.

    `is_code`: its answers have columns to keep.
    `expected`, `rationale` and `remark` (what was said to this attempt) are "" where there is none.
    """

    line: AnswerLine
    answer: str
    kind: str = ""
    instructions: str = ""
    expected: str = ""
    rationale: str = ""
    remark: str = ""
    possible: float | None = None
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class StudentSight:
    """All of one student, the answers besides as they are read, and the exports for which students can be chosen."""

    record: StudentRecord
    answers: tuple[AnswerSight, ...]
    offers: tuple[Offer, ...]


def student_sight(
    program: Program, course: CourseId, student: StudentId, before: StudentSight | None = None
) -> StudentSight:
    """Read a student; what is not other than `before` is that very record and those very answers. Raises `NotFound`."""
    record = program.library.student(course, student)
    with program.library.course(course) as opened:
        questions = {(item.assignment_id, item.id): item for item in opened.assessments()}
        offers = [Offer(kind, kind.unavailable(opened), None) for kind in program.kinds.values()]
    read = tuple(_read(record, questions))
    if before is not None:
        record = before.record if before.record == record else record
        read = before.answers if before.answers == read else read
    return StudentSight(record, read, tuple(offers_for(offers, FieldKind.STUDENTS)))


def _read(record: StudentRecord, questions: Questions) -> Iterator[AnswerSight]:
    for line in record.answers:
        question = questions.get((line.answer.assignment_id, line.answer.assessment_id))
        definition = question.definition if question else {}
        yield AnswerSight(
            line=line,
            answer=answers.readable_answer(definition, line.answer.answer, tr),
            kind=tr(answers.type_name(question.type)) if question else "",
            instructions=str(answers.source_of(definition).get("instructions") or "").strip(),
            expected=answers.expected_answer(definition, tr),
            rationale=answers.rationale(definition),
            remark=answers.remark_on(line.answer.answer),
            possible=question.points if question else None,
            is_code=question is not None and question.type in _OF_CODE,
        )
