"""What an import takes from the guides of published projects: assessments in their order, and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from guiding import Project, definition, page, placed, root, task
from handling import bring_in
from sample import DANGLING, SAMPLE

from exportmanager.core.course import CourseId
from exportmanager.core.report import Gap
from exportmanager.program import Program

OLD = {
    ".guides/metadata.json": {"sections": [{"id": "s", "title": "S", "content-file": ".guides/content/s.md"}]},
    ".guides/content/s.md": placed("t-2", "t-1"),
    ".guides/assessments.json": [definition("t-1"), definition("t-2")],
}


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    return builder


def publish(builder: CourseBuilder, files: dict[str, Any]) -> Path:
    for path, data in Project(files).files.items():
        target = builder.folder / "assignments" / "a1" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return builder.write()


def assessments(program: Program) -> list[tuple[str, int, str]]:
    with program.library.course(CourseId("course-1")) as course:
        return [(item.id, item.position, item.assignment_id) for item in course.assessments()]


@pytest.mark.parametrize(
    "files", [root("p") | page("p", placed("t-2", "t-1")) | task("t-1") | task("t-2"), OLD], ids=["new", "old"]
)
def test_assessments_come_in_the_order_of_the_guide(
    program: Program, builder: CourseBuilder, files: dict[str, Any]
) -> None:
    report = bring_in(program, publish(builder, files))
    assert report.gaps == ()
    assert assessments(program) == [("t-2", 0, "a1"), ("t-1", 1, "a1")]


def test_what_is_wrong_with_a_guide_is_said_with_the_assignment_and_once_for_each_kind(
    program: Program, builder: CourseBuilder
) -> None:
    files = root("p", *(f"gone-{number}" for number in range(1, 9))) | page("p", placed("t-1", "t-9")) | task("t-1")
    report = bring_in(program, publish(builder, files))
    listed = "listed in the guide, but there is no such page: gone-1, gone-2, gone-3 and 5 more"
    assert report.gaps == (
        Gap(what="8 guide pages", who="Hello", why=listed),
        Gap(what="assessment", who="Hello", why="shown on a page, but not in the project: t-9 (p)"),
    )
    assert report.of("published").read == 1


def test_a_guide_that_changed_its_order_changes_the_positions(program: Program, builder: CourseBuilder) -> None:
    files = root("p") | page("p", placed("t-1", "t-2")) | task("t-1") | task("t-2")
    bring_in(program, publish(builder, files))
    bring_in(program, publish(builder, page("p", placed("t-2", "t-1"))))
    assert [name for name, _, _ in assessments(program)] == ["t-2", "t-1"]


def test_the_hazards_of_the_sample_course_are_all_that_is_wrong_with_its_guides(program: Program) -> None:
    of_guides = ("guide page", "assessment", "picture")
    gaps = [gap for gap in bring_in(program, SAMPLE).gaps if gap.what in of_guides]
    assert {(gap.who, gap.why.partition(": ")[2]) for gap in gaps} == {
        ("Loops and patterns", "Tidy code"),
        ("The little book of data", "Index-of-names-0000"),
        ("The little book of data", "An-old-draft-dead"),
        ("The little book of data", f"{DANGLING} (A film about dictionaries)"),
        ("The little book of data", "multiple-choice-5028374619"),
        ("The little book of data", "free-text-3300145827"),
        ("Reading data files", ".guides/img/station.jpg"),
    }
    assert len(gaps) == 7
