"""Shows the questions of an assignment, and what students answered, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from exportmanager.archive.reader.markup import label, moment, points, text, told, written
from exportmanager.core.course import Answer, Assessment, AssessmentId, Extra
from exportmanager.formats.answers import (
    expected_answer,
    number_of,
    rationale,
    readable_answer,
    remark_on,
    source_of,
    type_name,
)


class Questions:
    """Those of one assignment, each drawn once; `page` is where they are shown, from the page of a student."""

    def __init__(self, assessments: Sequence[Assessment], zone: ZoneInfo, page: str) -> None:
        self._known = {one.id: one for one in assessments}
        self._order = {one.id: number for number, one in enumerate(assessments, 1)}
        self._zone, self._page = zone, page
        self._heads: dict[AssessmentId, str] = {}

    def all(self) -> str:
        """Each question with what is expected, for the page of the assignment."""
        return "".join(_question(number, one) for number, one in enumerate(self._known.values(), 1))

    def answered(self, answers: Iterable[Answer]) -> str:
        """One student's attempts, in the order of the guide."""
        ordered = sorted(answers, key=lambda one: (self._place(one.assessment_id), one.assessment_id, one.attempt))
        return "".join(
            f'{self._head(question)}<ol class="attempts">{"".join(map(self._attempt, attempts))}</ol></section>\n'
            for question, attempts in groupby(ordered, key=lambda one: one.assessment_id)
        )

    def _place(self, question: AssessmentId) -> int:
        return self._order.get(question, len(self._order) + 1)

    def _head(self, question: AssessmentId) -> str:
        known = self._heads.get(question)
        if known is None:
            known = self._heads[question] = self._drawn_head(question)
        return known

    def _drawn_head(self, question: AssessmentId) -> str:
        one = self._known.get(question)
        if one is None:
            about = " <small>not in the guide as it was received</small>"
            return f'<section class="question"><h4>{label(question)}{about}</h4>\n'
        link = f'<a href="{self._page}#q{self._order[question]}">{label(_name(one))}</a>'
        return f'<section class="question"><h4>{link} {_about(one)}</h4>\n{_expected(one.definition, "details")}'

    def _attempt(self, answer: Answer) -> str:
        one = self._known.get(answer.assessment_id)
        judged = {True: "correct", False: "not correct", None: ""}[answer.correct]
        given = _given(answer.points, one.points if one else None)
        parts = filter(None, (f"Attempt {answer.attempt}", moment(answer.at, self._zone), given, judged))
        shown = readable_answer(one.definition if one else {}, answer.answer)
        remark = remark_on(answer.answer)
        said = f'<div class="remark"><p>Remark:</p>{told(remark)}</div>' if remark else ""
        return f"<li><p>{' · '.join(parts)}</p>{written(shown) if shown else '<p>No answer.</p>'}{said}</li>\n"


def _question(number: int, one: Assessment) -> str:
    instructions = str(source_of(one.definition).get("instructions") or "").strip()
    return (
        f'<section class="question" id="q{number}"><h3>{label(_name(one))} {_about(one)}</h3>\n'
        f"{told(instructions) if instructions else ''}{_expected(one.definition, 'details open')}</section>\n"
    )


def _name(one: Assessment) -> str:
    return one.name.strip() or one.id


def _about(one: Assessment) -> str:
    possible = "" if one.points is None else f", {points(one.points)}"
    return f"<small>{text(type_name(one.type))}{possible}</small>"


def _given(number: float | None, possible: float | None) -> str:
    """How many points an answer got, of how many."""
    if number is None:
        return ""
    return points(number) if possible is None else f"{number_of(number)} of {points(possible)}"


def _expected(definition: Extra, tag: str) -> str:
    """What a right answer is, and why, where the guide says so."""
    expected, why = expected_answer(definition), rationale(definition)
    if not expected and not why:
        return ""
    reason = f"<p>Why it is right:</p>{told(why)}" if why else ""
    return f"<{tag}><summary>Expected answer</summary>{written(expected) if expected else ''}{reason}</details>\n"
