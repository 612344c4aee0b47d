"""Names from outside: whatever comes in, what goes out suits every system, and every change is listed."""

from __future__ import annotations

import itertools
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.names import (
    LONG_PATHS,
    PATH_BUDGET,
    folded,
    is_portable,
    portable_part,
    portable_paths,
    unique_parts,
    utf16_units,
)

FORBIDDEN = set('<>:"/\\|?*') | {chr(c) for c in (*range(32), *range(0x7F, 0xA0))}
RESERVED = {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\xb9\xb2\xb3"
}
TRICKY = st.sampled_from(
    [*'<>:"\\|?*. ~_-aAeE', "\0", "\n", "\x7f", "\x85", "\u0301", "\u0323", "\xe9", "\xc9", "\xdf", "\u0131", "\u0130"]
    + ["\u202e", "\u2066", "\u2028", "\ud800", "\udfff", "\U0001f600", "\uac00", "con", "COM\xb9", "nul", ".txt"]
    + ["\u212a", "\u017f", "\ufb01", "x" * 250, "\uac00" * 84, "\U00010400" * 64, ".tar.gz"]
)
NAMES = st.lists(st.one_of(TRICKY, st.characters(codec=None)), max_size=12).map("".join)
PATHS = st.lists(NAMES.map(lambda name: name.replace("/", "")), min_size=1, max_size=4).map("/".join)


def assert_suits_every_system(name: str) -> None:
    assert name
    assert not FORBIDDEN & set(name)
    assert len(name.encode()) <= 255  # which fails for halves of a pair
    assert utf16_units(name) <= 255
    assert name[-1] not in ". "
    assert name.split(".", 1)[0].rstrip(" ").lower() not in RESERVED
    assert unicodedata.normalize("NFC", name) == name
    assert not any(
        unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "PDI"} for c in name
    )
    assert len(name.splitlines()) == 1


@settings(max_examples=400)
@given(NAMES)
def test_any_name_becomes_one_that_suits_every_system(untrusted: str) -> None:
    name, why = portable_part(untrusted)
    assert_suits_every_system(name)
    assert (name == untrusted) == (why == "")


@settings(max_examples=400)
@given(NAMES)
def test_a_portable_name_stays_as_it_is(untrusted: str) -> None:
    name, _ = portable_part(untrusted)
    assert portable_part(name) == (name, "")


@settings(max_examples=200)
@given(st.lists(NAMES, max_size=12))
def test_no_two_names_of_a_folder_are_alike(untrusted: list[str]) -> None:
    names = unique_parts(untrusted)
    assert len({folded(name) for name in names}) == len(untrusted)
    for name in names:
        assert_suits_every_system(name)
    assert unique_parts(untrusted) == names


@settings(max_examples=250)
@given(st.lists(PATHS, max_size=12, unique=True), st.integers(40, 300))
def test_no_two_paths_are_alike_and_none_is_too_long(untrusted: list[str], budget: int) -> None:
    paths, changes = portable_paths(untrusted, budget)
    assert len({folded(path) for path in paths}) == len(untrusted)
    for path in paths:
        assert utf16_units(path) <= budget
        for part in path.split("/"):
            assert_suits_every_system(part)
    changed = [(old, new) for old, new in zip(untrusted, paths, strict=True) if old != new]
    assert [(change.original, change.now) for change in changes] == changed
    assert all(change.why for change in changes)
    assert portable_paths(untrusted, budget) == (paths, changes)


@settings(max_examples=200)
@given(st.lists(PATHS, max_size=8, unique=True))
def test_portable_paths_stay_as_they_are(untrusted: list[str]) -> None:
    paths, _ = portable_paths(untrusted)
    assert portable_paths(paths) == (paths, [])
    assert is_portable(paths)


@settings(max_examples=200)
@given(st.lists(PATHS, max_size=8, unique=True))
def test_paths_are_portable_exactly_if_none_has_to_change_for_its_letters(untrusted: list[str]) -> None:
    assert is_portable(untrusted) == (portable_paths(untrusted, budget=10**9)[0] == untrusted)


CHANGES = {
    "plain.txt": "plain.txt",
    "with space.txt": "with space.txt",
    ".hidden": ".hidden",
    "a:b?.py": "a_b_.py",
    "trailing. ": "trailing_",
    "": "_",
    ".": "_",
    "..": "_",
    " ": "_",
    "con": "_con",
    "CON.txt": "_CON.txt",
    "con .txt": "_con .txt",
    "com\xb9": "_com\xb9",
    "LPT\xb3.log": "_LPT\xb3.log",
    "com0": "_com0",
    "console": "console",
    "com10": "com10",
    "CONIN$": "_CONIN$",
    "con.": "con_",
    "cafe\u0301": "caf\xe9",
    "\u202egnp.exe": "_gnp.exe",
    "one\u2028two": "one_two",
    "half \ud83d pair": "half _ pair",
    "emoji \U0001f468\u200d\U0001f469.txt": "emoji \U0001f468\u200d\U0001f469.txt",
    "שלום.txt": "שלום.txt",
    "C:\\x": "C__x",
}


@pytest.mark.parametrize(("untrusted", "name"), CHANGES.items(), ids=map(ascii, CHANGES))
def test_names_change_as_little_as_they_must(untrusted: str, name: str) -> None:
    assert portable_part(untrusted)[0] == name


REASONS = {
    "a:b": "characters that Windows forbids, or that mislead",
    "a.": "ends with a dot or space",
    "": "has no letters",
    "nul": "a name that Windows keeps for itself",
    "e\u0301": "letters with marks are written in their composed form",
    "x" * 256: "longer than 255 bytes",
    "a:b.": "characters that Windows forbids, or that mislead; ends with a dot or space",
}


@pytest.mark.parametrize(("untrusted", "why"), REASONS.items())
def test_each_change_has_its_reasons(untrusted: str, why: str) -> None:
    assert portable_part(untrusted)[1] == why


@pytest.mark.parametrize(
    ("letter", "kept"), [("x", 251), ("\xe9", 125), ("\uac00", 83), ("\U0001f600", 62)], ids=["1", "2", "3", "4"]
)
def test_a_long_name_is_cut_between_letters_and_keeps_its_suffix(letter: str, kept: int) -> None:
    assert portable_part(f"{letter * 300}.txt")[0] == f"{letter * kept}.txt"


def test_a_cut_that_would_end_with_a_space_does_not() -> None:
    name, _ = portable_part("x" * 254 + " and more")
    assert name == "x" * 254 + "_"


def test_a_name_of_a_million_letters_is_cut_at_once() -> None:
    started = time.process_time()
    assert len(portable_part("\xe9" * 1_000_000)[0].encode()) <= 255
    assert time.process_time() - started < 2


def test_a_suffix_that_is_too_long_is_none() -> None:
    assert portable_part(f"{'x' * 300}.{'y' * 30}")[0] == "x" * 255


def test_names_that_differ_only_in_case_or_composition_get_numbers() -> None:
    assert unique_parts(["A.txt", "a.txt", "a~2.txt", "\xe9", "e\u0301", "\xc9"]) == [
        "A.txt", "a~2.txt", "a~2~2.txt", "\xe9", "\xe9~2", "\xc9~3",
    ]  # fmt: skip


def test_a_number_fits_into_a_name_of_full_length() -> None:
    first, second = unique_parts(["x" * 251 + ".txt", "X" * 251 + ".txt"])
    assert (len(first), len(second)) == (255, 255)
    assert second.endswith("X~2.txt")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "A"),
        ("\xe9", "E\u0301"),
        ("stra\xdfe", "STRASSE"),
        ("\u0131", "I"),
        ("\u212a", "k"),
        ("\u03c3", "\u03c2"),
        ("a\u0323\u0302", "\u1ead"),
        ("\ufb01", "FI"),
    ],
    ids=ascii,
)
def test_names_that_some_system_takes_for_the_same_are_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_names_that_are_fine_as_they_are_keep_their_names() -> None:
    paths, changes = portable_paths(["a?", "a_", "b/A", "b/a", "b/A~2"])
    assert paths == ["a_~2", "a_", "b/A", "b/a~3", "b/A~2"]
    assert [change.original for change in changes] == ["a?", "b/a"]


def test_folders_that_differ_only_in_case_stay_apart() -> None:
    paths, changes = portable_paths(["Src/x", "src/x", "src/y"])
    assert paths == ["Src/x", "src~2/x", "src~2/y"]
    assert {change.why for change in changes} == {"another name there differs at most in case or composition"}


def test_a_folder_and_a_file_of_one_name_stay_apart() -> None:
    assert portable_paths(["a", "a/b"])[0] == ["a", "a~2/b"]


def test_a_path_beyond_the_budget_goes_to_a_folder_of_its_own_under_a_number() -> None:
    deep = f"{'folder/' * 40}end.txt"
    paths, (change,) = portable_paths(["short.txt", deep])
    assert paths == ["short.txt", f"{LONG_PATHS}/0001-end.txt"]
    assert change.why == "the path is too long for Windows"


def test_a_path_of_exactly_the_budget_stays() -> None:
    path = f"{'a' * 99}/{'b' * (PATH_BUDGET - 100)}"
    assert portable_paths([path]) == ([path], [])
    assert portable_paths([f"{path}b"])[0] != [f"{path}b"]


def test_the_budget_counts_utf16_units() -> None:
    path = "/".join(["\U0001f600" * 50] * 2)
    assert utf16_units(path) == 201
    assert portable_paths([path])[0][0].startswith(f"{LONG_PATHS}/0001-")


@pytest.mark.parametrize("theirs", [LONG_PATHS, LONG_PATHS.upper()])
def test_a_student_who_has_a_folder_called_long_paths_loses_nothing(theirs: str) -> None:
    deep = f"{'folder/' * 40}end.txt"
    paths, _ = portable_paths([f"{theirs}/0001-end.txt", deep])
    assert paths == [f"{theirs}/0001-end.txt", f"{LONG_PATHS}~2/0001-end.txt"]


def test_a_student_who_has_a_file_called_long_paths_loses_nothing() -> None:
    deep = f"{'folder/' * 40}end.txt"
    assert portable_paths([LONG_PATHS, deep])[0] == [LONG_PATHS, f"{LONG_PATHS}~2/0001-end.txt"]


def test_a_path_thousands_of_folders_deep_is_named_too() -> None:
    path = "/".join("a" * 3000)
    assert is_portable([path])
    assert portable_paths([path])[0] == [f"{LONG_PATHS}/0001-a"]


def test_thousands_of_names_that_clean_to_one_take_no_time() -> None:
    names = ["".join(letters) for letters in itertools.product('<>:|?*"', repeat=5)]
    started = time.process_time()
    assert len(set(unique_parts(names))) == len(names) == 7**5
    assert time.process_time() - started < 5
