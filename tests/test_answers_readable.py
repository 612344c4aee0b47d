"""Stored answers and what was expected, as people read them: each type, each form, and whatever else may be stored."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import SAMPLE, definitions

from exportmanager.formats.answers import (
    TYPES,
    expected_answer,
    rationale,
    readable_answer,
    remark_on,
    type_name,
    without_tags,
)


def of(kind: str, **source: Any) -> dict[str, Any]:
    return {"type": kind, "taskId": f"{kind}-1", "source": source}


def stored(**fields: Any) -> str:
    return json.dumps(fields)


CHOICE = of(
    "multiple-choice",
    answers=[
        {"_id": "a", "correct": True, "answer": "two"},
        {"_id": "b", "correct": False, "answer": "three"},
        {"_id": "c", "correct": True, "answer": "more"},
    ],
    guidance=" Count them. ",
)
BLANKS = of("fill-in-the-blanks", tokens={"blank": ["//", '"2", "two"', {"type": "regEx", "value": "a+"}]})
PUZZLE = of("parsons-puzzle", initial="for n in $$toggle::x::y$$:\n    print(n)\nprint(0) #distractor\n\n")
OUTPUT = of("code-output-compare", sequence=[{"input": "3\n", "output": "*\n**"}, {"arguments": "-v", "output": "ok"}])


# What is expected


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        (CHOICE, "two\nmore"),
        (BLANKS, '// | "2", "two" | /a+/'),
        (PUZZLE, "for n in [x / y]:\n    print(n)"),
        (OUTPUT, "1, given 3:\n*\n**\n2, given -v: ok"),
        (of("llm-based-auto-rubric", solutions=[{"path": "a.py", "content": "a = 1\n"}]), "a.py\na = 1"),
        (of("math-stack", answers=[{"name": "ans1", "value": "9"}]), "ans1 = 9"),
        (of("free-text"), ""),
        (of("nobody-knows", answers="?"), ""),
        ({}, ""),
        ({"type": ["multiple-choice"], "source": "x"}, ""),
    ],
)
def test_what_is_expected_is_said_for_each_type_that_tells_it(definition: dict[str, Any], text: str) -> None:
    assert expected_answer(definition) == text


def test_the_rationale_is_what_the_author_wrote() -> None:
    assert rationale(CHOICE) == "Count them."
    assert rationale(PUZZLE) == rationale({}) == ""


def test_types_have_names_and_an_unknown_one_its_own() -> None:
    assert type_name("free-text-auto") == "Free text, graded by a program"
    assert type_name("splice") == "splice"
    assert len(set(TYPES.values())) == len(TYPES)


# What was answered


@pytest.mark.parametrize(
    ("definition", "answer", "text"),
    [
        (CHOICE, stored(state="pass", current=["a", "c"], right=["a", "c"]), "two\nmore"),
        (CHOICE, stored(active="b"), "three"),
        (CHOICE, stored(active=None), ""),
        (CHOICE, stored(current=["a", "gone"]), "two\ngone"),
        (BLANKS, stored(current=["%", "2", ""]), "% | 2 | "),
        (of("free-text"), stored(answer="so it is", status="PENDING", comments={"value": "And why?"}), "so it is"),
        (of("free-text"), stored(text="a draft"), "a draft"),
        (of("test"), stored(code=1, output="<pre>F.\n1 &lt; 2</pre><br>next", format="HTML"), "F.\n1 < 2\n\nnext"),
        (of("test"), stored(code=1, output="<class 'int'> is no tag"), "<class 'int'> is no tag"),
        (of("test"), stored(output="a <b>word</b>"), "a word"),
        (PUZZLE, stored(solutionHash="0_0-1_1", toggleStates='{"0": 1}'), "for n in y:\n    print(n)"),
        (PUZZLE, stored(solutionHash="1_0-99_1-x", toggleStates="{}"), "print(n)"),
        (PUZZLE, stored(solutionHash="-", studentCode="$$toggle::x::y$$", toggleStates="{"), "[x / y]"),
        (of("math-stack"), stored(answers={"ans1": "8"}), "ans1 = 8"),
        (of("custom"), stored(state="fail", output="No dictionary yet."), "No dictionary yet."),
        (of("splice"), stored(opaque=[1, None]), stored(opaque=[1, None])),
        (CHOICE, "only words", "only words"),
        (CHOICE, "{not json", "{not json"),
        (CHOICE, "[1, 2]", "[1, 2]"),
        (CHOICE, stored(current=[["a"]]), stored(current=[["a"]])),
        ({}, stored(current=["x", "y"]), "x | y"),
    ],
)
def test_an_answer_is_read_by_its_form(definition: dict[str, Any], answer: str, text: str) -> None:
    assert readable_answer(definition, answer) == text


def test_of_several_toggles_none_is_guessed() -> None:
    code = "$$toggle::a::b$$ = $$toggle::c::d$$"
    assert readable_answer(PUZZLE, stored(studentCode=code, toggleStates='{"0": 1, "1": 0}')) == "[a / b] = [c / d]"


def test_each_run_of_a_program_is_said_with_how_it_ended() -> None:
    runs = [{"stdout": "*\n", "stderr": "oops", "passed": False}, {"stdout": "ok\n", "passed": True}, {"stdout": "x"}]
    text = readable_answer(OUTPUT, stored(code=1, output=json.dumps({"sequence": runs})))
    assert text == "1, given 3:\n*\noops (not passed)\n2, given -v: ok (passed)\n3: x"


def test_a_rubric_is_said_by_its_titles() -> None:
    definition = of("llm-based-auto-rubric", rubrics=[{"id": "r1", "title": "Names"}, {"id": "r2", "message": "Style"}])
    answer = stored(rubrics=[{"id": "r1", "points": 3.0}, {"id": "r2", "points": 0.5}, {"id": ["x"]}], feedback="Good.")
    assert readable_answer(definition, answer) == "Names: 3 points\nStyle: 0.5 points\n['x']:  points"
    assert remark_on(answer) == "Good."


def test_what_was_said_to_an_answer_is_apart_from_it() -> None:
    assert remark_on(stored(answer="x", comments={"value": " And why? "}, feedback="Hm.")) == "And why?\nHm."
    assert remark_on(stored(answer="x", comments="odd")) == remark_on("words") == ""


def test_our_own_words_can_be_said_in_another_language() -> None:
    def say(text: str, /, **parts: object) -> str:
        return f"[{text.format(**parts)}]"

    assert (
        expected_answer(of("code-output-compare", sequence=[{"input": "1", "output": "2"}]), say) == "[1, given 1:] 2"
    )


def test_tags_become_the_lines_they_are_seen_in() -> None:
    assert without_tags("<p>a<br/>b</p><ul><li>c</li></ul>&amp;") == "a\nb\n\nc\n&"


# Whatever is stored


def test_every_answer_of_the_sample_course_is_read_and_none_shows_an_id_that_is_known() -> None:
    known = {task: value for task, (_, value) in definitions().items()}
    with (SAMPLE / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        text = readable_answer(known[row["assessment"]], row["answer"])
        options = {item["_id"] for item in known[row["assessment"]]["source"].get("answers", []) if "_id" in item}
        assert text.strip() or json.loads(row["answer"])["output"] == "", row
        assert not options & set(text.split("\n")), row


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "current", "active", "answer", "answers", "text", "output", "format", "solutionHash", "studentCode",
    "toggleStates", "rubrics", "comments", "feedback",
)  # fmt: skip
SOURCE = ["answers", "tokens", "text", "initial", "sequence", "rubrics", "solutions", "guidance", "options"]


@given(
    kind=st.sampled_from([*TYPES, "splice"]),
    source=st.dictionaries(st.sampled_from(SOURCE), values),
    answer=st.dictionaries(st.sampled_from(KEYS), values).map(json.dumps) | st.text(),
)
def test_nothing_that_may_be_stored_makes_it_raise(kind: str, source: dict[str, Any], answer: str) -> None:
    definition = {"type": kind, "source": source}
    assert isinstance(readable_answer(definition, answer), str)
    assert isinstance(expected_answer(definition), str)
    assert isinstance(rationale(definition) + remark_on(answer), str)
