"""A zip of course sources comes in as it was: exported again from an empty library, it is the same to the byte."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from arriving import arrive, gaps, links, opened, planned
from building import CourseBuilder
from conftest import Clock
from downloading import Platform, packed
from handling import bring_in, export, file_of, members
from hostile import hostile_course
from sample import SAMPLE

from exportmanager.core.arrivals import PieceKind, State
from exportmanager.core.errors import AlreadyThere, MalformedFile
from exportmanager.core.report import ImportReport
from exportmanager.formats.course_sources import read_course_sources
from exportmanager.program import Program

LIST = "course-sources.json"


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Makes programs on empty libraries, long after the first export."""
    made: list[Program] = []

    def make() -> Program:
        clock = Clock()
        clock.forward(days=400 + len(made), hours=5)
        made.append(Program(tmp_path / f"another-{len(made)}", clock))
        return made[-1]

    yield make
    for program in made:
        program.close()


Another = Callable[[], Program]


def sources(program: Program, course: str = "course-1", **options: Any) -> Path:
    """Course sources, exported."""
    return file_of(program, export(program, course, kind="sources", **options))


def again(program: Program, place: Path) -> tuple[ImportReport, Path]:
    """What came of bringing a zip into an empty library, and the zip that this one gives."""
    report = program.bring_in("auto", str(place))
    return report, sources(program, report.course_id)


def with_projects(builder: CourseBuilder, *titles: str) -> CourseBuilder:
    """A course of one module whose assignments have these titles, and small projects."""
    assignments = [{"id": f"a{number}", "title": title} for number, title in enumerate(titles, 1)]
    builder.course["modules"][0]["assignments"] = assignments
    for number, title in enumerate(titles, 1):
        builder.guide_page(f"a{number}", f"Page {number}", f"About {title}.")
    return builder


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    return CourseBuilder(tmp_path / "course")


def test_the_sample_course_comes_back_to_the_byte(program: Program, another: Another) -> None:
    bring_in(program, SAMPLE)
    place = sources(program, "cs101-sample")
    other = another()
    report, second = again(other, place)
    assert second.read_bytes() == place.read_bytes()
    assert (report.course_id, report.of("published").added) == ("cs101-sample", 8)
    with opened(program, "cs101-sample") as before, opened(other, "cs101-sample") as now:
        assert now.info.title == before.info.title
        assert now.info.taken_on == before.info.taken_on
        assert [(m.id, m.title) for m in now.modules()] == [(m.id, m.title) for m in before.modules()]
        told = [
            [(a.id, a.title, a.module_id, a.kind, a.stack, a.version) for a in c.assignments()] for c in (before, now)
        ]
        assert told[0] == told[1]
        assert [p.published_at for p in now.published()] == [p.published_at for p in before.published()]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot hold these names in the first place")
def test_a_course_of_hostile_names_comes_back_to_the_byte(program: Program, another: Another, tmp_path: Path) -> None:
    bring_in(program, hostile_course(tmp_path / "hostile"))
    place = sources(program)
    assert again(another(), place)[1].read_bytes() == place.read_bytes()


def an_odd_course(builder: CourseBuilder) -> CourseBuilder:
    """Modules and assignments that only ids tell apart, empty ones, ones without projects, and unreadable files."""
    builder.course |= {"description": "Two\nlines", "starts_on": "2026-01-07", "title": " Spaces around "}
    builder.course["modules"] = [
        {"id": "m2", "title": "Same", "assignments": [{"id": "b2", "title": "Loops"}, {"id": "b1", "title": "Loops"}]},
        {"id": "m1", "title": "Same", "assignments": [{"id": "c1", "title": "loops"}, {"id": "c2", "title": ""}]},
        {"id": "m3", "title": "", "assignments": [{"id": "d1", "title": "c1 loops", "kind": "book", "stack": "C"}]},
        {"id": "m4", "title": "Empty", "assignments": []},
        {"id": "m5", "title": "Assignments", "assignments": [{"id": "e1", "title": "Never"}]},
        {"id": "m6", "title": "Later", "assignments": [{"id": "f1", "title": "Lost", "version": 9}]},
    ]
    for number, assignment in enumerate(("b2", "b1", "c1", "c2", "d1")):
        builder.guide_page(assignment, "Page", f"Number {number}.")
    only = builder.folder / "assignments" / "c1" / "wrapped" / ".guides"  # all of it in one folder
    only.mkdir(parents=True)
    (builder.folder / "assignments" / "c1" / ".guides").rename(only / "inner")
    (builder.folder / "assignments" / "b1" / "out").symlink_to("/etc/hostname")
    (builder.folder / "assignments" / "b1" / "old.txt").write_text("before 1970")
    return builder


def test_an_odd_course_comes_back_to_the_byte(program: Program, builder: CourseBuilder, another: Another) -> None:
    bring_in(program, an_odd_course(builder).write())
    place = sources(program)
    other = another()
    report, second = again(other, place)
    assert second.read_bytes() == place.read_bytes()
    assert ("link out to /etc/hostname", "Loops, published project") in gaps(report)
    assert {who for what, who in gaps(report) if what == "published project"} == {"Never", "Lost"}
    with opened(other, "course-1") as now:
        assert [(a.id, a.module_id) for a in now.assignments()] == [
            ("b2", "m2"), ("b1", "m2"), ("c1", "m1"), ("c2", "m1"), ("d1", "m3"), ("e1", "m5"), ("f1", "m6"),
        ]  # fmt: skip


def test_ticked_assignments_come_back_to_the_byte(program: Program, builder: CourseBuilder, another: Another) -> None:
    bring_in(program, an_odd_course(builder).write())
    place = sources(program, assignments=("b1", "d1", "f1"))
    other = another()
    assert again(other, place)[1].read_bytes() == place.read_bytes()
    with opened(other, "course-1") as now:
        assert [m.id for m in now.modules()] == ["m2", "m3", "m6"]


def test_parts_that_come_together_make_the_course(program: Program, builder: CourseBuilder, another: Another) -> None:
    bring_in(program, an_odd_course(builder).write())
    whole = sources(program)
    parts = [sources(program, assignments=some) for some in (("b2", "b1", "c1"), ("c1", "c2", "d1", "e1", "f1"))]
    other = another()
    report = arrive(other, *parts, title="")
    assert report.of("published").added == 5
    assert sources(other).read_bytes() == whole.read_bytes()


def test_what_a_platform_gave_goes_out_and_comes_back_to_the_byte(
    program: Program, another: Another, tmp_path: Path
) -> None:
    first = program.bring_in("auto", str(Platform(SAMPLE, tmp_path / "downloads").sources()))
    place = sources(program, first.course_id)
    assert again(another(), place)[1].read_bytes() == place.read_bytes()


def test_a_zip_that_was_unpacked_or_packed_once_more_comes_in_all_the_same(
    program: Program, builder: CourseBuilder, another: Another, tmp_path: Path
) -> None:
    bring_in(program, with_projects(builder, "Hello", "Loops").write())
    place = sources(program)
    with zipfile.ZipFile(place) as archive:
        archive.extractall(tmp_path / "unpacked")
    wrapped = tmp_path / "wrapped.zip"
    wrapped.write_bytes(packed({f"top/{name}": data for name, data in members(place).items()}, "zip"))
    for brought in (tmp_path / "unpacked", wrapped):
        assert again(another(), brought)[1].read_bytes() == place.read_bytes()


def test_another_title_makes_another_course_and_the_same_one_is_refused(
    program: Program, builder: CourseBuilder, another: Another
) -> None:
    bring_in(program, with_projects(builder, "Hello").write())
    place, other = sources(program), another()
    assert other.bring_in("auto", str(place)).course_id == "course-1"
    with pytest.raises(AlreadyThere, match="A small course"):
        other.bring_in("auto", str(place))
    report = other.bring_in("auto", str(place), {"title": "A copy", "time_zone": "Asia/Tokyo"})
    with opened(other, report.course_id) as copy:
        assert (copy.info.id, copy.info.title, copy.info.time_zone) == ("a-copy", "A copy", "Asia/Tokyo")


def test_added_to_its_own_course_ids_count_and_to_another_one_titles(
    program: Program, builder: CourseBuilder, another: Another, tmp_path: Path
) -> None:
    bring_in(program, with_projects(builder, "Hello", "Loops").write())
    place = sources(program)
    renamed, other = CourseBuilder(tmp_path / "renamed"), CourseBuilder(tmp_path / "other")
    renamed.course["modules"][0]["assignments"][0]["title"] = "Called otherwise"
    other.course |= {"id": "course-2", "title": "Another course"}
    other.course["modules"][0]["assignments"] = [{"id": "a1", "title": "Loops"}, {"id": "x", "title": "Else"}]
    library = another()
    bring_in(library, renamed.write())
    bring_in(library, other.write())
    for course in ("course-1", "course-2"):
        library.bring_in("auto", str(place), {"course": course})
    with opened(library, "course-1") as now:
        assert [a.title for a in now.assignments()] == ["Called otherwise", "Loops"]
        assert len(now.published()) == 2
    with opened(library, "course-2") as now:
        assert [(a.id, a.title) for a in now.assignments()] == [("a1", "Loops"), ("x", "Else"), ("Hello", "Hello")]
        (loops,) = [p for p in now.published() if p.assignment_id == "a1"]
        names = {file.path: file for file in now.contents([loops.package.sha256])[loops.package.sha256]}
    assert names[".guides/content/page-1.md"].size == len("About Loops.")


def changed(place: Path, target: Path, change: Callable[[dict[str, Any]], object], drop: str = "") -> Path:
    """The same zip with another list, and without a file."""
    files = members(place)
    told = json.loads(files[LIST])
    change(told)
    files[LIST] = json.dumps(told).encode()
    files.pop(drop, None)
    target.write_bytes(packed(dict(files), "zip"))
    return target


def a_list() -> dict[str, Any]:
    """A list of two assignments."""
    assignments = [{"id": f"a{n}", "module": "m1", "title": f"Title {n}", "file": f"{n}.tar.zst"} for n in (1, 2)]
    return {
        "format": "exportmanager-course-sources",
        "version": 1,
        "course": {"id": "course-1", "title": "A course", "taken_on": "2026-03-01"},
        "modules": [{"id": "m1", "title": "Module"}],
        "assignments": assignments,
    }


def first(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["assignments"][0]
    return found


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "a later version": lambda told: told.update(version=2),
    "another format": lambda told: told.update(format="else"),
    "an id that climbs": lambda told: first(told).update(id="../a"),
    "an id twice": lambda told: first(told).update(id="A2"),
    "a module of nobody": lambda told: first(told).update(module="m9"),
    "a file twice": lambda told: first(told).update(file="2.tar.zst"),
    "a huge version": lambda told: first(told).update(version=1 << 40),
    "a time beyond the calendar": lambda told: first(told).update(published_at="9999-12-31T23:59:59Z"),
    "a number for a time": lambda told: first(told).update(published_at=5),
    "a number for a title": lambda told: first(told).update(title=5),
    "endless gaps": lambda told: first(told).update(gaps=[{"what": "x", "why": "y"}] * 1_001),
    "no list of assignments": lambda told: told.pop("assignments"),
    "a zone of nowhere": lambda told: told["course"].update(time_zone="../../etc/passwd"),
    "a day that is none": lambda told: told["course"].update(taken_on="2026-02-30"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_list_is_checked_like_all_that_comes_from_outside(how: str) -> None:
    told = a_list()
    assert read_course_sources(json.dumps(told | {"unknown": 1}).encode()).course.title == "A course"
    BROKEN[how](told)
    with pytest.raises(MalformedFile, match=rf"{LIST}: .*\."):
        read_course_sources(json.dumps(told).encode())


def test_a_list_that_cannot_be_used_is_named_and_the_names_of_files_count(
    program: Program, builder: CourseBuilder, another: Another, tmp_path: Path
) -> None:
    bring_in(program, with_projects(builder, "Hello", "Loops").write())
    broken = changed(sources(program), tmp_path / "broken.zip", BROKEN["a later version"])
    report = arrive(another(), broken, settled={"layout:broken.zip": "sources"})
    assert report.of("published").added == 2
    assert report.course_id == "downloaded"
    assert any(gap.why.startswith(LIST) and gap.why.endswith("files were gone by.") for gap in report.gaps)


@pytest.fixture
def place(program: Program, builder: CourseBuilder) -> Path:
    bring_in(program, with_projects(builder, "Hello", "Loops").write())
    return sources(program)


def test_what_the_list_and_the_zip_do_not_both_have_is_named(place: Path, another: Another, tmp_path: Path) -> None:
    odd = changed(place, tmp_path / "odd.zip", lambda told: told["assignments"].pop(), drop="Hello.tar.zst")
    plan = planned(another(), odd)
    assert [piece.kind for piece in plan.pieces] == [PieceKind.SOURCES]
    assert {gap.why for gap in plan.gaps} == {
        "Hello.tar.zst, the project of Hello, is not in it",
        "Loops.tar.zst: it is no table or workspace that is known here, and was not taken in",
    }


def test_the_plan_says_what_comes_and_each_assignment_can_be_left_out_or_chosen(
    place: Path, program: Program, another: Another
) -> None:
    library = another()
    plan = planned(library, place)
    assert [piece.says for piece in plan.pieces] == ["2 projects of A small course."]
    assert {link.state for link in plan.links} == {State.NEW}
    assert not plan.open
    assert links(plan).keys() == {"assignment:hello", "assignment:loops"}
    report = arrive(library, place, title="", settled={"assignment:hello": "-"})
    with opened(library, report.course_id) as now:
        assert [a.title for a in now.assignments()] == ["Loops"]
    assert [p.says for p in planned(program, place, course="course-1").pieces] == ["2 projects of A small course."]
    known = planned(program, place, course="course-1").links
    assert {(link.state, link.why) for link in known} == {(State.MATCHED, "the id is the same")}


def test_the_course_is_as_it_says_it_was(place: Path, another: Another, builder: CourseBuilder) -> None:
    library = another()
    library.bring_in("auto", str(place))
    with opened(library, "course-1") as now:
        assert (now.info.code, now.info.time_zone, now.info.taken_on) == ("SMALL", "Europe/Berlin", date(2026, 3, 1))
        assert [(p.version, p.published_at) for p in now.published()] == [(1, None), (1, None)]
        assert [a.version for a in now.assignments()] == [1, 1]


def test_versions_and_times_are_those_of_the_list(program: Program, builder: CourseBuilder, another: Another) -> None:
    with_projects(builder, "Hello", "Loops")
    entry = builder.course["modules"][0]["assignments"][0]
    entry |= {"version": 7, "published_at": "2026-02-01T09:00:00.25+01:00"}
    bring_in(program, builder.write())
    other = another()
    again(other, sources(program))
    with opened(other, "course-1") as now:
        hello = now.published()[0]
    assert (hello.version, hello.published_at) == (7, datetime(2026, 2, 1, 8, 0, 0, 250_000, UTC))


def test_a_students_file_of_that_name_makes_no_course_sources(place: Path, another: Another, tmp_path: Path) -> None:
    forged = tmp_path / "work.zip"
    forged.write_bytes(packed({".codio": b"{}", LIST: members(place)[LIST], "main.py": b"1"}, "zip"))
    assert [piece.kind for piece in planned(another(), forged).pieces] == [PieceKind.PROJECT]


def test_old_and_odd_times_of_files_do_not_change_what_comes_back(
    program: Program, another: Another, tmp_path: Path
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, year in (("old.txt", 1980), ("late.txt", 2107), (".guides/assessments/q.json", 2040)):
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), b"{}")
    (tmp_path / "Odd.zip").write_bytes(out.getvalue())
    course = program.bring_in("auto", str(tmp_path / "Odd.zip")).course_id
    place = sources(program, course)
    assert again(another(), place)[1].read_bytes() == place.read_bytes()
