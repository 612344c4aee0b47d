"""Where students stand in an assignment: the last attempt at each of its assessments, while the answers go by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exportmanager.core.course import Answer, Assessment, AssessmentId, Extra, Result, StudentId
from exportmanager.formats.answers import readable_answer, source_of
from exportmanager.formats.tables import unique_names

_GRADE_BOOK = "grade-book"


@dataclass(frozen=True, slots=True)
class Question:
    """An assessment as tables name it: `name` is its id where it has none; `label` has a number where another has it.

    `type` is "" where no guide defines it. Grade books are filled in by teachers, and do not count in totals; where
    `best_counts`, the best attempt earns the points, and else the last one.
    """

    id: AssessmentId
    name: str
    label: str
    type: str = ""
    points: float | None = None
    definition: Extra = field(default_factory=dict)

    @property
    def is_renamed(self) -> bool:
        """Whether it is called otherwise than by its name."""
        return self.label != self.name

    @property
    def counts(self) -> bool:
        """Whether it is a part of totals."""
        return self.type != _GRADE_BOOK

    @property
    def best_counts(self) -> bool:
        """Whether its author set that the highest score is used."""
        return source_of(self.definition).get("useMaximumScore") is True


@dataclass(slots=True)
class Attempts:
    """Somebody's attempts at an assessment: their number, what the last one was, and the best points of any."""

    number: int
    answer: str
    correct: bool | None
    points: float | None
    best: float | None

    def earned(self, question: Question) -> float | None:
        """The points that count; None where nobody gave any."""
        return self.best if question.best_counts else self.points

    def text(self, question: Question) -> str:
        """The last answer, readable."""
        return readable_answer(question.definition, self.answer)


Mine = Mapping[AssessmentId, Attempts]
"""All that one student answered in an assignment."""


class Standings:
    """Sums up the answers of one assignment."""

    def __init__(self, assessments: Iterable[Assessment], answers: Iterable[Answer]) -> None:
        self.count = 0
        self._by_student: dict[StudentId, dict[AssessmentId, Attempts]] = {}
        for answer in answers:
            self.count += 1
            self._add(answer)
        self.questions = _questions(assessments, self._by_student.values())

    def _add(self, answer: Answer) -> None:
        mine = self._by_student.setdefault(answer.student_id, {})
        known = mine.get(answer.assessment_id)
        best = max((p for p in (answer.points, known.best if known else None) if p is not None), default=None)
        if known is None or answer.attempt >= known.number:
            mine[answer.assessment_id] = Attempts(answer.attempt, answer.answer, answer.correct, answer.points, best)
        else:
            known.best = best

    def of(self, student: StudentId) -> Mine:
        """What somebody answered."""
        return self._by_student.get(student, {})

    def has_answers(self, student: StudentId) -> bool:
        """Whether somebody answered anything."""
        return student in self._by_student

    def answered(self, student: StudentId) -> list[Attempts]:
        """The attempts at assessments that count."""
        mine = self.of(student)
        return [mine[question.id] for question in self.questions if question.counts and question.id in mine]

    def earned(self, student: StudentId, result: Result | None) -> float | None:
        """The points of all assessments together; the platform's own sum where nobody knows those of any of them."""
        mine = self.of(student)
        known = [mine[q.id].earned(q) for q in self.questions if q.counts and q.id in mine]
        points = [one for one in known if one is not None]
        if points:
            return round(sum(points), 6)
        return number_in(result, "points", None if self.possible(None) is None else 0)

    def possible(self, result: Result | None) -> float | None:
        """The points that all assessments together are worth; the platform's own sum where nobody knows."""
        points = [q.points for q in self.questions if q.counts and q.points is not None]
        return round(sum(points), 6) if points else number_in(result, "max_points", None)


def number_in(result: Result | None, name: str, otherwise: float | None) -> float | None:
    """A number that the platform's tables told beside a result."""
    told = result.extra.get(name) if result else None
    if isinstance(told, str):
        try:
            return float(told)
        except ValueError:
            return otherwise
    return told if isinstance(told, (int, float)) else otherwise


def _questions(assessments: Iterable[Assessment], told: Iterable[Mine]) -> Sequence[Question]:
    """Those of the guide, in its order, and after them those that only answers name."""
    known = list(assessments)
    unknown = sorted({assessment for mine in told for assessment in mine} - {a.id for a in known})
    labels = iter(unique_names([*map(_name_of, known), *unknown]))
    return [
        *(Question(a.id, _name_of(a), next(labels), a.type, a.points, a.definition) for a in known),
        *(only_told(assessment, next(labels)) for assessment in unknown),
    ]


def only_told(assessment: AssessmentId, label: str = "") -> Question:
    """An assessment that no guide defines and only answers name."""
    return Question(assessment, assessment, label or assessment)


def _name_of(assessment: Assessment) -> str:
    return assessment.name.strip() or assessment.id
