"""Blueprints go out as a file that says what it is, and come in again as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from handling import bring_in, export, file_of, small_course
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.core.course import Blueprint, CourseId, CourseInfo
from exportmanager.core.errors import BadOptions, BadSource, MalformedFile, NothingToExport
from exportmanager.core.meter import Meter
from exportmanager.exports.blueprints import KIND, BlueprintOptions
from exportmanager.formats.blueprints import BlueprintDocument, read_blueprint_file, schema_text, write_blueprint_file
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course
from exportmanager.sources.blueprints import read_blueprints

DOCS = Path(__file__).parent.parent / "docs"
INFO = CourseInfo(id=CourseId("c"), title="A course", taken_on=date(2026, 3, 1), code="C1")
LESSON = Blueprint("Lesson", "# Lesson\n", {"layout": "2-panels", "files": [{"path": "#tabs"}], "other": None}, 0)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The sample course, which has five, and a course that has none."""
    program = Program(tmp_path_factory.mktemp("blueprints") / "library")
    program.bring_in("folder", str(sample_course()))
    bring_in(program, small_course(tmp_path_factory.mktemp("small") / "course"))
    yield program
    program.close()


def sample(program: Program) -> CourseId:
    return next(course.info.id for course in program.library.courses() if course.info.id != "course-1")


def read(value: Any) -> tuple[Blueprint, ...]:
    return read_blueprint_file(json.dumps(value).encode(), "x.json").blueprints


def test_what_goes_out_comes_in_again_as_it_was(shared: Program) -> None:
    course = sample(shared)
    path = file_of(shared, export(shared, course, kind="blueprints"))
    found = read_blueprints(path, Meter())
    assert list(found.blueprints) == shared.library.blueprints.of(course)
    assert len(found.blueprints) == 5
    assert found.findings == ()
    assert found.course == next(c.info.title for c in shared.library.courses() if c.info.id == course)
    done = shared.library.blueprints.add(course, found.blueprints, skip_equal=True, name=path.name, now=shared.clock())
    assert done.added == ()


def test_the_file_says_what_it_is_and_fits_its_own_model(shared: Program) -> None:
    course = sample(shared)
    data = file_of(shared, export(shared, course, kind="blueprints")).read_bytes()
    document = BlueprintDocument.model_validate_json(data)
    assert (document.format, document.version) == ("exportmanager-blueprints", 1)
    raw = json.loads(data)
    assert list(raw) == ["format", "version", "course", "blueprints"]
    assert list(raw["blueprints"][0])[:2] == ["name", "content"]
    assert data.endswith(b"}\n")


def test_the_ticked_ones_go_out_in_the_order_of_the_course(shared: Program) -> None:
    course = sample(shared)
    names = [blueprint.name for blueprint in shared.library.blueprints.of(course)]
    job = export(shared, course, kind="blueprints", blueprints=(names[3], names[0]))
    assert [b.name for b in read_blueprints(file_of(shared, job), Meter()).blueprints] == [names[0], names[3]]
    assert job.report is not None
    assert [(count.thing, count.expected, count.done) for count in job.report.counts] == [("blueprints", 2, 2)]


def test_what_is_not_there_gets_a_sentence(shared: Program) -> None:
    with shared.library.course(sample(shared)) as course:
        with pytest.raises(BadOptions, match="no blueprint called Gone, Lost"):
            KIND.estimate(course, BlueprintOptions(blueprints=("Gone", "Lost", "Gone")))
        with pytest.raises(NothingToExport, match="No blueprint is chosen"):
            KIND.estimate(course, BlueprintOptions(blueprints=()))
    with (
        shared.library.course(CourseId("course-1")) as course,
        pytest.raises(NothingToExport, match="has no blueprints"),
    ):
        KIND.preview(course, BlueprintOptions())


def test_the_estimate_is_exact(shared: Program) -> None:
    course = sample(shared)
    job = export(shared, course, kind="blueprints")
    with shared.library.course(course) as opened:
        estimate = KIND.estimate(opened, BlueprintOptions())
    assert job.file is not None
    assert (estimate.bytes, estimate.summary) == (job.file.size, "5 blueprints")


NAMES = st.sampled_from(["name", "content", "also", "title", "markdown", "layout", "format"]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
ANY = st.builds(
    Blueprint,
    st.text(min_size=1).filter(lambda n: bool(n.strip())),
    st.text(),
    st.dictionaries(NAMES, VALUES, max_size=3),
)


@given(st.lists(ANY, min_size=1, max_size=3))
def test_any_name_text_and_layout_comes_through_the_file(blueprints: list[Blueprint]) -> None:
    data = write_blueprint_file(INFO, blueprints)
    assert data == write_blueprint_file(INFO, blueprints)
    BlueprintDocument.model_validate_json(data)
    found = read_blueprint_file(data, "x.json").blueprints
    assert [(b.name, b.content, b.layout) for b in found] == [(b.name, b.content, b.layout) for b in blueprints]


def document(**changes: Any) -> dict[str, Any]:
    return json.loads(write_blueprint_file(INFO, [LESSON])) | changes  # type: ignore[no-any-return]


def test_a_file_of_ours_that_was_edited_is_read_as_far_as_it_goes() -> None:
    items = [{"content": "only text"}, {"name": "No text", "also": "x"}, 5]
    found = read_blueprint_file(json.dumps(document(blueprints=items, course="?")).encode(), "x.json")
    assert found.blueprints == (
        Blueprint("Blueprint 1", "only text", {}, 0), Blueprint("No text", "", {"also": "x"}, 1),
    )  # fmt: skip
    assert len(found.findings) == 3
    assert found.course == ""


@pytest.mark.parametrize("version", [2, 2.5, 10**30])
def test_a_file_of_a_newer_version_is_refused(version: float) -> None:
    with pytest.raises(BadSource, match="newer version of this program") as caught:
        read(document(version=version))
    assert "Update" in caught.value.next_step


@pytest.mark.parametrize("changes", [{"version": "1"}, {"version": None}, {"version": True}, {"version": 0},
                                     {"blueprints": []}, {"blueprints": {}}, {"blueprints": None}])  # fmt: skip
def test_a_file_of_ours_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedFile):
        read(document(**changes))


def test_a_file_on_this_computer_that_cannot_be_read_gets_a_sentence(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path, "is a folder"), (tmp_path / "gone.json", "is not there")):
        with pytest.raises(BadSource, match=sentence) as caught:
            read_blueprints(path, Meter())
        assert caught.value.next_step


def test_the_schema_in_the_docs_is_the_models() -> None:
    assert (DOCS / "blueprints.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_example_in_the_docs_is_a_file_of_this_program() -> None:
    text = (DOCS / "blueprints.md").read_text(encoding="utf-8")
    example = text.partition("```json\n")[2].partition("```")[0].encode()
    BlueprintDocument.model_validate_json(example)
    assert [b.name for b in read_blueprint_file(example, "x.json").blueprints] == ["Lesson page"]
