"""Questions in PDFs: what students get to write on, and what teachers see beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drawing_pdf import Shown, pdf_of, view_of
from questioning import NOT_DRAWN, SOURCES, asked, secret

from exportmanager.core.guide import GuideAssessment
from exportmanager.formats.pdf.questions import question_flowables
from exportmanager.formats.pdf.view import Edition

TEACHER = Edition(solutions=True)


def printed(made: GuideAssessment, edition: Edition | None = None, height: float = 842.0) -> Shown:
    view = view_of(questions=[made], edition=edition)
    return pdf_of(question_flowables(made, view), view.missed, height)


def strokes(page: Shown, operators: str) -> int:
    """How often these operators draw something on the first page."""
    contents = page.pages[0].get_contents()
    assert contents is not None
    return contents.get_data().decode("latin-1").count(operators)


CHOICE: dict[str, Any] = {
    "instructions": "Which?",
    "answers": [{"answer": "`x`", "correct": True}, {"answer": "y", "correct": False}],
}


def test_a_question_begins_with_its_type_its_points_and_its_name() -> None:
    page = printed(asked("multiple-choice", name="Loops", points=2.5, **CHOICE))
    assert page.text == "Question · Multiple choice · Points: 2.5 Loops Which? ○ x ○ y"


def test_a_name_that_students_do_not_see_is_left_out() -> None:
    made = asked("multiple-choice", name="Loops", points=None, showName=False, **CHOICE)
    assert printed(made).text == "Question · Multiple choice Which? ○ x ○ y"
    assert "Loops" in printed(made, TEACHER).text


def test_several_options_have_squares_to_tick() -> None:
    assert "☐ x ☐ y" in printed(asked("multiple-choice", multipleResponse=True, **CHOICE)).text


def test_right_options_are_ticked_for_teachers() -> None:
    assert "Which? ✓ x ○ y" in printed(asked("multiple-choice", **CHOICE), TEACHER).text


def test_blanks_are_lines_of_one_width_in_words_code_and_formulas() -> None:
    text = ["It is ", 0, ", not **", 0, "**.\n\n```\nx = ", 0, "\n```\n\n`y` is `", 0, "`."]
    made = asked("fill-in-the-blanks", tokens={"text": text, "blank": ["a", "a long answer", "b", "c"]})
    page = printed(made)
    assert [len(found) for found in re.findall("_+", page.text)] == [12] * 4
    assert page.gaps == []


def test_words_to_choose_from_stand_below_the_text() -> None:
    tokens = {"text": ["It is ", 0], "blank": ["b"]}
    made = asked("fill-in-the-blanks", tokens=tokens, showValues=True, distractors="c\na")
    assert printed(made).text.endswith("To choose from: a · b · c")


def test_lines_of_a_puzzle_have_a_frame_each_for_their_number() -> None:
    made = asked("parsons-puzzle", initial="b = 1\n    a = 2\nc = 3 #distractor")
    page = printed(made)
    assert page.text.endswith("in the answer. a = 2 b = 1 c = 3")
    assert strokes(page, "18 10 re B") == 3
    assert "Teacher only: expected answer b = 1 a = 2" in printed(made, TEACHER).text


@pytest.mark.parametrize(("kind", "count"), [("free-text", 6), ("free-text-auto", 6), ("test", 7)])
def test_there_are_lines_to_write_on_for_students_only(kind: str, count: int) -> None:
    made = asked(kind, instructions="Write.")
    assert strokes(printed(made), " l S") == count
    assert strokes(printed(made, TEACHER), " l S") == 0


def test_a_rubric_has_its_points_beside_what_they_are_for() -> None:
    made = asked("free-text", rubrics=[{"weight": 3, "message": "Clear"}, {"weight": -1.5, "message": "Wrong"}])
    assert printed(made, TEACHER).text.endswith("Teacher only: rubric 3 Clear -1.5 Wrong")


def test_each_part_for_teachers_says_so() -> None:
    found = set()
    for kind in SOURCES:
        found.update(re.findall(r"Teacher only: [a-z ]+", printed(secret(kind), TEACHER).text))
    named = (
        "what checks the answer",
        "expected answer",
        "feedback",
        "rubric",
        "what the rubric asks for",
        "as it came",
    )
    assert all(any(part.startswith(f"Teacher only: {name}") for part in found) for name in (*named, "rationale"))


@pytest.mark.parametrize("kind", SOURCES)
def test_a_question_of_an_unknown_kind_is_named_and_reported(kind: str) -> None:
    is_reported = bool(printed(secret(kind), Edition(teacher_notes=True)).gaps)
    assert is_reported == (kind in NOT_DRAWN)


def test_a_grade_book_is_for_teachers() -> None:
    made = asked("grade-book", instructions="Talk", rubrics=[{"weight": 1, "message": "Loud"}])
    assert question_flowables(made, view_of()) == []
    with_notes = printed(made, Edition(teacher_notes=True)).text
    assert with_notes.startswith("Question · Grade book · Points: 5 · Teacher only A name Talk")
    assert "Loud" not in with_notes
    assert "Loud" in printed(made, TEACHER).text


def test_an_option_that_goes_on_on_the_next_page_is_ticked_once() -> None:
    long = "\n\n".join(f"Paragraph {number} of it." for number in range(30))
    page = printed(asked("multiple-choice", answers=[{"answer": long}, {"answer": "short"}]), height=420.0)
    assert len(page.pages) > 2
    assert page.text.count("○") == 2
    assert all(f"Paragraph {number} of it." in page.text for number in range(30))


def test_a_definition_without_an_end_is_cut_and_reported() -> None:
    made = asked("splice", data=["x" * 100] * 500)
    page = printed(made, TEACHER)
    assert ("Question splice-1", "its definition is too long to be shown whole") in page.gaps


def test_a_type_that_would_deceive_is_printed_as_it_is() -> None:
    made = asked("a\u202eb\nc")
    assert "\u202e" not in printed(made).text
    assert all(what.isprintable() for what, _ in printed(made).gaps)
