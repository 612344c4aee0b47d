"""Blueprint files: read in whatever shape their JSON has, each template with all that was said of it."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.core.course import Blueprint
from exportmanager.core.errors import MalformedFile
from exportmanager.formats.blueprints import BlueprintFile, read_blueprint_file
from exportmanager.formats.course_folder import read_blueprints

SAMPLE = Path(__file__).parent.parent / "resources" / "sample_course" / "blueprints.json"
LESSON = {"name": "Lesson", "content": "# Lesson", "layout": "2-panels", "files": [{"path": "#tabs"}], "other": None}
READ = Blueprint("Lesson", "# Lesson", {"layout": "2-panels", "files": [{"path": "#tabs"}], "other": None})


def read(value: Any) -> BlueprintFile:
    return read_blueprint_file(json.dumps(value).encode(), "blueprints.json")


def refused(data: bytes) -> str:
    with pytest.raises(MalformedFile) as raised:
        read_blueprint_file(data, "blueprints.json")
    assert raised.value.next_step
    return raised.value.why


SHAPES: dict[str, Any] = {
    "a list": [LESSON],
    "an object with a list": {"blueprints": [LESSON]},
    "beside other lists": {"version": 1, "tags": ["x"], "authors": [], "items": [LESSON], "course": {"name": "CS"}},
    "deeper": {"data": {"course": {"blueprints": [LESSON]}}},
    "one alone": LESSON,
}


@pytest.mark.parametrize("value", SHAPES.values(), ids=SHAPES)
def test_blueprints_are_found_in_every_likely_shape(value: Any) -> None:
    assert read(value) == BlueprintFile((READ,))


@pytest.mark.parametrize("named", ["name", "title"])
@pytest.mark.parametrize("told", ["content", "markdown", "text"])
def test_name_and_text_have_several_keys(named: str, told: str) -> None:
    assert read([{named: " Lesson ", told: "# Lesson"}]).blueprints == (Blueprint("Lesson", "# Lesson"),)


def test_keys_that_are_not_needed_are_kept_as_they_are() -> None:
    item = {"name": "", "title": "Lesson", "content": "", "markdown": "# M", "text": "T", "path": [1, {"a": None}]}
    kept = {"name": "", "content": "", "text": "T", "path": [1, {"a": None}]}
    assert read([item]).blueprints == (Blueprint("Lesson", "# M", kept),)


def test_an_empty_text_is_a_text() -> None:
    assert read([{"name": "Empty", "content": ""}]) == BlueprintFile((Blueprint("Empty", ""),))


def test_what_is_odd_is_kept_or_told() -> None:
    found = read([LESSON, "x", {"content": "only text"}, {"name": "Parts", "content": ["a"]}, LESSON])
    assert found.blueprints == (
        READ,
        Blueprint("Blueprint 3", "only text", {}, 1),
        Blueprint("Parts", "", {"content": ["a"]}, 2),
        Blueprint("Lesson", "# Lesson", READ.layout, 3),
    )
    assert found.findings == (
        "Item 2 is no blueprint, and is left out: x.",
        "Item 3 has no name, and is called Blueprint 3.",
        "The blueprint Parts has no text.",
        "2 blueprints are called Lesson.",
    )


def test_findings_end_somewhere() -> None:
    found = read([LESSON, *range(100)])
    assert len(found.findings) == 21
    assert found.findings[-1] == "80 more like these."


def test_our_own_file_is_read_as_the_course_folder_reads_it() -> None:
    assert list(read_blueprint_file(SAMPLE.read_bytes(), "x").blueprints) == read_blueprints(SAMPLE)


NONE: dict[str, Any] = {
    "an empty list": [],
    "no object": 5,
    "numbers": [1, 2],
    "a package": {"name": "x", "version": "1.0", "files": ["a"]},
    "a guide": {"title": "x", "order": ["a"], "scripts": []},
    "assessments": [{"type": "test", "taskId": "test-1", "source": {"name": "x", "instructions": "y"}}],
    "too deep": {"a": {"b": {"c": {"d": [LESSON]}}}},
}


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_json_without_blueprints_is_refused(value: Any) -> None:
    assert refused(json.dumps(value).encode()) == "there are no blueprints in it."


def test_limits_of_json_hold() -> None:
    assert "nested too deeply" in refused(b'[{"name": "x", "content": "y", "a": ' + b"[" * 200 + b"]" * 200 + b"}]")
    assert "stands twice" in refused(b'[{"name": "x", "name": "y", "content": ""}]')
    assert "not valid JSON" in refused(b"name,content")


@given(st.recursive(st.none() | st.text(max_size=3) | st.integers(), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["name", "title", "content", "text", "x"]), inner, max_size=3)))  # fmt: skip
def test_any_json_gives_blueprints_with_names_or_a_sentence(value: Any) -> None:
    with contextlib.suppress(MalformedFile):
        assert all(blueprint.name.strip() for blueprint in read(value).blueprints)
