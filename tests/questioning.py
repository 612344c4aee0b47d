"""Questions of every type with unmistakable words where only teachers read them, and pairs that differ only there."""

from __future__ import annotations

import json
from typing import Any

from exportmanager.core.guide import GuideAssessment

SHOWN = "WOMBAT"
"""Begins every word that a teacher edition shows, and no edition for students."""
KEPT = "NUMBAT"
"""Begins every word that no edition shows: what the platform keeps beside a question."""
SEEN = "QUOKKA"
"""Begins every word that students see."""

_COMMON: dict[str, Any] = {
    "name": f"{SEEN}name",
    "points": 5,
    "instructions": f"{SEEN}instructions <!-- {KEPT}comment -->",
    "guidance": f"Because of {SHOWN}guidance.",
    "metadata": {
        "tags": [{"name": f"{KEPT}tag", "value": f"{KEPT}value"}],
        "files": [f"{KEPT}file"],
        "opened": [{"type": "file", "content": f"{KEPT}opened"}],
    },
    "learningObjectives": f"{KEPT}objective",
    "showExpectedAnswerOption": {"type": "Always"},
    "showGuidanceAfterResponseOption": {"type": "Always", "passedFrom": 3},
    "maxAttemptsCount": 3,
    "extra": f"{KEPT}extra",
}

SOURCES: dict[str, dict[str, Any]] = {
    "multiple-choice": {
        "answers": [
            {"_id": f"{KEPT}id", "correct": True, "answer": f"{SEEN}one"},
            {"_id": "b", "correct": False, "answer": f"{SEEN}two", "feedback": f"{KEPT}feedback"},
        ],
        "incorrectPoints": 1,
    },
    "fill-in-the-blanks": {
        "text": f"{SEEN}text is <<<{SHOWN}blank>>> and `<<</{SHOWN}pattern/>>>`",
        "tokens": {
            "blank": [f"{SHOWN}blank", f"/{SHOWN}pattern/"],
            "text": [f"{SEEN}text is ", 0, " and `", 0, "`"],
            "regexPositions": [1],
        },
        "distractors": f"{KEPT}distractor",
    },
    "free-text": {"rubrics": [{"id": "1", "weight": -3, "message": f"{SHOWN}rubric"}], "previewType": "NONE"},
    "free-text-auto": {"command": f"python {SHOWN}command.py", "timeoutSeconds": 30},
    "parsons-puzzle": {
        "initial": f"{SEEN}first\n    {SEEN}second\n{SEEN}third #distractor",
        "options": json.dumps({"max_wrong_lines": 7, "unittests": f"{KEPT}unit", "vartests": f"{KEPT}variable"}),
        "grader": "3",
    },
    "test": {
        "command": f"bash {SHOWN}command.sh",
        "codeEnvConfig": json.dumps({"type": "python", "testsources": f"{KEPT}sources", "files": [f"{KEPT}test"]}),
    },
    "code-output-compare": {
        "command": f"python {SHOWN}command.py",
        "preExecuteCommand": f"make {SHOWN}before",
        "sequence": [
            {
                "arguments": f"--{SHOWN}argument",
                "input": f"{SHOWN}input",
                "output": f"{SHOWN}output",
                "showFeedback": True,
                "feedback": f"{SHOWN}feedback",
            }
        ],
    },
    "grade-book": {"instructions": f"{SHOWN}instructions", "rubrics": [{"weight": 2, "message": f"{SHOWN}rubric"}]},
    "llm-based-auto-rubric": {
        "rubrics": [{"id": "1", "title": f"{SHOWN}title", "description": f"{SHOWN}description", "points": 4}],
        "solutions": [{"path": f"{SHOWN}path.py", "content": f"{SHOWN}solution = 1"}],
        "rubricsRequirements": f"{SHOWN}requirements",
    },
    "math-stack": {"answers": [{"name": f"{SHOWN}variable", "value": f"{SHOWN}value"}]},
    "random": {"assessments": [f"{SHOWN}pool"]},
    "custom": {"command": f"{SHOWN}command"},
    "jupyter-notebook": {"notebook": f"{SHOWN}notebook"},
    "sense-network": {"answer": f"{SHOWN}answer"},
    "splice": {"url": f"https://example.org/{SHOWN}address", "correct": f"{SHOWN}correct"},
}
"""What an author filled in, for every type of assessment that the platform has or had, and one that nobody knows."""

NOT_DRAWN = {"math-stack", "random", "custom", "jupyter-notebook", "sense-network", "splice"}
"""Types of which students see name and instructions only, and teachers the definition as it came."""


def asked(kind: str, number: str = "-1", /, **source: Any) -> GuideAssessment:
    """An assessment of this type; its id is the type and the number, its name and points are those of its source."""
    whole: dict[str, Any] = {"name": "A name", "points": 5} | source
    task = f"{kind}{number}"
    definition = {"type": kind, "taskId": task, "source": whole, "linkedId": f"{KEPT}link"}
    return GuideAssessment(id=task, type=kind, name=whole["name"], points=whole["points"], definition=definition)


def secret(kind: str) -> GuideAssessment:
    """A question of this type with a word in everything that students do not see."""
    return asked(kind, **_COMMON | SOURCES[kind])


def _choice(*right: bool, **source: Any) -> dict[str, Any]:
    words = ("alpha", "beta", "gamma")
    answers = [{"_id": word, "correct": is_right, "answer": word} for word, is_right in zip(words, right, strict=True)]
    return {"answers": answers} | source


def _blanks(*blanks: str, **source: Any) -> dict[str, Any]:
    text = "a " + " b ".join(f"<<<{blank}>>>" for blank in blanks)
    parts = [part for blank in blanks for part in (" b " if blank is not blanks[0] else "a ", 0)]
    return {"text": text, "tokens": {"blank": list(blanks), "text": parts}} | source


def _mixed(*words: str) -> dict[str, Any]:
    """The platform mixes these, and the author wrote the right one first."""
    answers = [{"_id": word, "correct": word == words[0], "answer": word} for word in words]
    return {"answers": answers, "isRandomized": True}


def _puzzle(*lines: str) -> dict[str, Any]:
    return {"initial": "\n".join(lines), "options": '{"programmingLang": "python"}'}


TWINS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "another option is right": ("multiple-choice", _choice(True, False, False), _choice(False, False, True)),
    "more options are right": (
        "multiple-choice",
        _choice(True, False, False, multipleResponse=True),
        _choice(True, True, True, multipleResponse=True),
    ),
    "the right option was written first": ("multiple-choice", _mixed("one", "two", "six"), _mixed("six", "two", "one")),
    "the answers are longer": ("fill-in-the-blanks", _blanks("x", "y"), _blanks("a whole sentence", "/[a-z]+ .*/")),
    "another word is right": (
        "fill-in-the-blanks",
        _blanks("x", "y", showValues=True, distractors="z"),
        _blanks("z", "x", showValues=True, distractors="y\n\nx"),
    ),
    "only the whole text is there": (
        "fill-in-the-blanks",
        {"text": "a <<<b>>> c <<<unclosed"},
        {"text": "a <<</d.*/>>> c <<<"},
    ),
    "the lines belong in another order": ("parsons-puzzle", _puzzle("a = 1", "b = 2"), _puzzle("b = 2", "a = 1")),
    "the lines are set in": ("parsons-puzzle", _puzzle("if a:", "b = 2"), _puzzle("if a:", "    b = 2")),
    "whole blocks are set in": (
        "parsons-puzzle",
        _puzzle("if a:\\n    b", "c"),
        _puzzle("c", "    if a:\\n        b"),
    ),
    "a line belongs nowhere": ("parsons-puzzle", _puzzle("a = 1", "b = 2"), _puzzle("a = 1", "b = 2 #distractor")),
    "another half of a line is right": (
        "parsons-puzzle",
        _puzzle("a $$toggle::<::>$$ 1", "b"),
        _puzzle("a $$toggle::>::<$$ 1", "b"),
    ),
    "another program checks": ("test", {"command": "a"}, {"codeEnvConfig": '{"type": "java"}'}),
    "another output is expected": (
        "code-output-compare",
        {"command": "a", "sequence": [{"input": "1", "output": "2"}]},
        {"command": "b", "sequence": [{"input": "3", "output": "4", "feedback": "c"}, {"output": "5"}]},
    ),
    "another rubric": ("free-text", {"rubrics": [{"weight": 1, "message": "a"}]}, {"rubrics": [], "guidance": "b"}),
    "another command": ("free-text-auto", {"command": "a"}, {"command": "b", "timeoutSeconds": 9}),
    "another solution": ("llm-based-auto-rubric", {"solutions": [{"path": "a", "content": "b"}]}, {"rubrics": [{}]}),
    "another grade": ("grade-book", {"rubrics": []}, {"instructions": "b", "rubrics": [{"weight": 9, "message": "c"}]}),
    **{
        f"another {kind}": (kind, {"answer": "a", "guidance": "b"}, {"answer": "c", "solutions": ["d"]})
        for kind in sorted(NOT_DRAWN)
    },
}
"""Pairs of questions (their type, and two sources) that differ only in what students must not know."""
