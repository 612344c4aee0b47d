"""LTI assignment URLs: a row for each assignment, and by name those that have none."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import export, file_of, taken_in

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import Unavailable
from exportmanager.core.meter import Meter
from exportmanager.core.report import Report
from exportmanager.exports.lti_urls import KIND
from exportmanager.program import Program

ADDRESS = "https://platform.example/lti/0f8fad5b-d9cb-469f-a165-70867728950e"
COLUMNS = ["Assignment name", "Module", "Assignment ID", "LTI URL", "LTI constant URL"]


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """A course that is LTI enabled: an assignment with both addresses, one with one, and one with none."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["lti_enabled"] = True
    builder.course["modules"][0]["assignments"] = [
        {
            "id": "a1", "title": "=Hello", "lti_url": f"{ADDRESS}_course-1_a1", "lti_constant_url": f"{ADDRESS}_a1",
        },
        {"id": "a2", "title": "Loops, and more", "lti_url": f"{ADDRESS}_course-1_a2"},
        {"id": "a3", "title": "Not yet"},
    ]  # fmt: skip
    return builder


def written(course: Course, **options: Any) -> tuple[list[list[str]], Report]:
    """The lines of the table and the report."""
    out = io.BytesIO()
    report = KIND.write(course, KIND.Options(**options), out, Meter())
    return list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""), strict=True)), report


def test_each_assignment_has_a_row_and_those_without_an_address_are_gaps(
    program: Program, builder: CourseBuilder
) -> None:
    with taken_in(program, builder) as course:
        lines, report = written(course)
        foretold, preview = KIND.estimate(course, KIND.Options()), KIND.preview(course, KIND.Options())
    assert lines == [
        COLUMNS,
        ["'=Hello", "Module one", "a1", f"{ADDRESS}_course-1_a1", f"{ADDRESS}_a1"],
        ["Loops, and more", "Module one", "a2", f"{ADDRESS}_course-1_a2", ""],
        ["Not yet", "Module one", "a3", "", ""],
    ]
    assert [preview.columns, *preview.rows] == [tuple(line) for line in lines]
    assert (report.counts[0].expected, report.counts[0].done) == (3, 2)
    assert [(gap.what, gap.who) for gap in report.gaps] == [("LTI URL", "Not yet")]
    assert foretold.summary == "3 assignments"
    assert foretold.notes == ("1 assignment without an LTI URL: its cells are empty.",)


def test_a_course_that_is_not_lti_enabled_says_so(program: Program, builder: CourseBuilder) -> None:
    builder.course["lti_enabled"] = False
    with taken_in(program, builder) as course:
        assert KIND.unavailable(course) == "the course is not LTI enabled."
    with pytest.raises(Unavailable, match=r"LTI assignment URLs is not available .*: the course is not LTI enabled\."):
        export(program, kind="lti-urls")
    assert list(program.shelf.folder.glob("*.csv")) == []


@pytest.mark.parametrize("options", [{"csv": "programs"}, {}, {"separator": "tab"}], ids=str)
def test_what_goes_out_comes_in_again(
    options: dict[str, str], program: Program, builder: CourseBuilder, tmp_path: Path, clock: Clock
) -> None:
    with taken_in(program, builder):
        pass
    place = file_of(program, export(program, kind="lti-urls", **options))
    other = Program(tmp_path / "other", clock)
    try:
        came = other.bring_in("auto", str(place), {"title": "Again"})
        with other.library.course(CourseId(came.course_id)) as course:
            found = {a.title: (a.lti_url, a.lti_constant_url) for a in course.assignments()}
    finally:
        other.close()
    assert found == {
        "=Hello": (f"{ADDRESS}_course-1_a1", f"{ADDRESS}_a1"),
        "Loops, and more": (f"{ADDRESS}_course-1_a2", ""),
    }
