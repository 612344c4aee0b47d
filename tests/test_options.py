"""Options: declared once, asked for in a form, checked with sentences, kept as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field, create_model, field_validator, model_validator

from exportmanager.core.course import Assignment, AssignmentId, ModuleId, Student, StudentId
from exportmanager.core.errors import BadOptions
from exportmanager.core.options import (
    AssignmentChoice,
    FieldKind,
    Folder,
    NoOptions,
    Options,
    StudentChoice,
    checked,
    chosen_assignments,
    chosen_students,
    faults,
    fields_of,
    fitting,
)


class Everything(Options):
    """An option of each kind."""

    switch: bool = Field(default=True, title="A switch", description="On or off.")
    as_the_course_says: bool | None = None
    word: Literal["one", "two"] = Field(default="one", json_schema_extra={"labels": ["the first", "the second"]})
    word_or_nothing: Literal["one", "two"] | None = None
    text: str = "text"
    number: int = Field(default=7, ge=1, le=30)
    number_or_nothing: int | None = None
    folder: Folder = ""
    assignments: AssignmentChoice = None
    students: StudentChoice = Field(default=None, title="Who")

    @field_validator("text")
    @classmethod
    def _is_short(cls, text: str) -> str:
        if len(text) > 10:
            raise ValueError("at most ten letters, please.")
        return text


def test_every_kind_of_option_can_be_asked_for_in_the_order_of_the_model() -> None:
    found = [(field.name, field.kind, field.optional, field.default) for field in fields_of(Everything)]
    assert found == [
        ("switch", FieldKind.SWITCH, False, True),
        ("as_the_course_says", FieldKind.SWITCH, True, None),
        ("word", FieldKind.CHOICE, False, "one"),
        ("word_or_nothing", FieldKind.CHOICE, True, None),
        ("text", FieldKind.TEXT, False, "text"),
        ("number", FieldKind.NUMBER, False, 7),
        ("number_or_nothing", FieldKind.NUMBER, True, None),
        ("folder", FieldKind.FOLDER, False, ""),
        ("assignments", FieldKind.ASSIGNMENTS, True, None),
        ("students", FieldKind.STUDENTS, True, None),
    ]


def test_titles_help_choices_and_labels_are_those_of_the_model() -> None:
    fields = {field.name: field for field in fields_of(Everything)}
    assert (fields["switch"].title, fields["switch"].help) == ("A switch", "On or off.")
    assert (fields["number_or_nothing"].title, fields["number_or_nothing"].help) == ("Number or nothing", "")
    assert (fields["word"].choices, fields["word"].labels) == (("one", "two"), ("the first", "the second"))
    assert fields["word_or_nothing"].labels == fields["word_or_nothing"].choices == ("one", "two")
    assert fields["students"].title == "Who"
    assert fields["text"].choices == fields["text"].labels == ()


def limits(**said: Any) -> tuple[int | None, int | None]:
    (field,) = fields_of(odd(int, Field(default=5, **said)))
    return field.minimum, field.maximum


def test_the_limits_of_a_number_are_those_that_fit() -> None:
    assert limits() == (None, None)
    assert limits(ge=0, le=3650) == (0, 3650)
    assert limits(gt=0, lt=10) == (1, 9)
    assert limits(ge=-2) == (-2, None)
    assert [(f.minimum, f.maximum) for f in fields_of(Everything) if f.name in {"text", "folder"}] == [(None, None)] * 2


def test_a_number_has_a_unit_and_words_for_zero_where_they_are_declared() -> None:
    (field,) = fields_of(odd(int, Field(default=5, json_schema_extra={"unit": "days", "zero": "for ever"})))
    assert (field.unit, field.zero) == ("days", "for ever")
    (plain,) = fields_of(odd(int, 5))
    assert (plain.unit, plain.zero) == ("", "")


def test_nothing_to_choose_has_no_fields() -> None:
    assert list(fields_of(NoOptions)) == []


def odd(kind: Any, default: Any) -> type[Options]:
    """A model with one option."""
    return create_model("Odd", __base__=Options, option=(kind, default))


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (float, 0.5), (list[str], []), (int | str, 1), (int | str | None, None), (Literal[1, 2], 1),
        (Literal["a", None], "a"), (dict[str, int], {}), (Any, None), (str, ...),
    ],
    ids=str,
)  # fmt: skip
def test_what_no_form_can_ask_for_is_refused_when_it_is_declared(kind: Any, default: Any) -> None:
    model = odd(kind, default)
    with pytest.raises(TypeError, match="option"):
        list(fields_of(model))


def test_labels_that_do_not_match_the_choices_are_refused() -> None:
    model = odd(Literal["a", "b"], Field(default="a", json_schema_extra={"labels": ["only one"]}))
    with pytest.raises(TypeError, match="one label for each choice"):
        list(fields_of(model))


CHOSEN = {
    "switch": False,
    "as_the_course_says": True,
    "word": "two",
    "word_or_nothing": "one",
    "text": "ü 日本",
    "number": 30,
    "number_or_nothing": 0,
    "folder": str(Path.cwd() / "ü 日本"),
    "assignments": ["a2", "a1"],
    "students": [],
}


@pytest.mark.parametrize("values", [{}, CHOSEN], ids=["defaults", "chosen"])
def test_options_come_back_out_of_json_as_they_were(values: dict[str, Any]) -> None:
    options = checked(Everything, values)
    stored = json.dumps(options.model_dump(mode="json"))
    assert checked(Everything, json.loads(stored)) == options
    assert checked(Everything, options.model_dump()) == options


def test_no_choice_and_an_empty_choice_are_not_the_same() -> None:
    assert checked(Everything, {}).students is None
    assert checked(Everything, {"students": []}).students == ()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"word": "three"}, "Word: it must be 'one' or 'two'."),
        ({"number": 0}, "Number: it must be at least 1."),
        ({"number": 31}, "Number: it must be at most 30."),
        ({"number": "many"}, "Number: it must be a whole number."),
        ({"number": 1.5}, "Number: it must be a whole number."),
        ({"switch": None}, "A switch: it must be yes or no."),
        ({"folder": "here"}, "Folder: it must be a folder's whole path."),
        ({"folder": str(Path.cwd() / "\0")}, "Folder: it must be a folder's whole path."),
        ({"folder": None}, "Folder: it must be a text."),
        ({"text": "much too long"}, "Text: at most ten letters, please."),
        ({"students": "s1"}, "Who: it must be a list."),
        ({"wrod": "one"}, "There is no option called wrod."),
        ({"word": 1, "wrod": 1}, "Word: it must be 'one' or 'two'. There is no option called wrod."),
        ({"students": [1, 2]}, "Who: it must be a text."),
    ],
    ids=str,
)
def test_each_option_that_does_not_fit_has_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOptions) as raised:
        checked(Everything, values)
    assert raised.value.what == sentence
    assert raised.value.next_step


def test_a_form_hears_which_fields_do_not_fit() -> None:
    assert faults(Everything, CHOSEN) == faults(Everything, {}) == {}
    assert faults(Everything, {"number": 0, "text": "much too long", "switch": True, "students": [1, 2]}) == {
        "number": "It must be at least 1.",
        "text": "At most ten letters, please.",
        "students": "It must be a text.",
    }


class Pair(Options):
    """Two options that must not be alike."""

    one: int = 1
    two: int = 2

    @model_validator(mode="after")
    def _differ(self) -> Pair:
        if self.one == self.two:
            raise ValueError("Choose two that differ.")
        return self


def test_what_is_wrong_with_the_whole_stands_under_no_name() -> None:
    assert faults(Pair, {"one": 2}) == {"": "Choose two that differ."}
    with pytest.raises(BadOptions, match="^Options: choose two that differ. "):
        checked(Pair, {"one": 2})


def test_what_was_kept_and_does_not_fit_any_more_is_the_default() -> None:
    assert fitting(Everything, CHOSEN) == checked(Everything, CHOSEN)
    kept = {"number": 99, "text": "short", "word": ["one"], "of a newer program": 1, "folder": "here"}
    assert fitting(Everything, kept) == Everything(text="short")
    assert fitting(Pair, {"one": 2}) == Pair()


def test_options_that_are_no_object_have_a_sentence() -> None:
    with pytest.raises(BadOptions, match="^Options: "):
        checked(Everything, [1])  # type: ignore[arg-type]


def test_options_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Everything().text = "other"


ASSIGNMENTS = [Assignment(id=AssignmentId(f"a{n}"), module_id=ModuleId("m"), title="A") for n in range(3)]
STUDENTS = [Student(id=StudentId(f"s{n}")) for n in range(20_000)]


def test_all_are_chosen_if_nobody_chooses_and_none_if_none_is_ticked() -> None:
    assert chosen_assignments(None, ASSIGNMENTS) == ASSIGNMENTS
    assert chosen_students(None, STUDENTS) == STUDENTS
    assert chosen_assignments((), ASSIGNMENTS) == []
    assert chosen_students((), STUDENTS) == []


def test_the_chosen_come_in_the_course_s_order_and_once() -> None:
    ids = tuple(AssignmentId(name) for name in ("a2", "a0", "a2"))
    assert chosen_assignments(ids, ASSIGNMENTS) == [ASSIGNMENTS[0], ASSIGNMENTS[2]]


def test_twenty_thousand_students_are_chosen_at_once() -> None:
    assert chosen_students(tuple(student.id for student in reversed(STUDENTS)), STUDENTS) == STUDENTS


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("x", "The course has no student with the id x."),
        ("s1 x y x", "The course has no student with the ids x, y."),
        ("1 2 3 4 5 6 7", "The course has no student with the ids 1, 2, 3, 4, 5 and 2 more."),
    ],
)
def test_who_is_not_in_the_course_is_named(names: str, sentence: str) -> None:
    with pytest.raises(BadOptions) as raised:
        chosen_students(tuple(map(StudentId, names.split())), STUDENTS)
    assert (raised.value.what, raised.value.next_step) == (sentence, "Look the students up and choose again.")
    with pytest.raises(BadOptions, match="no assignment with the id x"):
        chosen_assignments((AssignmentId("x"),), ASSIGNMENTS)
