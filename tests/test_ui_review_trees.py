"""Trees of the review without a library: what is open, how much of it, and what was found, in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeView
from pytestqt.qtbot import QtBot
from windowing import in_window

from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.trees import EntryKind
from exportmanager.formats.colours import Span
from exportmanager.review.finding import Hit
from exportmanager.review.lying import Facts, Lying
from exportmanager.review.opening import Entry
from exportmanager.review.places import Place
from exportmanager.review.where import Where
from exportmanager.ui.review_code import CodeView, Line
from exportmanager.ui.review_files import FileModel, FileTree
from exportmanager.ui.review_groups import Choice, Groups, choices_of, grouped
from exportmanager.ui.review_hits import HitTree, shown_part
from exportmanager.ui.review_nodes import FileNode, nodes_of
from exportmanager.ui.review_unfolding import MOST, unfold
from exportmanager.ui.words import counted

COURSE, FIRST = CourseId("c"), AssignmentId("a1")


def entries(*paths: str) -> list[Entry]:
    return [Entry(path, 1, EntryKind.FILE, 0) for path in paths]


def open_folders(tree: FileTree) -> list[str]:
    return [tree.files.node(index).path for index in tree.files.folders() if tree.isExpanded(index)]


def rows_of(tree: QTreeView) -> int:
    """How many rows the tree has to lay out."""
    model, waiting, found = tree.model(), [tree.rootIndex()], 0
    while waiting:
        parent = waiting.pop()
        below = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
        found += len(below)
        waiting += [index for index in below if tree.isExpanded(index)]
    return found


@pytest.fixture
def tree(qtbot: QtBot) -> Iterator[FileTree]:
    tree = FileTree()
    window = in_window(qtbot, tree)
    yield tree
    window.hide()


@pytest.fixture
def hits(qtbot: QtBot) -> Iterator[HitTree]:
    tree = HitTree()
    window = in_window(qtbot, tree)
    yield tree
    window.hide()


# Files


def test_what_a_search_opened_is_closed_again_and_what_the_teacher_opened_stays(tree: FileTree) -> None:
    files = entries(*(f"{folder}/{n}.py" for folder in "abc" for n in range(20)))
    tree.show_nodes(nodes_of(files, {}), "b/3.py")
    assert open_folders(tree) == ["b"]
    tree.show_nodes(nodes_of(files, {}, "7"), "b/3.py", are_found=True)
    assert open_folders(tree) == ["a", "b", "c"]
    tree.show_nodes(nodes_of(files, {}), "b/7.py")
    assert (open_folders(tree), tree.path) == (["b"], "b/7.py")


def test_open_folders_stay_open_while_another_workspace_is_read(tree: FileTree) -> None:
    files = entries(*(f"{folder}/{n}.py" for folder in "abc" for n in range(20)))
    tree.show_nodes(nodes_of(files, {}), "b/3.py")
    tree.show_nodes(nodes_of((), {}))
    tree.show_nodes(nodes_of(files, {}), "a/3.py")
    assert open_folders(tree) == ["a", "b"]


def test_a_search_that_finds_very_much_opens_only_what_can_be_laid_out(tree: FileTree) -> None:
    files = entries(*(f"{n % 100}/{n}.py" for n in range(20_000)))
    tree.show_nodes(nodes_of(files, {}, "py"), are_found=True)
    assert MOST - 300 < rows_of(tree) <= MOST
    tree.expandAll()
    tree.show_nodes(nodes_of(files, {}))
    assert rows_of(tree) <= MOST, "nor when it is over"


def test_nothing_is_opened_where_the_top_level_is_too_long_already(tree: FileTree) -> None:
    tree.show_nodes(nodes_of(entries("a/x.py", *(f"{n}.py" for n in range(MOST))), {}), "1.py")
    unfold(tree)
    assert not open_folders(tree)


def test_a_folder_of_very_many_files_is_laid_out_without_python_being_asked_for_each(
    tree: FileTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.show_nodes(nodes_of(entries(*(f"a/{n:05}.py" for n in range(20_000))), {}))
    asked: list[FileNode] = []
    node = FileModel.node

    def counted_node(model: FileModel, index: QModelIndex) -> FileNode:
        asked.append(node(model, index))
        return asked[-1]

    monkeypatch.setattr(FileModel, "node", counted_node)
    tree.expand(tree.files.index(0, 0))
    tree.doItemsLayout()
    QApplication.processEvents()
    assert 0 < len(asked) < 2_000, "only what is in sight"
    assert tree.choose("a/19999.py")
    assert tree.path == "a/19999.py"


def test_the_asterisk_opens_as_much_of_a_folder_as_can_be_laid_out(qtbot: QtBot, tree: FileTree) -> None:
    files = entries(*(f"{n % 2}/{n % 100}/{n}.py" for n in range(20_000)))
    tree.show_nodes(nodes_of(files, {}))
    tree.collapseAll()
    tree.setCurrentIndex(tree.files.index(1, 0))
    QTest.keyClick(tree, Qt.Key.Key_Asterisk)
    assert MOST - 300 < rows_of(tree) <= MOST
    assert all(path.startswith("1") for path in open_folders(tree))


def test_folders_that_hold_nothing_but_a_folder_are_one_with_it(tree: FileTree) -> None:
    tree.show_nodes(nodes_of(entries("src/com/example/App.java", "src/com/example/ui/Main.java", "a/b.txt"), {}))
    assert open_folders(tree) == ["a", "src/com/example", "src/com/example/ui"]
    assert [tree.files.data(index) for index in tree.files.folders()] == ["a", "src/com/example", "ui"]
    assert tree.choose("src/com/example/ui/Main.java")
    assert tree.files.node(tree.currentIndex().parent()).path == "src/com/example/ui"


def test_folders_may_lie_in_each_other_as_deep_as_they_like(tree: FileTree) -> None:
    path = f"{'d/' * 2_000}x.py"
    tree.show_nodes(nodes_of(entries(path), {path: "added"}))
    assert (tree.path, rows_of(tree)) == (path, 2)
    assert tree.files.node(tree.files.folders()[0]).changes == 1


def test_only_a_name_says_that_there_is_something_in_it(tree: FileTree) -> None:
    tree.show_nodes(nodes_of(entries("a/x.py", "b.py"), {}))
    model = tree.files
    folder, state = model.index(0, 0), model.index(0, 1)
    assert [model.hasChildren(index) for index in (folder, state, model.index(1, 0))] == [True, False, False]


# Workspaces


def lying(student: str, number: int) -> Lying:
    name = f"{student or 'Published'}, Hello"
    facts = Facts(name, student, "Hello", number=number, student_id=student, assignment_id="a1")
    return Lying(Where.of_file(Path("/x.zip"), f"{student}{number}"), facts)


def titles(choices: Sequence[Choice], *, by_student: bool) -> list[list[str]]:
    model = Groups()
    model.show_groups(grouped(choices, by_student=by_student), by_student=by_student)
    groups = [model.index(row, 0) for row in range(model.rowCount())]
    return [
        [model.data(at) for at in (group, *(model.index(row, 0, group) for row in range(model.rowCount(group))))]
        for group in groups
    ]


def test_versions_and_starter_files_of_an_archive_can_be_told_apart() -> None:
    choices = choices_of([lying("Ada", 2), lying("Ada", 1), lying("Bo", 1), lying("", 1), lying("", 2)])
    assert titles(choices, by_student=True) == [
        ["Ada", "Hello", "Hello, version 1"], ["Bo", "Hello"], ["Starter files", "Hello, version 1", "Hello"],
    ]  # fmt: skip
    assert titles(choices, by_student=False) == [
        ["Hello", "Starter files, version 1", "Starter files", "Ada", "Ada, version 1", "Bo"]
    ]


def test_names_in_an_archive_cannot_turn_text_round_or_break_lines() -> None:
    (choice,) = choices_of([lying("Ada\u202e\nExample", 1)])
    assert choice.student == "Ada\ufffd\ufffdExample"


# What was found


def hit(student: str, line: int, version: str = "", path: str = "main.py") -> Hit:
    where = Where.of_workspace(COURSE, FIRST, StudentId(student), 1)
    place = Place(where, lambda _: (), "Course", "Hello", student, version=version)
    return Hit(place, path, line, "print(1)", ((0, 5),))


def test_what_is_found_later_goes_to_the_same_group(hits: HitTree) -> None:
    hits.add([hit("Ada", 1), hit("Bo", 1), hit("Ada", 2)])
    hits.add([hit("Ada", 3)])
    model = hits.hits
    assert [model.data(model.index(n, 0)) for n in range(model.rowCount())] == [
        "Ada  ·  Hello  ·  Course  ·  3 places", "Bo  ·  Hello  ·  Course  ·  1 place",
    ]  # fmt: skip
    assert hits.isFirstColumnSpanned(0, hits.rootIndex()), "no name is cut where there is room"


def test_what_is_found_says_which_version_it_is_from(hits: HitTree) -> None:
    hits.hits.forget(with_courses=False)
    hits.add([hit("Ada", 1, "Import 1 of 2")])
    assert hits.hits.data(hits.hits.index(0, 0)) == "Ada  ·  Hello  ·  Import 1 of 2  ·  1 place"


def test_of_a_workspace_in_which_very_much_is_found_more_is_shown_on_request(qtbot: QtBot, hits: HitTree) -> None:
    hits.add([hit("Ada", n) for n in range(1, 41)])
    hits.add([hit("Ada", n) for n in range(41, 1_101)])
    model = hits.hits
    group = model.index(0, 0)
    assert model.rowCount(group) == 51
    more = model.index(50, 0, group)
    assert (model.data(more), model.hit(more)) == (counted(1_050, "", "Show %Ln more places"), None)
    hits.setCurrentIndex(more)
    QTest.keyClick(hits, Qt.Key.Key_Return)
    assert (model.rowCount(group), model.data(model.index(1_050, 0, group))) == (1_051, "Show 50 more places")
    hits.doubleClicked.emit(model.index(1_050, 0, group))
    assert model.rowCount(group) == 1_100
    last = model.hit(model.index(1_099, 0, group))
    assert last is not None
    assert last.line == 1_100
    assert model.data(group).endswith(counted(1_100, "", "%Ln places")), "all of them are counted"


@pytest.mark.parametrize("lead", ["", "  ", "x" * 30, "x " * 200])
def test_what_was_found_in_a_long_line_is_drawn_where_it_is_in_sight(lead: str) -> None:
    text = f"{lead}needle and more"
    start, shown = shown_part(text, [(len(lead), len(lead) + 6)])
    place = len(lead) - start
    assert shown[place : place + 6] == "needle"
    assert place <= 40
    assert shown.startswith("\N{HORIZONTAL ELLIPSIS}") == (len(lead) > 40)


def test_an_empty_list_of_what_was_found_holds_nothing(hits: HitTree) -> None:
    assert not hits.hits.hasChildren()


def test_of_very_many_marks_only_those_about_in_sight_are_drawn(qtbot: QtBot) -> None:
    code = CodeView("Text", "Lines")
    window = in_window(qtbot, code, height=300)
    code.show_lines([Line(f"abc {n}", n + 1) for n in range(2_000)])
    code.show_found([(n, Span(0, 3, "found")) for n in range(2_000)], 0)
    assert 0 < len(code.extraSelections()) < 200
    code.go_to(1_500)
    qtbot.waitUntil(lambda: _marked_rows(code)[-1] > 1_500)
    window.hide()


def _marked_rows(code: CodeView) -> list[int]:
    selections = code.extraSelections()  # the cursors live as long as this
    return [selection.cursor.blockNumber() for selection in selections]


def test_of_very_many_lines_that_differ_only_those_about_in_sight_are_marked(qtbot: QtBot) -> None:
    code = CodeView("Code", "Lines")
    window = in_window(qtbot, code)
    code.show_lines([Line("some words", n, "changed", (Span(0, 4, "changed"),)) for n in range(1, 2_001)])
    blocks = [code.document().findBlockByNumber(row) for row in range(code.rows)]
    marked = [bool(block.layout().formats()) for block in blocks]
    assert marked[0]
    assert sum(marked) < 200
    code.go_to(1_900)
    qtbot.waitUntil(lambda: bool(blocks[1_900].layout().formats()))
    window.hide()
