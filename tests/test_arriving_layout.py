"""How workspaces are found in archives whose layout nobody documents."""

import pytest

from exportmanager.sources.arriving import layout as lay

STUDENTS = {"kim", "lee", "max"}
ASSIGNMENTS = {"hello", "loops"}


def told(shape: lay.Shape, students: set[str] = STUDENTS, assignments: set[str] = ASSIGNMENTS) -> str:
    return lay.layout_of(
        shape, students.__contains__, assignments.__contains__, nobody_known=not students and not assignments
    )


def shape(*paths: str, archives: tuple[str, ...] = ()) -> lay.Shape:
    found = lay.shape_of([*paths, *archives], archives)
    assert found is not None
    return found


def labels(found: lay.Shape) -> list[tuple[str, ...]]:
    return [root.labels for root in found.roots]


def test_a_folder_that_holds_a_guide_or_settings_is_a_workspace() -> None:
    found = shape("kim/hello/.guides/img/a.png", "kim/hello/main.py", "lee/hello/.codio")
    assert labels(found) == [("kim", "hello"), ("lee", "hello")]


def test_its_neighbours_are_workspaces_too_without_any_mark() -> None:
    found = shape("kim/hello/.codio", "lee/hello/main.py", "lee/loops/x/y/z.py", archives=("max/hello.zip",))
    assert labels(found) == [("kim", "hello"), ("lee", "hello"), ("lee", "loops"), ("max", "hello")]
    assert [root.is_archive for root in found.roots] == [False, False, False, True]


def test_an_archive_inside_a_workspace_is_a_file_of_it() -> None:
    found = shape("kim/.codio", "lee/.codio", archives=("kim/data.zip",))
    assert labels(found) == [("kim",), ("lee",)]


def test_archives_are_workspaces_by_their_names_without_what_packs_them() -> None:
    found = shape(archives=("hello/kim.tar.zst", "hello/lee.zip", "loops/max.tar.gz"))
    assert labels(found) == [("hello", "kim"), ("hello", "lee"), ("loops", "max")]


def test_one_folder_around_everything_says_nothing() -> None:
    found = shape("export/kim/hello/.codio", "export/lee/hello/.codio")
    assert labels(found) == [("kim", "hello"), ("lee", "hello")]
    assert found.top == "export"


def test_where_nothing_marks_a_workspace_there_is_no_shape() -> None:
    assert lay.shape_of(["kim/hello/main.py"], []) is None


def test_without_marks_all_folders_of_a_level_can_be_taken() -> None:
    found = lay.shape_at(2, ["kim/hello/main.py", "kim/hello/b.py", "lee/hello/main.py", "note.txt"])
    assert labels(found) == [("kim", "hello"), ("lee", "hello")]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("kim/hello/.codio", "lee/loops/.codio"), "student/assignment"),
        (("hello/kim/.codio", "loops/lee/.codio"), "assignment/student"),
        (("kim/.codio", "lee/.codio"), "student"),
        (("hello/.codio", "loops/.codio"), "assignment"),
        (("m1/hello/kim/.codio", "m2/loops/lee/.codio"), "module/assignment/student"),
        (("kim/m1/hello/.codio", "lee/m2/loops/.codio"), "student/module/assignment"),
        (("kim/unheard/.codio", "lee/unknown/.codio"), "student/assignment"),
        (("unheard/hello/.codio", "unknown/hello/.codio"), "student/assignment"),
    ],
)
def test_names_that_are_known_tell_what_the_folders_are(paths: tuple[str, ...], expected: str) -> None:
    assert told(shape(*paths)) == expected


def test_names_that_nobody_knows_tell_nothing() -> None:
    assert told(shape("a/b/.codio", "c/d/.codio")) == ""
    assert told(shape("a/.codio", "c/.codio"), set(), set()) == ""


def test_names_that_are_both_tell_nothing() -> None:
    assert told(shape("kim/.codio", "lee/.codio"), STUDENTS, STUDENTS) == ""


def test_an_authors_files_are_projects() -> None:
    found = shape("hello/.guides/assessments/a.json", "loops/.guides/content/index.json")
    assert told(found) == "sources"
    assert told(shape("m/hello/.guides/secure/key", "n/loops/.codio")) == "module/sources"


def test_a_thousand_folders_are_looked_at_in_no_time() -> None:
    paths = [f"student{n}/assignment{m}/.codio" for n in range(500) for m in range(20)]
    found = shape(*paths)
    assert len(found.roots) == 10_000
