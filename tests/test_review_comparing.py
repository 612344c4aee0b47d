"""Comparing texts, files and workspaces: what differs is shown where it differs, whatever the texts are."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from bagging import archived, bring_in_twice
from building import CourseBuilder
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import Cancelled
from exportmanager.formats import comparing
from exportmanager.formats.comparing import Row, RowKind, matches, rows, without_space
from exportmanager.formats.comparing_words import differences
from exportmanager.program import Program
from exportmanager.review.beside import Beside, Neighbours
from exportmanager.review.comparing import Change, Compared, compare, compare_file
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.where import Where

COURSE, A1 = CourseId("course-1"), AssignmentId("a1")


def drawn(left: str, right: str, *, ignore_space: bool = False) -> list[str]:
    """Rows as people draw them: the sign, and the lines."""
    here, there = left.split("|"), right.split("|")
    signs = {RowKind.SAME: "=", RowKind.CHANGED: "~", RowKind.ADDED: "+", RowKind.REMOVED: "-"}
    return [
        signs[row.kind] + "/".join(lines[at] for lines, at in ((here, row.left), (there, row.right)) if at is not None)
        for row in rows(here, there, ignore_space=ignore_space)
    ]


def test_a_line_that_was_put_in_stands_alone() -> None:
    assert drawn("a|b|c", "a|x|b|c") == ["=a/a", "+x", "=b/b", "=c/c"]


def test_a_line_that_changed_stands_beside_what_it_became() -> None:
    assert drawn("a|total = 1|c", "a|total = 2|c") == ["=a/a", "~total = 1/total = 2", "=c/c"]


def test_among_more_lines_the_likest_stands_beside_a_changed_one() -> None:
    assert drawn("print(total)", "import math|print(total + 1)") == ["+import math", "~print(total)/print(total + 1)"]


def test_a_function_that_was_put_before_another_keeps_its_own_end() -> None:
    left = "def one():|    go()|    return|def two():|    stop()|    return"
    right = "def one():|    go()|    return|def new():|    wait()|    return|def two():|    stop()|    return"
    assert [line for line in drawn(left, right) if line[0] != "="] == ["+def new():", "+    wait()", "+    return"]


def test_white_space_does_not_count_on_request() -> None:
    assert drawn("if x:|  go( )", "if x:|    go()", ignore_space=True) == ["=if x:/if x:", "=  go( )/    go()"]
    assert differences("a  + c", "a + b", ignore_space=True) == ([(5, 6)], [(4, 5)])


def test_inside_a_line_only_the_words_that_differ_are_marked() -> None:
    assert differences("total = price * 2", "total = cost * 2") == ([(8, 13)], [(8, 12)])


def test_lines_with_nothing_in_common_are_marked_whole() -> None:
    assert differences("import os", "x = 17") == ([(0, 9)], [(0, 6)])


texts = st.lists(st.sampled_from("abcde"), max_size=14)


@given(texts, texts)
def test_every_line_of_both_texts_stands_in_one_row_and_in_order(left: list[str], right: list[str]) -> None:
    found = rows(left, right)
    assert [row.left for row in found if row.left is not None] == list(range(len(left)))
    assert [row.right for row in found if row.right is not None] == list(range(len(right)))
    for row in found:
        same = row.left is not None and row.right is not None and left[row.left] == right[row.right]
        assert same == (row.kind is RowKind.SAME)


def test_of_lines_that_all_repeat_as_many_as_can_be_are_matched() -> None:
    left, right = list("abcabba" * 5), list("cbabac" * 6)
    longest = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            longest[i + 1][j + 1] = longest[i][j] + 1 if a == b else max(longest[i][j + 1], longest[i + 1][j])
    assert len(matches(left, right)) == longest[-1][-1]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(["{", "}", "", "go"] * 5_000, ["}", "", "{", "go", "go"] * 4_000, id="few kinds of lines"),
        pytest.param(["x"] * 20_000 + ["y"], ["z"] + ["x"] * 19_999, id="all alike"),
        pytest.param([str(n) for n in range(20_000)], [str(n) for n in range(20_000, 0, -1)], id="turned round"),
        pytest.param(["ab " * 350_000], ["ab " * 170_000 + "q" + "ab " * 180_000], id="a line of a megabyte"),
    ],
)
def test_texts_that_other_methods_take_minutes_for_are_compared(left: list[str], right: list[str]) -> None:
    found = rows(left, right)
    assert [row.left for row in found if row.left is not None] == list(range(len(left)))
    assert [row.right for row in found if row.right is not None] == list(range(len(right)))
    for row in found[:50]:
        if row.left is not None and row.right is not None:
            here, there = differences(left[row.left], right[row.right])
            assert bool(here or there) == (row.kind is not RowKind.SAME)


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, data in files.items():
            target.writestr(name, data)
    return path


@pytest.fixture
def openings(program: Program) -> Iterator[Openings]:
    with Openings(program.library) as openings:
        yield openings


def two(
    openings: Openings, folder: Path, left: Mapping[str, bytes], right: Mapping[str, bytes]
) -> tuple[Opened, Opened]:
    here, there = zipped(folder / "left.zip", left), zipped(folder / "right.zip", right)
    return openings.open(Where.of_file(here)), openings.open(Where.of_file(there))


def test_changed_files_come_first_and_a_renamed_one_is_known_by_its_content(openings: Openings, tmp_path: Path) -> None:
    left = {"same.py": b"1", "changed.py": b"old", "old.py": b"moved", "gone.py": b"gone", "empty": b""}
    right = {"same.py": b"1", "changed.py": b"new", "src/new.py": b"moved", "added.py": b"more", "other": b""}
    found = compare(*two(openings, tmp_path, left, right))
    assert [(row.change, row.path) for row in found] == [
        (Change.CHANGED, "changed.py"),
        (Change.RENAMED, "src/new.py"),
        (Change.ADDED, "added.py"),
        (Change.ADDED, "other"),
        (Change.REMOVED, "empty"),
        (Change.REMOVED, "gone.py"),
        (Change.SAME, "same.py"),
    ]
    assert found[1].left is not None
    assert found[1].left.path == "old.py"


def of_bytes(openings: Openings, folder: Path, left: bytes, right: bytes) -> Compared:
    opened = two(openings, folder, {"f": left}, {"f": right})
    return compare_file(opened[0], "f", opened[1], "f")


@pytest.mark.parametrize(("left", "right"), [("lab1/", "lab0/"), ("hers/", ""), ("", "his/")])
def test_what_is_in_folders_of_other_names_is_compared_on_request(
    openings: Openings, tmp_path: Path, left: str, right: str
) -> None:
    sides = two(openings, tmp_path, {f"{left}main.py": b"one"}, {f"{right}main.py": b"two"})
    (row,) = compare(sides[0], sides[1], within_folders=True)
    assert (row.change, row.path) == (Change.CHANGED, f"{right}main.py")
    assert len(compare(*sides)) == 2, "unless somebody asks for it, another folder is another place"


def test_a_folder_that_the_other_one_has_too_is_not_stepped_into(openings: Openings, tmp_path: Path) -> None:
    sides = two(openings, tmp_path, {"src/a.py": b"same"}, {"src/a.py": b"same", "a.py": b"same"})
    told = {row.path: row.change for row in compare(sides[0], sides[1], within_folders=True)}
    assert told == {"src/a.py": Change.SAME, "a.py": Change.ADDED}


def test_line_ends_and_a_missing_newline_are_named(openings: Openings, tmp_path: Path) -> None:
    found = of_bytes(openings, tmp_path, b"a\r\nb\r\n", b"a\nb")
    assert {row.kind for row in found.rows} == {RowKind.SAME}
    assert not found.is_same
    assert found.notes == [
        "Line ends are CRLF on the left, LF on the right.",
        "The file on the right has no newline at its end.",
    ]


def test_texts_of_two_encodings_are_compared_as_texts(openings: Openings, tmp_path: Path) -> None:
    found = of_bytes(openings, tmp_path, "Größe\n".encode(), "Größe\n".encode("utf-16"))
    assert [row.kind for row in found.rows] == [RowKind.SAME]
    assert found.notes == ["The encoding is UTF-8 on the left, UTF-16 on the right."]


def test_files_that_are_no_text_are_only_the_same_or_not(openings: Openings, tmp_path: Path) -> None:
    found = of_bytes(openings, tmp_path, b"\x00\x01", b"\x00\x02\x03")
    assert found.notes == ["They are no text, and differ: 2 bytes on the left, 3 bytes on the right."]
    assert list(found.rows) == []


def test_a_file_that_only_one_side_has_is_all_new(openings: Openings, tmp_path: Path) -> None:
    left, right = two(openings, tmp_path, {}, {"f": b"a\nb\n"})
    assert [row.kind for row in compare_file(left, None, right, "f").rows] == [RowKind.ADDED] * 2


def test_what_cannot_be_seen_is_shown_and_marked(openings: Openings, tmp_path: Path) -> None:
    found = of_bytes(openings, tmp_path, b"say = 1\n", b"say = 1\x1b[2J\n")
    shown = found.shown(found.rows[0])
    assert shown.right == "say = 1␛[2J"
    assert [shown.right[begin:end] for begin, end in shown.right_spans] == ["␛[2J"]
    assert list(found.changes) == [0]
    assert found.rows[0] == Row(RowKind.CHANGED, 0, 0)


def workspace(student: str, number: int) -> Where:
    return Where.of_workspace(COURSE, A1, StudentId(student), number)


def test_starter_files_earlier_imports_and_other_students_lie_beside_a_workspace(
    program: Program, openings: Openings, tmp_path: Path
) -> None:
    course = CourseBuilder(tmp_path / "course")
    course.guide_page("a1", "Welcome", "Hello")
    for student in ("s1", "s2", "s3"):
        course.file(student, "a1", "main.py")
    course.file("s1", "a1", "extra.py")
    course.file("s3", "a1", "extra.py")
    program.bring_in("folder", str(course.write()))
    course.file("s1", "a1", "main.py", "print('changed')\n")
    program.bring_in("folder", str(course.write()))
    beside = Beside(program.library, openings)
    assert beside.counterparts(workspace("s1", 0)) == [
        ("Starter files", Where.of_published(COURSE, A1, 1)),
        ("Import 1 of 2", workspace("s1", 1)),
        ("Bo Sample", workspace("s2", 1)),
        ("Cy Specimen", workspace("s3", 1)),
    ]
    assert beside.neighbours(workspace("s1", 1), "extra.py") == Neighbours(None, workspace("s3", 1))
    assert beside.neighbours(workspace("s2", 0), "main.py") == (workspace("s1", 2), workspace("s3", 1))
    with openings.open(workspace("s1", 1)) as earlier, openings.open(workspace("s1", 2)) as later:
        assert [(row.change, row.path) for row in compare(earlier, later)] == [
            (Change.CHANGED, "main.py"),
            (Change.SAME, "extra.py"),
        ]


def test_the_guide_that_students_have_not_got_is_no_difference_to_the_starter_files(
    program: Program, openings: Openings, tmp_path: Path
) -> None:
    course = CourseBuilder(tmp_path / "course")
    course.guide_page("a1", "Welcome", "Hello")
    (course.folder / "assignments" / "a1" / "start.py").write_text("begin()\n")
    course.file("s1", "a1", "main.py")
    program.bring_in("folder", str(course.write()))
    with openings.open(Where.of_published(COURSE, A1, 1)) as starters, openings.open(workspace("s1", 1)) as work:
        assert any(entry.path.startswith(".guides/") for entry in starters.entries())
        found = {row.path: row.change for row in compare(starters, work)}
        assert found == {"main.py": Change.ADDED, "start.py": Change.REMOVED}
        assert {row.change for row in compare(starters, starters)} == {Change.SAME}


def test_students_of_the_same_name_are_told_apart_by_their_ids(
    program: Program, openings: Openings, tmp_path: Path
) -> None:
    course = CourseBuilder(tmp_path / "course")
    course.student("s4", first_name="Bo", last_name="Sample")
    for student in ("s1", "s2", "s4"):
        course.file(student, "a1", "main.py", student)
    program.bring_in("folder", str(course.write()))
    beside = Beside(program.library, openings)
    assert [one.words for one in beside.counterparts(workspace("s1", 0))] == ["Bo Sample (s2)", "Bo Sample (s4)"]
    archive = Path(archived(program, tmp_path / "archive").path)
    with openings.open(workspace("s2", 0)) as opened:
        found = beside.inside(archive, opened)
    assert [one.words for one in found] == ["Bo Sample, Hello (s2)", "Bo Sample, Hello (s4)", "Ada Example, Hello"]
    assert [one.words for one in beside.counterparts(found[0].where)] == ["Ada Example", "Bo Sample (s4)"]
    assert beside.neighbours(found[0].where, "main.py") == (found[2].where, found[1].where)


def test_a_workspace_is_compared_with_what_lies_in_an_archive_a_zip_or_a_folder(
    program: Program, openings: Openings, tmp_path: Path
) -> None:
    bring_in_twice(program, tmp_path / "course")
    archive = Path(archived(program, tmp_path / "archive").path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "main.py").write_text("print('newer')\n")
    plain = zipped(tmp_path / "other.zip", {"main.py": b"else"})
    beside = Beside(program.library, openings)
    with openings.open(workspace("s1", 0)) as opened:
        found = beside.inside(archive, opened)
        assert [one.words for one in found[:4]] == [
            "Ada Example, Hello",
            "Ada Example, Hello, import 1 of 2",
            "Hello, starter files",
            "Hello, starter files, version 1 of 2",
        ]
        others = [found[0], *beside.inside(plain, opened), *beside.inside(tmp_path / "folder", opened)]
        assert [one.words for one in others[1:]] == ["other.zip", "folder"]
        changes = [[row.change for row in compare(openings.open(one.where), opened)] for one in others]
    assert changes == [[Change.SAME], [Change.CHANGED], [Change.SAME]]
    beside_it = beside.counterparts(found[1].where)
    assert [one.words for one in beside_it[:3]] == ["Starter files", "Starter files, version 1 of 2", "Import 2 of 2"]


def test_long_lines_and_many_lines_are_gone_over_in_slices_that_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [f"{number % 7} \t{'word  ' * (number % 5)}" for number in range(60)]
    right = [line for number, line in enumerate(left) if number % 9]
    whole = rows(left, right, ignore_space=True), [without_space(line) for line in left]
    monkeypatch.setattr(comparing, "_SLICE", 3)
    assert (rows(left, right, ignore_space=True), [without_space(line) for line in left]) == whole
    assert without_space(" a \t b\u00a0") == "ab"


@pytest.mark.parametrize("calls", [1, 100, 5_000])
def test_a_comparison_ends_when_nobody_waits_for_it(calls: int) -> None:
    left, right = ([f"{side} {n}" for n in range(2_000)] + ["same", "other"] * 500 for side in ("here", "there"))
    left_to_go = iter(range(calls))

    def check() -> None:
        if next(left_to_go, None) is None:
            raise Cancelled

    with pytest.raises(Cancelled):
        rows(left, right[::-1], check)
