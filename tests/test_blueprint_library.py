"""The blueprints of a course in the library: each change is whole, seen by others, and never at another's cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from arriving import arrive
from building import CourseBuilder
from conftest import Clock
from handling import bring_in, dump

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import Blueprint, CourseId
from exportmanager.core.errors import BadOptions, NotFound
from exportmanager.core.meter import Meter
from exportmanager.library.blueprints import LibraryBlueprints
from exportmanager.program import Program

COURSE = CourseId("course-1")
LAB = Blueprint("Lab", "# Lab", {"layout": "2-panels"}, 0)
TALK = Blueprint("Talk", "# Talk", {}, 1)
QUIZ = Blueprint("Quiz", "# Quiz", {"teacherOnly": True}, 2)


@pytest.fixture
def begun(program: Program, tmp_path: Path) -> Program:
    """A course with three blueprints, whose import left a gap."""
    builder = CourseBuilder(tmp_path / "course")
    builder.add("results", student="s1", assignment="a1", state="completed")
    builder.course["counts"] = {"coach_logs": 3}
    items = [{"name": b.name, "content": b.content, **b.layout} for b in (LAB, TALK, QUIZ)]
    (builder.folder / "blueprints.json").write_text(json.dumps(items))
    assert bring_in(program, builder.write()).gaps
    return program


@pytest.fixture
def them(begun: Program) -> LibraryBlueprints:
    return begun.library.blueprints


def add(program: Program, *coming: Blueprint, skip_equal: bool = False) -> list[str]:
    done = program.library.blueprints.add(
        COURSE, coming, skip_equal=skip_equal, name="lessons.json", now=program.clock()
    )
    return [blueprint.name for blueprint in done.added]


def names(them: LibraryBlueprints) -> list[str]:
    return [blueprint.name for blueprint in them.of(COURSE)]


def test_what_is_added_stands_after_what_was_there(begun: Program, them: LibraryBlueprints) -> None:
    assert add(begun, Blueprint("Lab", "# Other"), Blueprint("Game", "# Game")) == ["Lab (2)", "Game"]
    assert them.of(COURSE) == [
        LAB,
        TALK,
        QUIZ,
        Blueprint("Lab (2)", "# Other", {}, 3),
        Blueprint("Game", "# Game", {}, 4),
    ]


def test_adding_leaves_the_last_import_and_its_gaps_as_they_were(begun: Program, clock: Clock) -> None:
    library = begun.library
    with library.course(COURSE) as course:
        gaps = course.import_gaps()
    report, (summary,), overview = library.import_report(COURSE), library.courses(), library.overview(COURSE)
    clock.forward(days=3)
    add(begun, Blueprint("Game", "# Game"))
    assert gaps
    with library.course(COURSE) as course:
        assert course.import_gaps() == gaps
    assert library.known(COURSE).gaps == gaps
    assert (library.import_report(COURSE), library.courses()) == (report, [summary])
    now = library.overview(COURSE)
    assert (now.source, now.imported_at, now.report) == ("folder", overview.imported_at, overview.report)
    assert now.blueprints == overview.blueprints + 1
    assert library.holdings(COURSE)[PieceKind.BLUEPRINTS] == clock.now


def test_nothing_is_added_where_one_cannot_be(begun: Program) -> None:
    before = dump(begun.library.folder)
    broken = Blueprint("Broken", "# B", {"not JSON": object()})
    with pytest.raises(TypeError):
        add(begun, Blueprint("Game", "# Game"), broken)
    assert dump(begun.library.folder) == before


def test_a_name_is_changed_and_nothing_else(them: LibraryBlueprints) -> None:
    assert them.rename(COURSE, "Lab", " Lab  report ") == Blueprint("Lab report", LAB.content, LAB.layout, 0)
    assert them.of(COURSE) == [Blueprint("Lab report", LAB.content, LAB.layout, 0), TALK, QUIZ]
    them.rename(COURSE, "Lab report", "lab report")
    assert names(them) == ["lab report", "Talk", "Quiz"]


@pytest.mark.parametrize("new", ["", "TALK", "x" * 201])
def test_a_name_that_does_not_do_changes_nothing(them: LibraryBlueprints, new: str) -> None:
    with pytest.raises(BadOptions):
        them.rename(COURSE, "Lab", new)
    assert them.of(COURSE) == [LAB, TALK, QUIZ]


def test_a_copy_goes_to_the_end_under_a_name_of_its_own(them: LibraryBlueprints) -> None:
    assert them.duplicate(COURSE, "Lab") == Blueprint("Copy of Lab", LAB.content, LAB.layout, 3)
    assert them.duplicate(COURSE, "Lab").name == "Copy of Lab (2)"
    long = them.rename(COURSE, "Talk", "x" * 200)
    assert len(them.duplicate(COURSE, long.name).name) <= 200


def test_what_is_removed_comes_back_where_it_was(them: LibraryBlueprints, begun: Program) -> None:
    before = sorted(dump(begun.library.folder))
    removed = them.remove(COURSE, ["Quiz", "Lab", "Never was"])
    assert removed == (LAB, QUIZ)
    assert them.of(COURSE) == [TALK]
    assert them.put_back(COURSE, removed) == removed
    assert sorted(dump(begun.library.folder)) == before


def test_what_comes_back_writes_over_nothing(them: LibraryBlueprints) -> None:
    removed = them.remove(COURSE, ["Lab"])
    them.rename(COURSE, "Talk", "lab")
    assert [blueprint.name for blueprint in them.put_back(COURSE, removed)] == ["Lab (2)"]
    assert names(them) == ["Lab (2)", "lab", "Quiz"]


ACTIONS: dict[str, Callable[[LibraryBlueprints, CourseId], object]] = {
    "rename": lambda them, course: them.rename(course, "Gone", "New"),
    "duplicate": lambda them, course: them.duplicate(course, "Gone"),
    "remove": lambda them, course: them.remove(course, ["Gone"]),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_what_has_gone_meanwhile_gets_a_sentence(them: LibraryBlueprints, action: str) -> None:
    with pytest.raises(NotFound, match="meanwhile"):
        ACTIONS[action](them, COURSE)
    assert them.of(COURSE) == [LAB, TALK, QUIZ]


def test_a_course_that_is_not_there_gets_a_sentence(them: LibraryBlueprints, begun: Program) -> None:
    nowhere = CourseId("nowhere")
    for action in (
        lambda: them.of(nowhere),
        lambda: them.add(nowhere, [LAB], skip_equal=False, name="x", now=begun.clock()),
        lambda: them.put_back(nowhere, [LAB]),
    ):
        with pytest.raises(NotFound, match="not in the library"):
            action()


def test_every_change_is_noticed(them: LibraryBlueprints, begun: Program) -> None:
    watch = begun.library.watch()
    try:
        for change in (
            lambda: add(begun, Blueprint("Game", "")),
            lambda: them.rename(COURSE, "Lab", "Lesson"),
            lambda: them.duplicate(COURSE, "Talk"),
            lambda: them.put_back(COURSE, them.remove(COURSE, ["Quiz"])),
        ):
            change()
            assert watch.has_changed()
        assert not watch.has_changed()
    finally:
        watch.close()


def coming(folder: Path, *blueprints: Blueprint) -> Path:
    path = folder / "more.json"
    path.write_text(json.dumps([{"name": b.name, "content": b.content, **b.layout} for b in blueprints]))
    return path


def test_a_download_never_writes_over_a_blueprint(them: LibraryBlueprints, begun: Program, tmp_path: Path) -> None:
    other = Blueprint("lab", "# Another", {}, 3)
    file = coming(tmp_path, other, QUIZ, Blueprint("Talk", "", {}, 4))
    report = arrive(begun, file, course=COURSE)
    assert them.of(COURSE) == [
        LAB,
        TALK,
        QUIZ,
        Blueprint("lab (2)", "# Another", {}, 3),
        Blueprint("Talk (2)", "", {}, 4),
    ]
    change = report.of("blueprints")
    assert (change.read, change.added, change.changed, change.unchanged) == (3, 2, 0, 1)
    assert report.different == 0
    again = arrive(begun, file, course=COURSE)
    assert not again.changed_anything
    assert again.of("blueprints").unchanged == 3
    assert len(them.of(COURSE)) == 5


def test_what_was_named_while_a_download_came_in_stays(them: LibraryBlueprints, begun: Program, tmp_path: Path) -> None:
    with begun.look() as look:
        look.add(str(coming(tmp_path, Blueprint("Game", "# Theirs"))), Meter())
        begun.plan(look, COURSE, "", {})

        def rename(*_: object) -> None:
            if "Talk" in names(them):
                them.rename(COURSE, "Talk", "Game")

        begun.take_in(look, COURSE, "", {}, "UTC", Meter(rename))
    assert {b.name: b.content for b in them.of(COURSE)}["Game"] == TALK.content
    assert names(them)[-1] == "Game (2)"
