"""What becomes of blueprints that come: they go beside those there, told apart, and never over one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.core.blueprints import NAME_LIMIT, additions, checked_name, key_of
from exportmanager.core.course import Blueprint
from exportmanager.core.errors import BadOptions


def one(name: str, content: str = "text", position: int = 0, **layout: Any) -> Blueprint:
    return Blueprint(name, content, layout, position)


def names(known: list[Blueprint], coming: list[Blueprint], *, skip_equal: bool = False) -> list[str | None]:
    """What each is called, or None where it is left out."""
    each = additions(known, coming, skip_equal=skip_equal).each
    return [addition.becomes.name if addition.becomes else None for addition in each]


def test_a_name_that_is_free_stays_and_the_new_ones_go_after_all_others() -> None:
    known = [one("Lab", position=3), one("Talk", position=7)]
    added = additions(known, [one("Quiz", "a", 0, layout="2"), one("Game", "b", 5)], skip_equal=False).added
    assert added == (one("Quiz", "a", 8, layout="2"), one("Game", "b", 9))


@pytest.mark.parametrize("taken", ["Lab report", "lab REPORT", " Lab   report ", "Lab\u00a0report", "\uff2cab report"])
def test_a_name_that_looks_taken_gets_a_number(taken: str) -> None:
    assert names([one(taken, "other")], [one("Lab report")]) == ["Lab report (2)"]


def test_numbers_that_are_taken_are_passed_over() -> None:
    known = [one("Lab"), one("Lab (2)"), one("LAB (3)"), one("Lab (5)")]
    assert names(known, [one("Lab", "a"), one("Lab", "b"), one("Lab (2)", "c")]) == [
        "Lab (4)", "Lab (6)", "Lab (2) (2)",
    ]  # fmt: skip


def test_twins_in_the_file_are_told_apart() -> None:
    assert names([], [one("Lab", "a"), one("lab", "b"), one("Lab", "c")]) == ["Lab", "lab (2)", "Lab (3)"]


def test_equal_ones_are_added_unless_they_are_to_be_left_out() -> None:
    known = [one("Lab", layout="2")]
    assert names(known, known) == ["Lab (2)"]
    found = additions(known, known, skip_equal=True)
    assert (found.added, [skipped.equal_to for skipped in found.skipped]) == ((), ["Lab"])


@pytest.mark.parametrize(
    "other",
    [one("Lab", "text "), one("Lab", layout="2"), one("Lab", teacherOnly=True), one("Lab", teacherOnly=0), one("Labs")],
)
def test_only_equal_ones_are_left_out(other: Blueprint) -> None:
    assert None not in names([one("Lab", teacherOnly=False)], [other], skip_equal=True)


def test_the_order_of_layout_keys_and_the_place_make_no_difference() -> None:
    known = [one("Lab", position=9, a=1, b={"c": 1, "d": 2})]
    assert names(known, [one("Lab", b={"d": 2, "c": 1}, a=1)], skip_equal=True) == [None]


def test_importing_again_adds_nothing_also_of_those_that_were_told_apart() -> None:
    known = [one("Lab", "mine"), one("x" * 300, "mine"), one("y" * 195, "mine"), one("Talk", "same")]
    coming = [
        one("Lab", "theirs"), one("Lab", "more"), one("Talk", "same"), one("x" * 300, "theirs"),
        one("y" * 195, "theirs"), one("New", "a"), one("new", "b"), one("New", "a"), one("z" * 300, "b"),
        one("Old (2)", "o"), one("Old", "o"),
    ]  # fmt: skip
    first = additions(known, coming, skip_equal=True)
    assert len(first.added) == 9
    again = additions([*known, *first.added], coming, skip_equal=True)
    assert again.added == ()
    assert all(skipped.equal_to for skipped in again.skipped)


def test_what_is_numbered_by_its_author_does_not_stand_for_a_free_name() -> None:
    assert names([one("Lab (2)")], [one("Lab")], skip_equal=True) == ["Lab"]


@pytest.mark.parametrize("length", [1, NAME_LIMIT - 20, NAME_LIMIT - 3, NAME_LIMIT, NAME_LIMIT + 1, 100_000])
def test_no_name_becomes_longer_than_the_limit(length: int) -> None:
    coming = [one("x" * length, str(number)) for number in range(12)]
    found = [name or "" for name in names([], coming)]
    assert len({key_of(name) for name in found}) == 12
    assert max(map(len, found)) <= NAME_LIMIT
    assert found[11].endswith(" (12)")


def test_thousands_of_one_name_are_told_apart_at_once() -> None:
    coming = [one("Lab", str(number)) for number in range(20_000)]
    assert names([], coming)[-1] == "Lab (20000)"


LIKELY = st.builds(
    Blueprint,
    st.sampled_from(["Lab", "lab", " Lab", "Lab (2)", "Lab (2) (2)", "Talk", "x" * 250, "x" * 199]),
    st.sampled_from(["a", "b"]),
    st.sampled_from([{}, {"layout": "2"}]),
)


@given(st.lists(LIKELY, max_size=4, unique_by=lambda b: b.name), st.lists(LIKELY, max_size=6), st.booleans())
def test_nothing_is_lost_doubled_or_written_over(
    known: list[Blueprint], coming: list[Blueprint], skip_equal: bool
) -> None:
    found = additions(known, coming, skip_equal=skip_equal)
    assert [addition.came for addition in found.each] == coming
    every = {key_of(b.name) for b in found.added}
    assert len(every) == len(found.added)
    assert not every & {key_of(b.name) for b in known}
    there = {(b.name, b.content, str(b.layout)) for b in (*known, *found.added)}
    for skipped in found.skipped:
        assert skip_equal
        assert (skipped.equal_to, skipped.came.content, str(skipped.came.layout)) in there
    if skip_equal:
        assert additions([*known, *found.added], coming, skip_equal=True).added == ()


def test_a_typed_name_is_kept_with_single_spaces() -> None:
    assert checked_name("  Lab \n report ", ["Lab"]) == "Lab report"
    assert checked_name("x" * NAME_LIMIT, []) == "x" * NAME_LIMIT


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "A blueprint needs a name."),
        (" \t ", "A blueprint needs a name."),
        ("x" * (NAME_LIMIT + 1), "This name has 201 letters, and 200 is the most."),
        ("LAB  Report", "Another blueprint is called so."),
        ("a\0b", "The name holds characters that cannot be shown."),
    ],
)
def test_a_name_that_does_not_do_gets_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadOptions) as caught:
        checked_name(typed, ["Lab report"])
    assert caught.value.what == sentence
    assert caught.value.next_step
