"""Questions as values: what students see holds nothing of what only teachers do."""

from __future__ import annotations

from typing import Any

import pytest
from questioning import KEPT, NOT_DRAWN, SEEN, SHOWN, SOURCES, TWINS, asked, secret

from exportmanager.formats.questions import BLANK, Room, on_paper, question_of, solution_of


@pytest.mark.parametrize("kind", SOURCES)
def test_what_students_see_holds_nothing_that_only_teachers_do(kind: str) -> None:
    question = question_of(secret(kind))
    if not question.is_for_teachers:
        assert SHOWN not in repr(question)
        assert SEEN in repr(question)
    assert KEPT not in repr(question).replace(f"<!-- {KEPT}comment -->", "")


@pytest.mark.parametrize("why", TWINS)
def test_students_see_the_same_whatever_is_right(why: str) -> None:
    kind, one, other = TWINS[why]
    first, second = question_of(asked(kind, **one)), question_of(asked(kind, **other))
    assert solution_of(asked(kind, **one)) != solution_of(asked(kind, **other)) or kind in NOT_DRAWN
    if not first.is_for_teachers:
        assert first == second


def test_a_name_that_is_not_shown_is_for_teachers() -> None:
    made = asked("test", name="Hidden", showName=False)
    assert question_of(made).name == ""
    assert solution_of(made).name == "Hidden"


def test_a_question_without_a_name_is_called_by_its_id() -> None:
    assert question_of(asked("test", name="")).name == "test-1"


def test_right_options_are_known_by_their_place_among_the_options() -> None:
    answers = [{"correct": True, "answer": "b"}, {"correct": False, "answer": "a"}, {"correct": "yes", "answer": "C"}]
    written = asked("multiple-choice", answers=answers)
    assert question_of(written).options == ("b", "a", "C")
    assert solution_of(written).right == {0}
    mixed = asked("multiple-choice", answers=answers, isRandomized=True, multipleResponse=True)
    assert question_of(mixed).options == ("a", "b", "C")
    assert question_of(mixed).several
    assert solution_of(mixed).right == {1}


def test_blanks_are_signs_that_no_markdown_reads() -> None:
    question = question_of(asked("fill-in-the-blanks", tokens={"text": ["a ", 0, " b ", 1], "blank": ["x", "y"]}))
    assert question.text == f"a {BLANK} b {BLANK}"
    assert question.words == ()


def test_an_answer_that_was_left_in_the_text_is_taken_out() -> None:
    made = asked("fill-in-the-blanks", tokens={"text": ["a <<<secret>>> b ", 0], "blank": ["x"]})
    assert question_of(made).text == f"a {BLANK} b {BLANK}"


def test_words_to_choose_from_are_in_the_order_of_the_alphabet() -> None:
    source: dict[str, Any] = {"tokens": {"blank": ["str", "Int", "float"], "text": [0, 0, 0]}, "showValues": True}
    assert question_of(asked("fill-in-the-blanks", **source, distractors="bool\n\n str")).words == (
        "bool", "float", "Int", "str",
    )  # fmt: skip


@pytest.mark.parametrize("blank", ["/int|float/", '"int", "float"'])
def test_no_words_are_offered_where_one_looks_like_an_answer(blank: str) -> None:
    source = {"tokens": {"blank": ["str", blank], "text": [0, 0]}, "showValues": True, "distractors": "bool"}
    assert question_of(asked("fill-in-the-blanks", **source)).words == ()


def test_blanks_are_of_one_width_on_paper() -> None:
    assert on_paper(f"a {BLANK}, {BLANK}") == f"a {'_' * 12}, {'_' * 12}"


def test_the_lines_of_a_puzzle_stand_loose() -> None:
    made = asked(
        "parsons-puzzle",
        initial="def f():\n    return $$toggle::2::1$$\n\nx = 1 #distractor\n    for a in b:\\n        c()",
        options='{"programmingLang": "python"}',
    )
    question, solution = question_of(made), solution_of(made)
    assert question.lines == ("def f():", "for a in b:\n    c()", "return [1 / 2]", "x = 1")
    assert question.language == solution.language == "python"
    assert solution.expected.startswith("def f():\n    return [2 / 1]\n    for")


def test_a_rubric_has_points_and_words() -> None:
    made = secret("llm-based-auto-rubric")
    assert solution_of(made).rubric == (("4", f"{SHOWN}title: {SHOWN}description"),)
    assert solution_of(secret("free-text")).rubric == (("-3", f"{SHOWN}rubric"),)


def test_a_test_of_the_platforms_own_is_told_by_its_language_and_files() -> None:
    config = '{"type": "python", "subtype": "unittest", "files": ["a.py", "b.py"]}'
    assert solution_of(asked("test", codeEnvConfig=config)).checks == ("python unittest a.py b.py",)
    assert solution_of(asked("test", codeEnvConfig="{", command="make")).checks == ("make",)


@pytest.mark.parametrize("kind", [*SOURCES, "", "nobody-knows"])
@pytest.mark.parametrize("junk", [None, 5, "x", [], [1, None, []], {}, {"text": 5, "blank": 5}, {"text": [[], {}]}])
def test_a_broken_definition_is_read_as_far_as_it_goes(kind: str, junk: Any) -> None:
    keys = ("answers", "tokens", "initial", "options", "sequence", "rubrics", "solutions", "codeEnvConfig", "text")
    made = asked(kind, **dict.fromkeys((*keys, "instructions", "guidance", "distractors", "showValues"), junk))
    assert isinstance(question_of(made).room, Room)
    assert solution_of(made).name == "A name"
