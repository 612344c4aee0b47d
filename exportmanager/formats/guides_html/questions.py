"""Draws a question as a box: what students see of it, and for the teacher what is expected and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from exportmanager.core.guide import GuideAssessment
from exportmanager.formats import answers
from exportmanager.formats.answers import Definition, items_of, number_of, source_of, type_name
from exportmanager.formats.guides_html import boxes
from exportmanager.formats.guides_html.drawing import draw
from exportmanager.formats.guides_html.view import PageView

_TEACHERS_TYPES = {"grade-book"}
_BLANK = f'<span class="blank">{"&nbsp;" * 8}</span>'
_LONGEST = 50_000
"""Characters of a definition that are shown as it came."""


def question_box(assessment: GuideAssessment, view: PageView) -> str:
    """An assessment as HTML that still has to be cleaned."""
    if assessment.type in _TEACHERS_TYPES and not view.for_teacher:
        return ""
    source = source_of(assessment.definition)
    body = _BODIES.get(assessment.type)
    parts = [
        boxes.label(_head(assessment, view)),
        f'<p class="name">{escape(assessment.name or assessment.id)}</p>',
        draw(str(source.get("instructions") or ""), view, is_in_question=True),
        body(source, view) if body else "",
        _for_teacher(assessment, source, view) if view.for_teacher else "",
        "" if assessment.type in _DRAWN_WHOLE else _as_it_came(assessment, view),
    ]
    return boxes.box("question", "\n".join(parts))


def _head(assessment: GuideAssessment, view: PageView) -> str:
    said = [view.say("Question"), view.say(type_name(assessment.type))]
    if assessment.points is not None:
        said.append(view.say("Points: {points}", points=number_of(assessment.points)))
    if assessment.type in _TEACHERS_TYPES:
        said.append(view.say("Teacher only"))
    return "  \u00b7  ".join(said)


# What students see


def _options(source: Definition, view: PageView) -> str:
    sign = "\u2610" if source.get("multipleResponse") is True else "\u25cb"
    rows = []
    for option in items_of(source.get("answers")):
        is_right = view.for_teacher and option.get("correct") is True
        words = f'<span class="key">\u2713 {escape(view.say("right"))}</span>' if is_right else sign
        text = draw(str(option.get("answer", "")), view, is_in_question=True)
        rows.append(f'<tr><td valign="top">{words}&nbsp;</td><td>{text}</td></tr>')
    return f'<table class="options" cellspacing="0" cellpadding="2">{"".join(rows)}</table>'


def _text_with_blanks(source: Definition, view: PageView) -> str:
    """The text with its blanks, and the words to choose from where the platform offers them."""
    tokens = source.get("tokens")
    parts = tokens.get("text") if isinstance(tokens, dict) else None
    sign = "\ue000"  # of the private use area: no Markdown reads anything into it
    text = "".join(part if isinstance(part, str) else sign for part in parts or ())
    drawn = draw(text, view, is_in_question=True).replace(sign, _BLANK)
    if source.get("showValues") is not True:
        return drawn
    distractors = str(source.get("distractors") or "").split("\n")
    words = sorted({word.strip() for word in [*answers.blanks_of(source), *distractors] if word.strip()})
    return drawn + _line(view.say("To choose from: {words}", words=", ".join(words)))


def _puzzle(source: Definition, view: PageView) -> str:
    right, wrong = answers.puzzle_lines(source)
    lines = sorted(line.strip() for line in right + wrong)
    said = view.say("Lines to put in order, here by the alphabet")
    return _line(said) + boxes.code_block("\n".join(lines), _language(source))


def _language(source: Definition) -> str:
    language = _inner(source, "options").get("programmingLang")
    return language if isinstance(language, str) else ""


def _inner(source: Definition, key: str) -> dict[str, Any]:
    """An object that the platform keeps as JSON within the JSON; nothing where it is none."""
    try:
        value = json.loads(str(source.get(key) or "{}"))
    except (ValueError, RecursionError):  # then it is shown without
        return {}
    return value if isinstance(value, dict) else {}


def _line(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>\n'


# What only teachers see


def _for_teacher(assessment: GuideAssessment, source: Definition, view: PageView) -> str:
    say, definition = view.say, assessment.definition
    parts = []
    if checks := _checks(source):
        parts.append(boxes.label(say("Teacher only: what checks the answer")) + boxes.code_block("\n".join(checks)))
    expected = answers.expected_answer(definition, say)
    if expected and assessment.type != "multiple-choice":  # whose right options are marked
        language = _language(source) if assessment.type == "parsons-puzzle" else ""
        parts.append(boxes.label(say("Teacher only: expected answer")) + boxes.code_block(expected, language))
    if rubric := _rubric(source):
        parts.append(boxes.label(say("Teacher only: rubric")) + rubric)
    if reason := answers.rationale(definition):
        parts.append(boxes.label(say("Teacher only: rationale")) + draw(reason, view, is_in_question=True))
    return boxes.box("teacher", "".join(parts)) if parts else ""


def _checks(source: Definition) -> list[str]:
    """The commands that check an answer; without one, the language and files of the platform's own test."""
    commands = [str(source[key]) for key in ("preExecuteCommand", "command") if source.get(key)]
    test = _inner(source, "codeEnvConfig")
    files = test.get("files") if isinstance(test.get("files"), list) else []
    parts = [str(part) for part in (test.get("type"), test.get("subtype"), *(files or ())) if part]
    return commands or ([" ".join(parts)] if parts else [])


def _rubric(source: Definition) -> str:
    rows = []
    for item in items_of(source.get("rubrics")):
        points = number_of(item.get("weight", item.get("points")))
        words = ": ".join(str(item[key]) for key in ("title", "message", "description") if item.get(key))
        rows.append(f'<tr><td align="right">{escape(points)}</td><td>{escape(words)}</td></tr>')
    return f'<table class="grid" border="1" cellspacing="0">{"".join(rows)}</table>' if rows else ""


def _as_it_came(assessment: GuideAssessment, view: PageView) -> str:
    """A link that unfolds the whole definition, for what this program does not know to draw."""
    is_open = assessment.id in view.unfolded
    words = view.say("Hide how it came") if is_open else view.say("Show as it came")
    link = f'<p><a href="unfold:{quote(assessment.id)}">{escape(words)}</a></p>\n'
    if not is_open or not view.for_teacher:
        return link if view.for_teacher else ""
    text = json.dumps(assessment.definition, ensure_ascii=False, indent=2, default=str)
    return link + boxes.code_block(text[:_LONGEST], "json")


_BODIES: dict[str, Callable[[Definition, PageView], str]] = {
    "multiple-choice": _options,
    "fill-in-the-blanks": _text_with_blanks,
    "parsons-puzzle": _puzzle,
}
_DRAWN_WHOLE = {
    *_BODIES,
    "code-output-compare",
    "test",
    "free-text",
    "free-text-auto",
    "grade-book",
    "llm-based-auto-rubric",
}
