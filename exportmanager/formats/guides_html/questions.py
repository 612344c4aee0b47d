"""Draws a question as a box: what students see of it, and for the teacher what is expected and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from exportmanager.core.guide import GuideAssessment
from exportmanager.formats.answers import number_of, type_name
from exportmanager.formats.guides_html import boxes
from exportmanager.formats.guides_html.drawing import draw
from exportmanager.formats.guides_html.view import PageView
from exportmanager.formats.questions import BLANK, Question, Room, Solution, question_of, solution_of

_BLANK = f'<span class="blank">{"&nbsp;" * 8}</span>'
_LONGEST = 50_000
"""Characters of a definition that are shown as it came."""


def question_box(assessment: GuideAssessment, view: PageView) -> str:
    """An assessment as HTML that still has to be cleaned."""
    question = question_of(assessment)
    solution = solution_of(assessment, view.say) if view.for_teacher else None
    if question.is_for_teachers and solution is None:
        return ""
    parts = [
        boxes.label(_head(question, view)),
        _name(solution.name if solution else question.name),
        draw(question.instructions, view, is_in_question=True),
        _BODIES[question.room](question, solution, view) if question.room in _BODIES else "",
        _for_teacher(solution, view) if solution else "",
        _as_it_came(assessment, view) if question.room is Room.UNKNOWN else "",
    ]
    return boxes.box("question", "\n".join(parts))


def _head(question: Question, view: PageView) -> str:
    said = [view.say("Question"), view.say(type_name(question.type))]
    if question.points is not None:
        said.append(view.say("Points: {points}", points=number_of(question.points)))
    if question.is_for_teachers:
        said.append(view.say("Teacher only"))
    return "  \u00b7  ".join(said)


def _name(name: str) -> str:
    return f'<p class="name">{escape(name)}</p>' if name else ""


# What students see


def _options(question: Question, solution: Solution | None, view: PageView) -> str:
    sign = "\u2610" if question.several else "\u25cb"
    key = f'<span class="key">\u2713 {escape(view.say("right"))}</span>'
    rows = []
    for place, option in enumerate(question.options):
        words = key if solution and place in solution.right else sign
        text = draw(option, view, is_in_question=True)
        rows.append(f'<tr><td valign="top">{words}&nbsp;</td><td>{text}</td></tr>')
    return f'<table class="options" cellspacing="0" cellpadding="2">{"".join(rows)}</table>'


def _text_with_blanks(question: Question, _: Solution | None, view: PageView) -> str:
    """The text with its blanks, and the words to choose from where the platform offers them."""
    drawn = draw(question.text, view, is_in_question=True).replace(BLANK, _BLANK)
    if not question.words:
        return drawn
    return drawn + _line(view.say("To choose from: {words}", words=", ".join(question.words)))


def _puzzle(question: Question, _: Solution | None, view: PageView) -> str:
    said = view.say("Lines to put in order, here by the alphabet")
    return _line(said) + boxes.code_block("\n".join(question.lines), question.language)


def _line(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>\n'


# What only teachers see


def _for_teacher(solution: Solution, view: PageView) -> str:
    say = view.say
    parts = []
    if solution.checks:
        code = boxes.code_block("\n".join(solution.checks))
        parts.append(boxes.label(say("Teacher only: what checks the answer")) + code)
    if solution.expected:
        code = boxes.code_block(solution.expected, solution.language)
        parts.append(boxes.label(say("Teacher only: expected answer")) + code)
    if solution.feedback:
        text = boxes.code_block("\n".join(solution.feedback))
        parts.append(boxes.label(say("Teacher only: feedback")) + text)
    if solution.rubric:
        parts.append(boxes.label(say("Teacher only: rubric")) + _rubric(solution))
    if solution.requirements:
        text = draw(solution.requirements, view, is_in_question=True)
        parts.append(boxes.label(say("Teacher only: what the rubric asks for")) + text)
    if solution.rationale:
        text = draw(solution.rationale, view, is_in_question=True)
        parts.append(boxes.label(say("Teacher only: rationale")) + text)
    return boxes.box("teacher", "".join(parts)) if parts else ""


def _rubric(solution: Solution) -> str:
    rows = [
        f'<tr><td align="right">{escape(points)}</td><td>{escape(words)}</td></tr>' for points, words in solution.rubric
    ]
    return f'<table class="grid" border="1" cellspacing="0">{"".join(rows)}</table>'


def _as_it_came(assessment: GuideAssessment, view: PageView) -> str:
    """A link that unfolds the whole definition, for what this program does not know to draw."""
    is_open = assessment.id in view.unfolded
    words = view.say("Hide how it came") if is_open else view.say("Show as it came")
    link = f'<p><a href="unfold:{quote(assessment.id)}">{escape(words)}</a></p>\n'
    if not is_open or not view.for_teacher:
        return link if view.for_teacher else ""
    text = json.dumps(assessment.definition, ensure_ascii=False, indent=2, default=str)
    return link + boxes.code_block(text[:_LONGEST], "json")


_BODIES: dict[Room, Callable[[Question, Solution | None, PageView], str]] = {
    Room.OPTIONS: _options,
    Room.BLANKS: _text_with_blanks,
    Room.LINES: _puzzle,
}
