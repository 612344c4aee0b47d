"""A question as values: what students see of it, and apart from that what only teachers do.

Nothing of a right answer is in a `Question`, nor can it be told from the order or the form of what is there: what is
drawn for students is drawn from it alone. Source of the format: the fields of assessments as projects hold them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from textwrap import dedent
from typing import Any

from exportmanager.core.guide import GuideAssessment
from exportmanager.formats import answers
from exportmanager.formats.answers import Definition, Say, items_of, number_of, plain, source_of

BLANK = "\ue000"
"""Stands for a blank in `Question.text`: of the private use area, so that no Markdown reads anything into it."""

_TOGGLE = re.compile(r"(?<=\$\$toggle::).*?(?=\$\$)")
_ANSWER = re.compile(r"<<<(?:.*?>>>|.*\Z)", re.DOTALL)
_STANDS_OUT = re.compile(r'\s*(?:/.+/|"[^"]*"(?:\s*,\s*"[^"]*")+)\s*', re.DOTALL)
"""A pattern, and alternatives: what no wrong word looks like."""


class Room(StrEnum):
    """How a question is answered."""

    OPTIONS = "options"
    BLANKS = "blanks"
    LINES = "lines"
    TEXT = "text"
    CODE = "code"
    UNKNOWN = "unknown"


_ROOMS = {
    "multiple-choice": Room.OPTIONS,
    "fill-in-the-blanks": Room.BLANKS,
    "parsons-puzzle": Room.LINES,
    "free-text": Room.TEXT,
    "free-text-auto": Room.TEXT,
    "grade-book": Room.TEXT,
    "test": Room.CODE,
    "code-output-compare": Room.CODE,
    "llm-based-auto-rubric": Room.CODE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What students see of an assessment. `instructions`, `options` and `text` are Markdown, `name` may be hidden ("").

    `several`: more than one option may be ticked. `words` are those to choose from for the blanks of `text`, and
    `lines` those of a puzzle: in an order that tells nothing, without the indentation that they belong in.
    """

    type: str
    room: Room
    name: str
    points: float | None
    instructions: str
    is_for_teachers: bool = False
    options: tuple[str, ...] = ()
    several: bool = False
    text: str = ""
    words: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What only teachers see. `right` are the places of the right options in `Question.options`.

    `checks` are commands, or what the platform's own test is made of; `rubric` holds points and what they are given
    for; `rationale` is Markdown.
    """

    name: str
    right: frozenset[int] = frozenset()
    expected: str = ""
    language: str = ""
    checks: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    rubric: tuple[tuple[str, str], ...] = ()
    requirements: str = ""
    rationale: str = ""


def on_paper(text: str) -> str:
    """With room to write for each `BLANK`, all of one width: it tells nothing of the answer."""
    return text.replace(BLANK, "_" * 12) if BLANK in text else text


def question_of(assessment: GuideAssessment) -> Question:
    """What students see of an assessment."""
    source = source_of(assessment.definition)
    room = _ROOMS.get(assessment.type, Room.UNKNOWN)
    return Question(
        type=assessment.type,
        room=room,
        name="" if source.get("showName") is False else assessment.name or assessment.id,
        points=assessment.points,
        instructions=str(source.get("instructions") or ""),
        is_for_teachers=assessment.type == "grade-book",
        options=tuple(text for text, _ in _options(source)) if room is Room.OPTIONS else (),
        several=source.get("multipleResponse") is True,
        text=_text_with_blanks(source) if room is Room.BLANKS else "",
        words=_words(source) if room is Room.BLANKS else (),
        lines=_loose_lines(source) if room is Room.LINES else (),
        language=_language(source) if room is Room.LINES else "",
    )


def solution_of(assessment: GuideAssessment, say: Say = plain) -> Solution:
    """What only teachers see of an assessment; `say` puts the few words of our own into the reader's language."""
    definition, source = assessment.definition, source_of(assessment.definition)
    room = _ROOMS.get(assessment.type, Room.UNKNOWN)
    options = _options(source) if room is Room.OPTIONS else []
    return Solution(
        name=assessment.name or assessment.id,
        right=frozenset(place for place, (_, is_right) in enumerate(options) if is_right),
        expected="" if room is Room.OPTIONS else _expected(definition, say),
        language=_language(source) if room is Room.LINES else "",
        checks=tuple(_checks(source)),
        feedback=_texts(run.get("feedback") for run in items_of(source.get("sequence"))),
        rubric=tuple(_rubric(source)),
        requirements=str(source.get("rubricsRequirements") or "").strip(),
        rationale=answers.rationale(definition),
    )


# What students see


def _options(source: Definition) -> list[tuple[str, bool]]:
    """The options, and whether each is right. Where the platform mixes them, authors may write the right one first."""
    options = [(str(item.get("answer", "")), item.get("correct") is True) for item in items_of(source.get("answers"))]
    return sorted(options, key=lambda option: _alphabet(option[0])) if source.get("isRandomized") is True else options


def _alphabet(text: str) -> tuple[str, str]:
    return text.casefold(), text


def _text_with_blanks(source: Definition) -> str:
    """The text with `BLANK` for each answer. Without the parts that the platform cuts it into, it is cut here."""
    tokens = source.get("tokens")
    parts = tokens.get("text") if isinstance(tokens, dict) else None
    whole = "".join(part if isinstance(part, str) else BLANK for part in parts) if isinstance(parts, list) else None
    return _ANSWER.sub(BLANK, str(source.get("text") or "") if whole is None else whole)


def _words(source: Definition) -> tuple[str, ...]:
    """The words to choose from where the platform offers them; none where one would stand out as an answer."""
    blanks = answers.blanks_of(source)
    if source.get("showValues") is not True or any(_STANDS_OUT.fullmatch(blank) for blank in blanks):
        return ()
    words = [*blanks, *str(source.get("distractors") or "").split("\n")]
    return tuple(sorted({word.strip() for word in words} - {""}, key=_alphabet))


def _loose_lines(source: Definition) -> tuple[str, ...]:
    """The lines of a puzzle by the alphabet, wrong ones among them, and so the alternatives within a line."""
    initial = _TOGGLE.sub(
        lambda found: "::".join(sorted(found[0].split("::"), key=_alphabet)), str(source.get("initial") or "")
    )
    right, wrong = answers.puzzle_lines({"initial": initial})
    return tuple(sorted((dedent(line).strip() for line in right + wrong), key=_alphabet))


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


# What only teachers see


def _expected(definition: Definition, say: Say) -> str:
    """What a right answer is; for blanks, from the text where the platform did not cut it into parts."""
    source = source_of(definition)
    whole = str(source.get("text") or "") if definition.get("type") == "fill-in-the-blanks" else ""
    return answers.expected_answer(definition, say) or " | ".join(re.findall(r"<<<(.*?)>>>", whole, re.DOTALL))


def _checks(source: Definition) -> list[str]:
    """The commands that check an answer; without one, the language and files of the platform's own test."""
    commands = [str(source[key]) for key in ("preExecuteCommand", "command") if source.get(key)]
    test = _inner(source, "codeEnvConfig")
    files = test.get("files") if isinstance(test.get("files"), list) else []
    parts = [str(part) for part in (test.get("type"), test.get("subtype"), *(files or ())) if part]
    return commands or ([" ".join(parts)] if parts else [])


def _rubric(source: Definition) -> Iterator[tuple[str, str]]:
    for item in items_of(source.get("rubrics")):
        words = ": ".join(_texts(item.get(key) for key in ("title", "message", "description")))
        yield number_of(item.get("weight", item.get("points"))), words


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(value).strip() for value in values if value and str(value).strip())
