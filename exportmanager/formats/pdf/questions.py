"""Draws a question as a box: what students see of it with room to answer, and for the teacher what is expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from exportmanager.core.guide import GuideAssessment
from exportmanager.formats.answers import number_of, type_name
from exportmanager.formats.pdf.blocks import markdown_flowables
from exportmanager.formats.pdf.boxes import Box, Column
from exportmanager.formats.pdf.code import code_block, code_spans
from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.spans import Drawn, Look, Words
from exportmanager.formats.pdf.style import BODY, CODE, HEADING, LABEL, LINE, MOODS, NOTE, TIGHT
from exportmanager.formats.pdf.view import PdfView
from exportmanager.formats.questions import Question, Room, Solution, question_of, solution_of
from exportmanager.formats.untrusted import printable

_SIGN = 18.0
"""The column of what is ticked; in it, or below it, one answers by hand."""
_ORDER = 26.0
_POINTS = 26.0
_RIGHT = Look(bold=True, colour=MOODS["good"].label)
_LONGEST = 20_000
"""Characters of a definition that are shown as it came."""


def question_flowables(assessment: GuideAssessment, view: PdfView) -> list[Flowable]:
    """The question as `view.edition` shows it; nothing where it has nothing for this edition's readers."""
    question = question_of(assessment)
    solution = solution_of(assessment) if view.edition.solutions else None
    if question.is_for_teachers and not (view.edition.solutions or view.edition.teacher_notes):
        return []
    if question.room is Room.UNKNOWN:
        what = f"Questions of the type {printable(question.type)}"
        view.missed.add(what, "only their name and their instructions are drawn")
    body = [
        *_name(solution.name if solution else question.name, view),
        *markdown_flowables(question.instructions, view, in_question=True),
        *(_ROOMS[question.room](question, solution, view) if question.room in _ROOMS else ()),
        *(_for_teacher(assessment, question, solution, view) if solution else ()),
    ]
    return [Box(body, "question", _head(question), view.missed)]


def _head(question: Question) -> str:
    said = ["Question", printable(type_name(question.type))]
    if question.points is not None:
        said.append(f"Points: {number_of(question.points)}")
    if question.is_for_teachers:
        said.append("Teacher only")
    return "  \u00b7  ".join(said)


def _name(name: str, view: PdfView) -> list[Flowable]:
    return [TextBlock([Words(name, HEADING)], replace(BODY, after=4, keep_with_next=True), view.missed)] if name else []


# What students see


def _options(question: Question, solution: Solution | None, view: PdfView) -> Iterable[Flowable]:
    sign = "\u2610" if question.several else "\u25cb"
    for place, option in enumerate(question.options):
        is_right = solution is not None and place in solution.right
        mark = TextBlock([Words("\u2713", _RIGHT) if is_right else Words(sign)], TIGHT, view.missed)
        yield _Row(mark, markdown_flowables(option, view, in_question=True), _SIGN)


def _text_with_blanks(question: Question, _: Solution | None, view: PdfView) -> Iterable[Flowable]:
    yield from markdown_flowables(question.text, view, in_question=True)
    if question.words:
        yield TextBlock([Words("To choose from:  " + "  \u00b7  ".join(question.words))], NOTE, view.missed)


def _puzzle(question: Question, _: Solution | None, view: PdfView) -> Iterable[Flowable]:
    said = "Lines to put in order, here by the alphabet. Number the ones that belong in the answer."
    yield TextBlock([Words(said)], replace(NOTE, keep_with_next=True), view.missed)
    for line in question.lines:
        mark = TextBlock([Drawn(18.0, 7.4, 2.6, _draw_frame)], CODE, view.missed)
        yield _Row(mark, [TextBlock(code_spans(line, question.language), CODE, view.missed)], _ORDER, gap=5.0)


def _draw_frame(canvas: Any, x: float, y: float) -> None:
    canvas.saveState()
    canvas.setStrokeColor(HexColor(LINE))
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.setLineWidth(0.7)
    canvas.rect(x, y - 2.6, 18.0, 10.0, stroke=1, fill=1)
    canvas.restoreState()


def _lines_to_write_on(_: Question, solution: Solution | None, __: PdfView) -> Iterable[Flowable]:
    return [] if solution else [_Ruled(6, 20.0, is_framed=False)]


def _code_to_write(_: Question, solution: Solution | None, __: PdfView) -> Iterable[Flowable]:
    return [] if solution else [_Ruled(8, 16.0, is_framed=True)]


_ROOMS: dict[Room, Callable[[Question, Solution | None, PdfView], Iterable[Flowable]]] = {
    Room.OPTIONS: _options,
    Room.BLANKS: _text_with_blanks,
    Room.LINES: _puzzle,
    Room.TEXT: _lines_to_write_on,
    Room.CODE: _code_to_write,
}


class _Row(Column):
    """Flowables with something at their side, which stays at the first of them."""

    def __init__(self, mark: TextBlock | None, children: Sequence[Flowable], side: float, gap: float = 3.0) -> None:
        super().__init__(children, (side, 0, 0, 0), gap)
        self._mark = mark

    def _part(self, children: list[Flowable]) -> Column:
        return _Row(None, children, self.inset[0], self.spaceBefore)

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """This part, which keeps what stands at the side, and the rest."""
        parts: list[Any] = super().split(avail_width, avail_height)
        if len(parts) > 1:
            parts[0]._mark = self._mark
        return parts

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Sets both; the width and height they take."""
        super().wrap(avail_width, avail_height)
        self._high = self._mark.wrap(self.inset[0], avail_height)[1] if self._mark else 0.0
        self.height = max(self.height, self._high)
        return self.width, self.height

    def draw(self) -> None:
        """Draws what stands at the side, and the flowables."""
        if self._mark:
            self._mark.drawOn(self.canv, 0, self.height - self._high)
        super().draw()


class _Ruled(Flowable):  # type: ignore[misc]
    """Room to write by hand: lines, or lines in a frame."""

    def __init__(self, count: int, distance: float, *, is_framed: bool) -> None:
        super().__init__()
        self._count, self._distance, self._is_framed = count, distance, is_framed
        self.spaceBefore, self.spaceAfter = 4.0, 4.0

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """The width and height of it all."""
        self.width, self.height = avail_width, self._count * self._distance
        return self.width, self.height

    def draw(self) -> None:
        """Draws the lines."""
        canvas = self.canv
        canvas.saveState()
        canvas.setLineWidth(0.5)
        canvas.setStrokeColor(HexColor(LINE))
        canvas.setFillColor(HexColor("#ffffff"))
        if self._is_framed:
            canvas.rect(0, 0, self.width, self.height, stroke=1, fill=1)
        for number in range(1 if self._is_framed else 0, self._count):
            canvas.line(0, number * self._distance, self.width, number * self._distance)
        canvas.restoreState()


# What only teachers see


def _for_teacher(assessment: GuideAssessment, question: Question, solution: Solution, view: PdfView) -> list[Flowable]:
    named = {
        "what checks the answer": _code("\n".join(solution.checks), "", view),
        "expected answer": _code(solution.expected, solution.language, view),
        "feedback": _code("\n".join(solution.feedback), "", view),
        "rubric": _rubric(solution, view),
        "what the rubric asks for": markdown_flowables(solution.requirements, view, in_question=True),
        "rationale": markdown_flowables(solution.rationale, view, in_question=True),
        "as it came": _as_it_came(assessment, view) if question.room is Room.UNKNOWN else [],
    }
    parts = [part for name, drawn in named.items() if drawn for part in (_label(name, view), *drawn)]
    return [Box(parts, "teacher", "")] if parts else []


def _label(name: str, view: PdfView) -> Flowable:
    style = replace(LABEL, colour=MOODS["teacher"].label, before=6)
    return TextBlock([Words(f"Teacher only: {name}", HEADING)], style, view.missed)


def _code(text: str, language: str, view: PdfView) -> list[Flowable]:
    return [code_block(text, language, view.missed)] if text else []


def _rubric(solution: Solution, view: PdfView) -> list[Flowable]:
    rows: list[Flowable] = []
    for points, words in solution.rubric:
        mark = TextBlock([Words(points, HEADING)], replace(TIGHT, align="right"), view.missed)
        rows.append(_Row(mark, [TextBlock([Words(words)], replace(TIGHT, left=8), view.missed)], _POINTS))
    return rows


def _as_it_came(assessment: GuideAssessment, view: PdfView) -> list[Flowable]:
    text = json.dumps(assessment.definition, ensure_ascii=False, indent=2, default=str)
    if len(text) > _LONGEST:
        view.missed.add(f"Question {assessment.id}", "its definition is too long to be shown whole")
        text = text[:_LONGEST] + "\n\u2026"
    return _code(text, "json", view)
