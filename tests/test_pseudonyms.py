"""Pseudonyms: stable, different for each, and of no use to anybody without the key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core import pseudonyms
from exportmanager.core.names import folded, portable_part
from exportmanager.core.pseudonyms import pseudonym, unique_pseudonyms

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def test_a_pseudonym_never_changes() -> None:
    assert pseudonym(KEY, "coursework", "s1") == "P-MOMT6J2MMD"


@settings(max_examples=100)
@given(st.text(max_size=20).filter(lambda text: text.isprintable()))
def test_every_pseudonym_is_a_name_that_suits_every_system(identity: str) -> None:
    name = pseudonym(KEY, "coursework", identity)
    assert re.fullmatch("P-[A-Z2-7]{10}", name)
    assert portable_part(name) == (name, "")


def test_another_key_purpose_or_identity_gives_another_name() -> None:
    names = {
        pseudonym(KEY, "coursework", "s1"),
        pseudonym(OTHER_KEY, "coursework", "s1"),
        pseudonym(KEY, "research", "s1"),
        pseudonym(KEY, "coursework", "s2"),
        pseudonym(KEY, "coursework", "S1"),
    }
    assert len(names) == 5


def test_without_a_key_there_are_no_pseudonyms() -> None:
    with pytest.raises(AssertionError, match="key"):
        pseudonym(b"", "coursework", "s1")


def test_a_hundred_thousand_people_have_as_many_names() -> None:
    people = [f"s{number}" for number in range(100_000)]
    names = unique_pseudonyms(KEY, "coursework", people)
    assert list(names) == sorted(people)
    assert len({folded(name) for name in names.values()}) == len(people)


def test_the_order_and_repetition_of_people_make_no_difference() -> None:
    names = unique_pseudonyms(KEY, "coursework", ["b", "a", "c"])
    assert unique_pseudonyms(KEY, "coursework", ["c", "b", "a", "b"]) == names
    assert names["b"] == pseudonym(KEY, "coursework", "b")


def test_people_whose_names_meet_are_told_apart_and_stay_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "pseudonym", lambda _, purpose, identity: f"{purpose}{identity[0]}")
    names = unique_pseudonyms(KEY, "x", ["a3", "a1", "a2", "b"])
    assert names == {"a1": "xa", "a2": "x 2a", "a3": "x 3a", "b": "xb"}


def test_nobody_has_no_pseudonym() -> None:
    assert unique_pseudonyms(KEY, "coursework", []) == {}
