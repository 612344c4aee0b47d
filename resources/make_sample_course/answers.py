"""The answers: how often a student tried each assessment, when, and what it earned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from make_sample_course.course import Assessment
from make_sample_course.stored import Try, stored_answer
from make_sample_course.term import dice
from make_sample_course.visits import Work

PATIENCE = 6
SURE_OF_ONESELF, SKIPS, UNGRADED = 0.3, 0.03, 0.1
ONCE_WHERE_NOTHING_IS_SAID = ("multiple-choice", "fill-in-the-blanks")
BY_HAND = ("free-text",)


@dataclass(frozen=True)
class Answer:
    """One line of the answers: an attempt. `points` is None as long as a teacher has not read it."""

    work: Work
    assessment: Assessment
    attempt: int
    at: datetime
    text: str
    points: float | None
    correct: bool | None


def answers_of(work: Work) -> list[Answer]:
    """Make all answers of a student in an assignment, in the order in which they were given."""
    tries = [one for assessment in answered(work) for one in tries_of(work, assessment)]
    moments = spread(work, len(tries))
    return [answer_from(work, one, at) for one, at in zip(tries, moments, strict=True)]


def answered(work: Work) -> Iterable[Assessment]:
    """Choose what a student answers: nearly everything, or the first half if the assignment was not finished."""
    shown = [one for one in work.assignment.shown if one.type != "grade-book"]
    count = len(shown) if work.finished else (len(shown) + 1) // 2
    chance = dice(work.person.id, work.assignment.id, "answered")
    return [one for one in shown[:count] if chance.random() > SKIPS]


def tries_of(work: Work, assessment: Assessment) -> list[Try]:
    """Try an assessment until it is right, the attempts are used up, or patience is."""
    chance = dice(work.person.id, work.assignment.id, assessment.task)
    if assessment.task in work.outcomes:
        final = work.outcomes[assessment.task]
    else:
        final = 1.0 if chance.random() < work.person.skill + 0.1 else -1.0
    final = allowed(assessment, final if final >= 0 else partial(chance))
    scores: list[float] = []
    while len(scores) + 1 < most_attempts(assessment) and chance.random() > SURE_OF_ONESELF + work.person.skill / 3:
        scores.append(allowed(assessment, partial(chance)))
    return [Try(work.person, assessment, score, number, chance) for number, score in enumerate([*scores, final], 1)]


def most_attempts(assessment: Assessment) -> int:
    """Return how often an assessment may be tried, or how long patience lasts if it may be tried for ever."""
    default = 1 if assessment.type in ONCE_WHERE_NOTHING_IS_SAID else 0
    return int(assessment.source.get("maxAttemptsCount", default)) or PATIENCE


def partial(chance: Random) -> float:
    """Return how much of an answer is right that is not quite right."""
    return chance.choice([0, 0, 0.33, 0.5, 0.67])


def allowed(assessment: Assessment, score: float) -> float:
    """Return a score as the assessment counts it: in parts, or all or nothing. Half marks for texts read by people."""
    if assessment.type in BY_HAND:
        return 1.0 if score == 1 or not assessment.points else 0.5
    return score if assessment.source["arePartialPointsAllowed"] or score == 1 else 0.0


def spread(work: Work, count: int) -> list[datetime]:
    """Spread so many moments evenly over the time in which the student worked on the assignment."""
    lengths = [int((stay.closed - stay.opened).total_seconds()) for stay in work.stays]
    moments = []
    for number in range(1, count + 1):
        seconds, index = sum(lengths) * number // (count + 1), 0
        while seconds > lengths[index]:
            seconds, index = seconds - lengths[index], index + 1
        moments.append(work.stays[index].opened + timedelta(seconds=seconds))
    return moments


def answer_from(work: Work, one: Try, at: datetime) -> Answer:
    """Make the line of a try."""
    by_hand = one.assessment.type in BY_HAND
    unread = by_hand and dice(work.person.id, one.assessment.task, "unread").random() < UNGRADED
    points = None if unread else one.points
    text = stored_answer(one)
    if unread:
        text = text.replace('"status": "GRADED"', '"status": "PENDING"').replace(f', "points": {one.points}', "")
    return Answer(work, one.assessment, one.number, at, text, points, None if by_hand else one.right)


def earned(answers: Iterable[Answer]) -> float:
    """Add up what counts: the last attempt at each assessment, or the best one where the best counts."""
    counted: dict[str, float] = {}
    for answer in answers:
        task, points = answer.assessment.task, answer.points or 0.0
        best = counted.get(task, 0.0) if answer.assessment.source["useMaximumScore"] else 0.0
        counted[task] = max(points, best)
    return round(sum(counted.values()), 2)
