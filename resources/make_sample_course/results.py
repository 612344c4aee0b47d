"""The results: one line for each student and assignment, with the time spent and the grade."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from make_sample_course.answers import Answer, earned
from make_sample_course.course import Assignment, Person
from make_sample_course.term import dice, with_offset
from make_sample_course.visits import Work

GOOD_ENOUGH = 80.0
SILENCE = 0.6
PRAISE = (
    "Well done.",
    "Complete, correct, and on time; nothing to add.",
    'You wrote "it works by magic". It works by care, and it shows.',
    "+1 for the best variable name of the week",
    "=well done",
)
ADVICE = (
    "Nearly there: read the first line of the error again, aloud.",
    "Good, and easy to read.\nNext time: a name that says more than `x`.",
    "-1 for the missing docstring; the rest is fine.",
    "Come and see me on Thursday, please, and bring your laptop.",
    'The test says "None != 4". What does your function *return*?',
)
OVERRIDE, EXTRA_CREDIT = 85.0, 5.0
GENEROUS_DAY = 0.06
ALL = 100.0


@dataclass(frozen=True)
class Result:
    """One line of the results, as text."""

    cells: dict[str, str]
    completed_at: datetime | None = None


def not_started(person: Person, assignment: Assignment) -> Result:
    """The line of a student who has not opened the assignment."""
    return Result(first_cells(person, assignment, "not_started"))


def first_cells(person: Person, assignment: Assignment, state: str) -> dict[str, str]:
    """The cells that every line has."""
    lti = hashlib.sha256(f"{person.id}/{assignment.id}".encode()).hexdigest()[:20]
    return {"student": person.id, "assignment": assignment.id, "state": state, "lti_id": f"lti-{lti}"}


def result_of(work: Work, answers: list[Answer]) -> Result:
    """The line of a student who has begun the assignment."""
    cells = first_cells(work.person, work.assignment, "completed" if work.finished else "started")
    seconds = sum(int((stay.closed - stay.opened).total_seconds()) for stay in work.stays)
    chance = dice(work.person.id, work.assignment.id, "result")
    cells["started_at"] = with_offset(work.stays[0].opened)
    cells["time_spent_seconds"] = str(seconds * chance.randrange(80, 101) // 100)
    cells["behavioral_insights"] = str(chance.choice([0, 0, 0, 0, 1, 1, 2, 3]))
    if not work.finished:
        return Result(cells)
    completed = work.stays[-1].closed - timedelta(seconds=20)
    cells["completed_at"] = with_offset(completed)
    return Result(cells | grades(work, earned(answers)), completed)


def grades(work: Work, points: float) -> dict[str, str]:
    """The grade in percent and what it is made of. Where there is a grade book, it counts for half."""
    chance = dice(work.person.id, work.assignment.id, "grade")
    assessed = round(ALL * points / work.assignment.points, 2)
    remark = chance.choice(PRAISE if assessed >= GOOD_ENOUGH else ADVICE)
    cells = {"assessments_grade": str(assessed), "comments": "" if chance.random() < SILENCE else remark}
    grade = assessed
    if any(one.type == "grade-book" for one in work.assignment.shown):
        teacher = float(min(100, int(60 + 40 * work.person.skill) + chance.randrange(0, 7)))
        grade = round((assessed + teacher) / 2, 2)
        cells["teacher_grade"] = str(teacher)
    if chance.random() < GENEROUS_DAY:
        grade = min(ALL, round(grade + EXTRA_CREDIT, 2))
        cells["extra_credit"] = str(EXTRA_CREDIT)
    if work.person.meets("override") == work.assignment.id:
        grade = OVERRIDE
        cells |= {"grade_override": str(OVERRIDE), "comments": "Was ill in the second week; graded by hand, as agreed."}
    return cells | {"grade": str(grade)}
