"""What students answered and what was expected, as text that people read.

Stored answers are JSON as the platform keeps it (one entry of `results`, or a draft); any other text stays as it is.
`say` puts the few words of our own into the reader's language, with ``{parts}`` filled in.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Definition = Mapping[str, Any]
Say = Callable[..., str]

TYPES = {
    "test": "Advanced code test",
    "code-output-compare": "Standard code test",
    "multiple-choice": "Multiple choice",
    "fill-in-the-blanks": "Fill in the blanks",
    "free-text": "Free text",
    "free-text-auto": "Free text, graded by a program",
    "parsons-puzzle": "Parsons puzzle",
    "grade-book": "Grade book",
    "random": "Random question",
    "custom": "Custom",
    "math-stack": "Mathematics",
    "jupyter-notebook": "Jupyter notebook",
    "sense-network": "Sense network",
    "llm-based-auto-rubric": "Rubric, graded by a language model",
}
"""Each type of assessment as teachers call it; a type that is not here is called what the platform calls it."""

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^<>]*>")
_BREAKS = {"br", "p", "div", "li", "tr", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
_LOOKS_LIKE_HTML = re.compile(r"</(pre|p|div|span|b|strong|em|i|font|table|ul|ol|li|code|h[1-6])\s*>", re.IGNORECASE)
_TOGGLE = re.compile(r"\$\$toggle::(.*?)\$\$")
_DISTRACTOR = re.compile(r"\s*#distractor\s*$")


def plain(text: str, /, **parts: object) -> str:
    """The words of our own as they are."""
    return text.format(**parts) if parts else text


def type_name(kind: str) -> str:
    """What teachers call a type of assessment."""
    return TYPES.get(kind, kind)


def source_of(definition: Definition) -> Definition:
    """What the author filled in."""
    source = definition.get("source")
    return source if isinstance(source, dict) else {}


def items_of(value: Any) -> list[dict[str, Any]]:
    """The objects in a list of a definition; what is something else is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def rationale(definition: Definition) -> str:
    """Why the answer is right, as the author explains it to students (Markdown); "" where nothing was written."""
    return str(source_of(definition).get("guidance") or "").strip()


# What is expected


def expected_answer(definition: Definition, say: Say = plain) -> str:
    """What a right answer is, as far as the definition tells: options and blanks, lines, output, solutions; else ""."""
    source = source_of(definition)
    expects = _EXPECTED.get(str(definition.get("type")))
    return expects(source, say).strip("\n") if expects else ""


def _right_options(source: Definition, _: Say) -> str:
    options = items_of(source.get("answers"))
    return "\n".join(str(option.get("answer", "")) for option in options if option.get("correct") is True)


def blanks_of(source: Definition) -> list[str]:
    """What belongs into the blanks of a text: a word, alternatives between quotes, or a pattern between slashes."""
    tokens = source.get("tokens")
    found = tokens.get("blank") if isinstance(tokens, dict) else None
    return [_blank(blank) for blank in found] if isinstance(found, list) else []


def _blank(value: object) -> str:
    """A pattern may also be kept as an object of its own."""
    return f"/{value.get('value', '')}/" if isinstance(value, dict) else str(value)


def _blanks(source: Definition, _: Say) -> str:
    return " | ".join(blanks_of(source))


def puzzle_lines(source: Definition) -> tuple[list[str], list[str]]:
    """The lines of a puzzle in their right order, and those that belong nowhere. Toggles are written ``[a / b]``."""
    right: list[str] = []
    wrong: list[str] = []
    for line in str(source.get("initial") or "").split("\n"):
        bare = _DISTRACTOR.sub("", line)
        if bare.strip():
            (wrong if bare != line else right).append(_with_toggles(bare).replace("\\n", "\n"))
    return right, wrong


def _with_toggles(line: str) -> str:
    return _TOGGLE.sub(lambda found: f"[{found[1].replace('::', ' / ')}]", line)


def _lines(source: Definition, _: Say) -> str:
    return "\n".join(puzzle_lines(source)[0])


def _outputs(source: Definition, say: Say) -> str:
    runs = items_of(source.get("sequence"))
    return "\n".join(_run(number, run, run.get("output"), say) for number, run in enumerate(runs, 1))


def _run(number: int, run: Definition, output: object, say: Say) -> str:
    given = " ".join(str(run.get(key) or "") for key in ("arguments", "input")).split()
    begin = say("{number}, given {input}:", number=number, input=" ".join(given)) if given else f"{number}:"
    shown = str(output or "").strip("\n")
    return f"{begin}\n{shown}" if "\n" in shown else f"{begin} {shown}"


def _solutions(source: Definition, _: Say) -> str:
    return "\n\n".join(
        f"{item.get('path', '')}\n{item.get('content', '')}" for item in items_of(source.get("solutions"))
    )


def _named_values(source: Definition, _: Say) -> str:
    return "\n".join(f"{item.get('name', '')} = {item.get('value', '')}" for item in items_of(source.get("answers")))


_EXPECTED: dict[str, Callable[[Definition, Say], str]] = {
    "multiple-choice": _right_options,
    "fill-in-the-blanks": _blanks,
    "parsons-puzzle": _lines,
    "code-output-compare": _outputs,
    "llm-based-auto-rubric": _solutions,
    "math-stack": _named_values,
}


# What was answered


def readable_answer(definition: Definition, answer: str, say: Say = plain) -> str:
    """A stored answer as text: options by their words, blanks joined, lines of puzzles, output without tags.

    What is not in one of the platform's forms stays as it came.
    """
    stored = _object(answer)
    if stored is None:
        return answer
    source = source_of(definition)
    for key, read in _FORMS.items():
        if key in stored and (text := read(stored, source, say)) is not None:
            return text
    return answer


def _object(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # it only looked like it
        return None
    return value if isinstance(value, dict) else None


def _chosen(stored: Definition, source: Definition, _: Say) -> str | None:
    chosen = stored.get("current", stored.get("active"))
    values = chosen if isinstance(chosen, list) else [] if chosen is None else [chosen]
    if not all(isinstance(value, (str, int, float)) for value in values):
        return None
    words = {str(option.get("_id")): str(option.get("answer", "")) for option in items_of(source.get("answers"))}
    texts = [words.get(str(value), str(value)) for value in values]
    return ("\n" if words else " | ").join(texts)


def _written(stored: Definition, _: Definition, __: Say) -> str | None:
    text = stored.get("answer", stored.get("text"))
    return text if isinstance(text, str) else None


def _values(stored: Definition, _: Definition, __: Say) -> str | None:
    values = stored.get("answers")
    return "\n".join(f"{key} = {value}" for key, value in values.items()) if isinstance(values, dict) else None


def _puzzle(stored: Definition, source: Definition, _: Say) -> str | None:
    """The student's lines, as stored; else put together from the pairs ``line_indent`` of the hash."""
    code = stored.get("studentCode")
    if not isinstance(code, str):
        code = "\n".join(_from_hash(str(stored.get("solutionHash") or ""), source))
    states = _object(str(stored.get("toggleStates") or "{}")) or {}
    if len(states) == 1 and len(_TOGGLE.findall(code)) == 1:  # of several, nobody says which state is whose
        return _TOGGLE.sub(lambda found: _picked(found, *states.values()), code)
    return _with_toggles(code)


def _picked(found: re.Match[str], state: object) -> str:
    options = found[1].split("::")
    is_known = isinstance(state, int) and 0 <= state < len(options)
    return options[state] if is_known else _with_toggles(found[0])  # type: ignore[call-overload]


def _from_hash(pairs: str, source: Definition) -> Iterator[str]:
    lines = [_DISTRACTOR.sub("", line).strip() for line in str(source.get("initial") or "").split("\n")]
    for pair in pairs.split("-"):
        number, _, indent = pair.partition("_")
        if (place := _small_number(number)) is not None and place < len(lines):
            yield "    " * min(_small_number(indent) or 0, 40) + lines[place]


def _small_number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _output(stored: Definition, source: Definition, say: Say) -> str | None:
    output = stored.get("output")
    if not isinstance(output, str):
        return None
    runs = items_of((_object(output) or {}).get("sequence"))
    if not runs:
        is_html = str(stored.get("format", "")).casefold() == "html" or _LOOKS_LIKE_HTML.search(output)
        return (without_tags(output) if is_html else output).strip("\n")
    tests = items_of(source.get("sequence"))
    tests += [{}] * (len(runs) - len(tests))
    return "\n".join(
        _ran(number, test, run, say) for number, (test, run) in enumerate(zip(tests, runs, strict=False), 1)
    )


def _ran(number: int, test: Definition, run: Definition, say: Say) -> str:
    came = "\n".join(str(run.get(key) or "").strip("\n") for key in ("stdout", "stderr")).strip("\n")
    passed = run.get("passed")
    judged = say("passed") if passed is True else say("not passed") if passed is False else ""
    return _run(number, test, came, say) + (f" ({judged})" if judged else "")


def without_tags(text: str) -> str:
    """The text of a piece of HTML, with the lines it is seen in."""
    bare = _TAG.sub(lambda found: "\n" if found[2].casefold() in _BREAKS else "", text)
    return re.sub(r"\n{3,}", "\n\n", html.unescape(bare)).strip("\n")


def _rubric(stored: Definition, source: Definition, say: Say) -> str | None:
    titles = {str(item.get("id")): item for item in items_of(source.get("rubrics"))}
    lines = []
    for item in items_of(stored.get("rubrics")):
        known = titles.get(str(item.get("id")), {})
        title = known.get("title") or known.get("message") or item.get("id") or ""
        lines.append(say("{title}: {points} points", title=title, points=number_of(item.get("points"))))
    return "\n".join(lines) or None


def number_of(value: object) -> str:
    """A number without decimals that say nothing; what is none as it is; "" for None."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) and abs(value) < 1e6 else str(value)


def remark_on(answer: str) -> str:
    """What the teacher or the platform said to a stored answer; "" where nothing was said."""
    stored = _object(answer) or {}
    comments = stored.get("comments")
    said = (comments.get("value") if isinstance(comments, dict) else "", stored.get("feedback"), stored.get("guidance"))
    return "\n".join(text.strip() for text in said if isinstance(text, str) and text.strip())


_FORMS: dict[str, Callable[[Definition, Definition, Say], str | None]] = {
    "solutionHash": _puzzle,
    "studentCode": _puzzle,
    "current": _chosen,
    "active": _chosen,
    "rubrics": _rubric,
    "answers": _values,
    "answer": _written,
    "text": _written,
    "output": _output,
}
"""The key by which each form of a stored answer is known; the first that is there counts."""
