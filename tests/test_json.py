"""JSON from outside: read whole or refused with file and line; nothing in it lost on the way."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.errors import MalformedFile
from exportmanager.formats import json as our_json
from exportmanager.formats.json import DEPTH_LIMIT, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def read(tmp_path: Path, data: bytes | str) -> object:
    path = tmp_path / "course.json"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_json(path, "course.json")


def problem(tmp_path: Path, data: bytes | str) -> MalformedFile:
    with pytest.raises(MalformedFile) as raised:
        read(tmp_path, data)
    assert raised.value.file == "course.json"
    assert raised.value.what.endswith(".")
    assert raised.value.next_step
    return raised.value


@settings(max_examples=150)
@given(VALUES, st.booleans())
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, value: object, ascii_only: bool) -> None:
    assert read(tmp_path_factory.getbasetemp(), json.dumps(value, ensure_ascii=ascii_only)) == value


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        ('{\n"a": 1\n"b": 2}', 3, "this is not valid JSON"),
        ("", 1, "this is not valid JSON"),
        ("[1] x", 1, "this is not valid JSON"),
        ('{"a": "x\ny"}', 1, "this is not valid JSON"),
        (b'{\n\n"a": "\xe9"}', 3, "the text is not UTF-8"),
        ('{"a": NaN}', 0, "a number in it cannot be used"),
        ('{"a": -Infinity}', 0, "a number in it cannot be used"),
        ('{"a": 1e999}', 0, "a number in it cannot be used"),
        (f'{{"a": {"9" * 5000}}}', 0, "a number in it cannot be used"),
        ('{"a": 1, "b": {"c": 1, "d": 2, "c": 3}}', 0, "the key 'c' stands twice in one object"),
        ('{"a": "\\ud83d"}', 0, "it holds half of a character"),
        ('{"\\uDC00": 1}', 0, "it holds half of a character"),
        ("[" * 100_000, 0, "it is nested too deeply"),
        ('{"a":' * 100_000, 0, "it is nested too deeply"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(tmp_path: Path, data: bytes | str, line: int, why: str) -> None:
    found = problem(tmp_path, data)
    assert (found.line, found.why[: len(why)]) == (line, why)


def test_a_whole_character_of_two_escapes_is_one(tmp_path: Path) -> None:
    assert read(tmp_path, '"\\ud83d\\ude00"') == "\U0001f600"


def test_an_escaped_backslash_is_no_half_character(tmp_path: Path) -> None:
    assert read(tmp_path, '"\\\\ud800"') == "\\ud800"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_limited_to_what_every_later_reader_can_follow(tmp_path: Path, opening: str, closing: str) -> None:
    read(tmp_path, opening * (DEPTH_LIMIT - 1) + "1" + closing * (DEPTH_LIMIT - 1))
    assert "deeply" in problem(tmp_path, opening * (DEPTH_LIMIT + 1) + "1" + closing * (DEPTH_LIMIT + 1)).why


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_json, "SIZE_LIMIT", 1 << 20)
    assert read(tmp_path, '"' + "x" * ((1 << 20) - 2) + '"')
    assert problem(tmp_path, '"' + "x" * ((1 << 20) - 1) + '"').why == "it is larger than 1 MB."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "course.json")
    with pytest.raises(MalformedFile, match="not a file"):
        read_json(tmp_path / "course.json", "course.json")


@settings(max_examples=300)
@given(st.binary(max_size=40) | st.text('{}[]",:\\u\n1e-', max_size=30).map(str.encode))
def test_rubbish_gives_a_value_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes) -> None:
    with contextlib.suppress(MalformedFile):
        json.dumps(read(tmp_path_factory.getbasetemp(), rubbish), allow_nan=False, ensure_ascii=False).encode()
