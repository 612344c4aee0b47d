"""The tab Review: whose work is looked at, files by their kind, the note, comparing, and answers that come late."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from peopling import COURSE, bring_in, course_with_people, memory_of, sight_of
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window, shown

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.library.notes import LONGEST
from exportmanager.program import Program
from exportmanager.review.comparing import compare_file
from exportmanager.review.opening import Openings
from exportmanager.review.where import Where
from exportmanager.ui.review_groups import choices_in
from exportmanager.ui.review_lines import PAGE
from exportmanager.ui.review_note import NoteField
from exportmanager.ui.review_page import ReviewPage
from exportmanager.ui.review_pane import WorkspacePane
from exportmanager.ui.review_passphrase import AskPassphrase
from exportmanager.ui.review_side import page_of
from exportmanager.ui.review_sight import Wanted
from exportmanager.ui.words import number

ADA, BO = StudentId("s1"), StudentId("s2")
FIRST = AssignmentId("a1")
ADAS, BOS = Where.of_workspace(COURSE, FIRST, ADA, 1), Where.of_workspace(COURSE, FIRST, BO, 1)
HOSTILE = '# Title\n\n<script>alert(1)</script><img src="https://example.org/x.png">\n\n[out](file:///etc/passwd)\n'
NOTEBOOK = {"cells": [{"cell_type": "code", "source": "print(1)", "outputs": []}], "metadata": {}, "nbformat": 4}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with files of each sort, made once."""
    folder = tmp_path_factory.mktemp("review")
    builder = course_with_people(folder / "course")
    builder.guide_page("a1", "Page", "Text")
    starter = builder.folder / "assignments" / "a1"
    (starter / "main.py").write_text("print('hello')\n")
    (starter / "given.txt").write_text("as it was\n")
    builder.file("s1", "a1", "given.txt", "as it was\n")
    builder.file("s1", "a1", "main.py", "def add(a, b):  # both\n    return 'sum', a + b\n")
    builder.file("s1", "a1", "READ.md", HOSTILE)
    builder.file("s1", "a1", "long.txt", "".join(f"line {n}\n" for n in range(1, 3 * PAGE + 1)))
    builder.file("s1", "a1", "wide.txt", f"begin{'x' * 20_000}")
    builder.file("s1", "a1", "points.csv", "name,points\nx,1\ny,2\n")
    builder.file("s1", "a1", "book.ipynb", json.dumps(NOTEBOOK))
    builder.file("s1", "a1", "blob.bin", bytes(range(256)))
    builder.file("s1", "a1", "old.txt", "Größe\n".encode("cp1252"))
    builder.file("s2", "a1", "main.py", "def add(a, b):  # both\n    return a - b\n")
    program = Program(folder / "library", Clock())
    bring_in(program, builder)
    program.close()
    return folder / "library"


@pytest.fixture
def desk(qtbot: QtBot, library: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a copy of that library."""
    shutil.copytree(library, tmp_path / "library")
    program = Program(tmp_path / "library", Clock())
    with desk_on(program) as desk:
        yield desk
    program.close()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> Iterator[ReviewPage]:
    """On screen, with the course on it and nobody chosen."""
    page = ReviewPage(desk, memory_of(desk))
    window = in_window(qtbot, page, width=1000, height=600)
    page.show_course(sight_of(desk.program))
    settle(qtbot, desk)
    yield page
    page.body.finish()
    window.hide()


def settle(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: not desk.background.is_busy, timeout=20_000)


def show(qtbot: QtBot, page: ReviewPage, path: str, where: Where = ADAS) -> WorkspacePane:
    pane = page.body.pane
    page.body.show_workspace(where, Wanted(path))
    settle(qtbot, pane._desk)
    qtbot.waitUntil(lambda: pane.files.view.path == path and not pane._desk.background.is_busy, timeout=20_000)
    return pane


def listed(page: ReviewPage) -> list[list[str]]:
    """Each group with what is in it, as they stand."""
    model = page.body.choice._groups
    groups = [model.index(row, 0) for row in range(model.rowCount())]
    inside = [[model.index(row, 0, group) for row in range(model.rowCount(group))] for group in groups]
    return [[model.data(index) for index in (group, *rows)] for group, rows in zip(groups, inside, strict=True)]


# Whose work


def test_workspaces_stand_under_their_students_or_under_their_assignments(page: ReviewPage) -> None:
    assert listed(page) == [["Ada Example", "Hello"], ["Bo Sample", "Hello", "Loops"]]
    page.body.choice.order.setCurrentIndex(1)
    assert listed(page) == [["Hello", "Ada Example", "Bo Sample"], ["Loops", "Bo Sample"]]


def test_a_search_shows_whom_it_names(page: ReviewPage) -> None:
    page.body.choice.search.setText("ADA hel")
    assert listed(page) == [["Ada Example", "Hello"]]


def test_a_workspace_shows_whose_it_is_and_how_far_they_are(qtbot: QtBot, page: ReviewPage) -> None:
    pane = show(qtbot, page, "main.py")
    assert pane.name.text() == "Ada Example  ·  Hello"
    assert pane.facts.text().startswith("Completed  ·  Grade 87.5 %  ·  Time spent 2 h 48 min")
    assert [pane.tabs.tabText(n) for n in range(pane.tabs.count())] == [
        "Files", "Compare", "Answers: 2", "Access: 2", "Coach: 1",
    ]  # fmt: skip


@pytest.mark.parametrize("focus", ["files", "workspaces"])
def test_the_next_student_is_shown_with_the_same_file(qtbot: QtBot, page: ReviewPage, desk: Desk, focus: str) -> None:
    pane = show(qtbot, page, "main.py")
    where_keys_go = pane.files.tree if focus == "files" else page.body.choice.tree
    assert not pane.previous.isEnabled(), "she is the first"
    where_keys_go.setFocus()
    QTest.keyClick(where_keys_go, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, desk)
    assert (pane.name.text(), pane.files.view.path) == ("Bo Sample  ·  Hello", "main.py")
    assert "a - b" in pane.files.view.text.code.toPlainText()


def test_an_answer_for_a_student_who_is_not_wanted_any_more_is_not_shown(qtbot: QtBot, page: ReviewPage) -> None:
    pane = page.body.pane
    for where in (ADAS, BOS, ADAS, BOS):
        page.body.show_workspace(where)
    settle(qtbot, pane._desk)
    assert (pane.name.text(), pane.where) == ("Bo Sample  ·  Hello", BOS)


# Files


def test_files_say_how_they_differ_from_the_starter_files(qtbot: QtBot, page: ReviewPage) -> None:
    tree = show(qtbot, page, "main.py").files.tree
    states = {node.path: node.state for node in tree.files._shown.nodes[1:]}
    assert (states["main.py"], states["given.txt"], states["notes.txt"]) == ("changed", "", "added")


def test_code_has_numbers_and_colours(qtbot: QtBot, page: ReviewPage) -> None:
    code = show(qtbot, page, "main.py").files.view.text.code
    qtbot.waitUntil(lambda: bool(code._spans))
    assert [(span.start, span.end, span.kind) for span in code._spans[0]][0] == (0, 3, "keyword")
    assert [code.line(n).number for n in range(code.rows)] == [1, 2]
    assert code.document().firstBlock().layout().formats(), "they are on the text"


def test_a_long_file_is_shown_page_by_page(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    text = show(qtbot, page, "long.txt").files.view.text
    assert (text.code.rows, text.total.text()) == (PAGE, f"of {number(3 * PAGE)}")
    text.line.setValue(2 * PAGE + 5)
    settle(qtbot, desk)
    assert text.code.textCursor().block().text() == f"line {2 * PAGE + 5}"
    assert text.code.line(0).number == 2 * PAGE + 1


def test_words_are_found_in_all_of_a_file(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    text = show(qtbot, page, "long.txt").files.view.text
    text.field.setText(f"LINE {3 * PAGE}")
    qtbot.waitUntil(lambda: text.found.text() == "1 of 1" and not desk.background.is_busy)
    assert text.code.textCursor().selectedText() == f"line {3 * PAGE}"


def test_it_is_said_where_not_all_of_a_file_was_looked_through(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    text = show(qtbot, page, "wide.txt").files.view.text
    text.field.setText("nowhere")
    qtbot.waitUntil(lambda: text.found.text() == "Not found in what is shown" and not desk.background.is_busy)
    text.field.setText("begin")
    qtbot.waitUntil(lambda: text.found.text() == "1 of 1+" and not desk.background.is_busy)


@pytest.mark.parametrize(
    ("path", "kind", "widget"),
    [
        ("READ.md", "Markdown", "page"), ("book.ipynb", "Notebook", "page"), ("points.csv", "Table", "grid"),
        ("blob.bin", "Bytes", "text"), ("old.txt", "Text", "text"),
    ],
)  # fmt: skip
def test_a_file_is_shown_as_what_it_is(qtbot: QtBot, page: ReviewPage, path: str, kind: str, widget: str) -> None:
    view = show(qtbot, page, path).files.view
    assert view.facts.text().startswith(kind)
    assert view._states.currentWidget() is getattr(view, widget)


def test_a_page_runs_nothing_and_loads_nothing(qtbot: QtBot, page: ReviewPage) -> None:
    drawn = show(qtbot, page, "READ.md").files.view.page
    assert "alert" not in drawn.toHtml()
    assert "https://example.org" not in drawn.toHtml()
    assert not drawn.openExternalLinks()


def test_the_encoding_is_said_and_another_can_be_tried(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    view = show(qtbot, page, "old.txt").files.view
    assert (view.encoding.currentText(), view.text.code.toPlainText()) == ("CP1252", "Größe")
    view.encoding.setCurrentIndex(view.encoding.findData("cp850"))
    view.encoding.activated.emit(view.encoding.currentIndex())
    settle(qtbot, desk)
    assert view.text.code.toPlainText() == "Gr÷▀e"


def test_a_workspace_without_files_says_so(qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    page.body.show_workspace(Where.of_file(tmp_path / "empty"))
    settle(qtbot, desk)
    view = page.body.pane.files.view
    assert view._states.currentWidget() is view._empty


def test_a_picture_that_says_it_is_empty_is_not_said_to_be_too_large(
    qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    pane = show(qtbot, page, "x.png", Where.of_file(tmp_path / "work"))
    view = pane.files.view
    assert view.says.text() == "The picture is damaged: it says that it is empty."
    (tmp_path / "work" / "x.png").unlink()
    assert pane.sight is not None
    view.show_file(pane.sight.opened, Wanted("x.png"))
    settle(qtbot, desk)
    assert view.says.text() == "x.png was not read: it is not there any more."
    assert view.shown_as.isVisible()


def test_work_whose_files_are_away_says_what_to_do(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    folder = desk.program.library.folder / "workspaces"
    folder.rename(folder.with_name("away"))
    page.body.show_workspace(ADAS)
    settle(qtbot, desk)
    assert page.body.pane.problem.text() == "The files of this work are not in the library's folder."


def test_any_file_can_be_seen_as_bytes(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    view = show(qtbot, page, "main.py").files.view
    view.shown_as.setCurrentIndex(2)
    view.shown_as.activated.emit(2)
    settle(qtbot, desk)
    assert view.text.code.toPlainText().startswith("00000000  64 65 66 20")


# The note


def test_a_note_is_kept_when_the_teacher_goes_on_to_another_student(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    show(qtbot, page, "main.py")
    page.body.note.text.setPlainText("Ask about line 2.")
    show(qtbot, page, "main.py", BOS)
    assert page.body.note.text.toPlainText() == ""
    assert desk.program.library.notes.of(COURSE, ADA) == {FIRST: "Ask about line 2."}
    show(qtbot, page, "main.py", ADAS)
    assert page.body.note.text.toPlainText() == "Ask about line 2."


def test_a_note_is_kept_a_moment_after_the_last_letter(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    show(qtbot, page, "main.py")
    page.body.note._pause.setInterval(20)
    QTest.keyClicks(page.body.note.text, "fine")
    qtbot.waitUntil(lambda: page.body.note.said.text() == "Saved", timeout=10_000)
    assert desk.program.library.notes.of(COURSE, ADA) == {FIRST: "fine"}


def test_a_note_that_was_changed_in_another_window_is_shown_before_somebody_writes_over_it(
    qtbot: QtBot, page: ReviewPage, desk: Desk
) -> None:
    show(qtbot, page, "main.py")
    note, other = page.body.note, NoteField(desk)
    qtbot.addWidget(other)
    other.show_note(ADAS)
    settle(qtbot, desk)
    note.text.setPlainText("from here")
    note.keep()
    settle(qtbot, desk)
    desk.library_changed.emit()
    settle(qtbot, desk)
    assert (note.text.toPlainText(), other.text.toPlainText()) == ("from here", "from here")
    other.text.setPlainText("from there")
    desk.library_changed.emit()
    settle(qtbot, desk)
    assert other.text.toPlainText() == "from there", "what is being written stays"
    other.keep()
    settle(qtbot, desk)
    assert desk.program.library.notes.of(COURSE, ADA) == {FIRST: "from there"}


def test_a_note_that_is_read_while_a_newer_one_is_kept_is_not_shown(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    show(qtbot, page, "main.py")
    note = page.body.note
    desk.library_changed.emit()
    note.text.setPlainText("newer")
    note.keep()
    desk.library_changed.emit()
    settle(qtbot, desk)
    assert note.text.toPlainText() == "newer"


def test_of_what_makes_a_note_too_long_the_end_is_left_out_and_nothing_that_stood_there(
    qtbot: QtBot, page: ReviewPage, desk: Desk
) -> None:
    show(qtbot, page, "main.py")
    note = page.body.note
    note.text.setPlainText(f"first {'x' * 100} last")
    note.text.moveCursor(QTextCursor.MoveOperation.Start)
    note.text.insertPlainText("y" * LONGEST)
    text = note.text.toPlainText()
    assert len(text) == LONGEST
    assert text.endswith(f"yfirst {'x' * 100} last")
    assert note.said.text().startswith("Too long")
    show(qtbot, page, "main.py", BOS)
    assert desk.program.library.notes.of(COURSE, ADA) == {FIRST: text}


def test_a_note_that_cannot_be_kept_is_told_with_its_text_when_its_student_is_not_shown_any_more(
    qtbot: QtBot, page: ReviewPage, desk: Desk
) -> None:
    show(qtbot, page, "main.py")
    told: list[ProblemForTeacher] = []
    desk.went_wrong.connect(told.append)
    page.body.note.text.setPlainText("Ask about line 2.")
    desk.program.erasing.erase(COURSE, ADA, Meter())
    page.body.show_workspace(BOS)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told[0].details == "Ask about line 2."


def test_work_that_has_gone_from_the_library_is_not_shown_any_more(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    pane = show(qtbot, page, "main.py")
    page.body.show_choices([one for one in choices_in(desk.program.library, COURSE) if one.where.student != ADA])
    assert (pane.where, pane.sight, pane.name.text()) == (None, None, "")
    assert not page.body.note.text.isEnabled()


# Comparing


def compared(qtbot: QtBot, page: ReviewPage, path: str) -> WorkspacePane:
    pane = show(qtbot, page, path)
    pane.tabs.setCurrentWidget(pane.compare)
    settle(qtbot, pane._desk)
    return pane


def test_changed_files_come_first_when_compared_with_the_starter_files(qtbot: QtBot, page: ReviewPage) -> None:
    compare = compared(qtbot, page, "main.py").compare
    assert compare.other.currentText() == "Starter files"
    assert compare.rows.shown[0].path == "main.py"
    left = compare.side.left
    assert ("print('hello')", "changed") in [(left.line(n).text, left.line(n).kind) for n in range(left.rows)]


def test_another_student_can_be_compared_with_line_by_line(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    compare = compared(qtbot, page, "main.py").compare
    compare.other.choose(BOS)
    settle(qtbot, desk)
    left, right = compare.side.left, compare.side.right
    assert [left.line(n).kind for n in range(left.rows)] == ["", "changed"]
    assert [right.line(1).text[mark.start : mark.end] for mark in right.line(1).marks], "what differs in it is marked"
    assert compare.side.said.text() == "Difference 1 of 1."


def test_what_is_no_file_in_one_of_both_is_said(qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "main.py").mkdir(parents=True)
    (other / "alias").symlink_to("main.py")
    compare = compared(qtbot, page, "main.py").compare
    compare.other.take(str(other))
    settle(qtbot, desk)
    for path, said in (
        ("main.py", "On the left it is an empty folder, on the right a file."),
        ("alias", "On the left it is a link to main.py, on the right not there."),
    ):
        compare.table.select_key(path)
        settle(qtbot, desk)
        assert compare.side.nothing.text() == said


def test_what_is_compared_with_can_be_opened_in_a_window(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    compare = compared(qtbot, page, "main.py").compare
    compare.other.choose(BOS)
    settle(qtbot, desk)
    with qtbot.waitSignal(page.asked_window) as asked:
        compare.own.click()
    assert asked.args == [BOS, "main.py"]


@pytest.fixture
def hers(tmp_path: Path) -> Path:
    """A zip from the desktop with everything in one folder, as desktops make them."""
    path = tmp_path / "hers.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hers/main.py", "def add(a, b):  # both\n    return a * b\n")
        archive.writestr("hers/more.txt", "more\n")
    return path


def test_any_file_can_be_compared_with_and_stays_for_the_next_student(
    qtbot: QtBot, page: ReviewPage, desk: Desk, hers: Path
) -> None:
    pane = compared(qtbot, page, "main.py")
    pane.compare.other.take(str(hers))
    settle(qtbot, desk)
    assert pane.compare.other.currentText() == "hers.zip"
    assert ["a * b" in line.text for line in pane.compare.side.left._lines] == [False, True], (
        "the folder is looked into"
    )
    pane.next.click()
    settle(qtbot, desk)
    assert (pane.name.text(), pane.compare.other.currentText()) == ("Bo Sample  ·  Hello", "hers.zip")
    assert "Starter files" in [pane.compare.other.itemText(n) for n in range(pane.compare.other.count())]


def test_a_folder_can_be_compared_with(qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "solution").mkdir()
    (tmp_path / "solution" / "main.py").write_text("solved = True\n")
    compare = compared(qtbot, page, "main.py").compare
    compare.other.take(str(tmp_path / "solution"))
    settle(qtbot, desk)
    assert compare.side.left_title.text() == "solution: main.py"
    assert "solved = True" in [line.text for line in compare.side.left._lines]


def test_what_cannot_be_compared_is_said_and_the_comparison_stays(
    qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    compare = compared(qtbot, page, "main.py").compare
    compare.other.take(str(tmp_path / "x.zip"))
    assert compare.facts.text() == "Reading ..."
    settle(qtbot, desk)
    assert "neither a zip nor a tar" in compare.facts.text()
    assert compare.other.currentText() == "Starter files"
    assert compare.rows.shown


def test_an_encrypted_archive_asks_before_it_is_compared_and_shows_the_same_work_first(
    qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    options = ArchiveOptions(exports=False, reader=False)
    made = desk.program.archives.archive(COURSE, options, tmp_path, Meter(), passphrase="correct horse")
    compare = compared(qtbot, page, "main.py").compare
    compare.other.take(str(made.path))
    asking = shown(qtbot, page.window(), AskPassphrase)
    asking.line.setText("correct horse")
    asking.open_button.click()
    qtbot.waitUntil(lambda: compare.other.currentText().startswith("Ada Example, Hello"), timeout=20_000)
    settle(qtbot, desk)
    assert {row.change.value for row in compare.rows.shown} == {"same"}


def test_a_workspace_in_the_list_can_be_asked_for_its_dossier_and_a_window(page: ReviewPage) -> None:
    choice = page.body.choice
    asked: list[tuple[str, Where]] = []
    page.asked_dossier.connect(lambda where: asked.append(("dossier", where)))
    page.asked_window.connect(lambda where, _: asked.append(("window", where)))
    choice.fill_menu(ADAS)
    for action in choice.menu.actions():
        action.trigger()
    assert asked == [("window", ADAS), ("dossier", ADAS)]


def test_a_file_that_is_compared_is_compared_for_the_next_student_too(
    qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    pane = compared(qtbot, page, "READ.md")
    pane.compare.table.select_key("main.py")
    settle(qtbot, desk)
    pane.step_on()
    settle(qtbot, desk)
    assert pane.where == BOS
    assert [row.path for row in pane.compare.table.chosen()] == ["main.py"]
    assert pane.compare.side.right_title.text() == "main.py"


def test_a_comparison_that_takes_its_time_can_be_stopped(qtbot: QtBot, page: ReviewPage, desk: Desk) -> None:
    pane = compared(qtbot, page, "main.py")
    side = pane.compare.side
    pane.compare.table.select_key("long.txt")
    assert side.stop_button.isVisible()
    side.stop_button.click()
    settle(qtbot, desk)
    assert side.nothing.isVisible()
    assert side.nothing.text() == "Stopped. Choose a file to compare it."
    pane.compare.table.select_key("long.txt")
    settle(qtbot, desk)
    assert side.right_title.text() == "long.txt"
    pane.compare.other.choose(ADAS.model_copy(update={"student": BO}))
    side.stop_button.click()
    settle(qtbot, desk)
    assert side.nothing.text() == "Stopped. Choose above what to compare this workspace with."


def test_very_long_lines_are_cut_where_a_page_has_very_many(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    for name in ("left", "right"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "wide.txt").write_text(f"{name}{'x ' * 2_000}\n" * PAGE)
    with Openings(desk.program.library) as openings:
        left, right = (openings.open(Where.of_file(tmp_path / name)) for name in ("left", "right"))
        page = page_of(compare_file(left, "wide.txt", right, "wide.txt"), 0)
    assert len(page.left) == PAGE
    assert sum(len(line.text) for line in (*page.left, *page.right)) < 1_000_000


def test_both_sides_scroll_together(qtbot: QtBot, page: ReviewPage) -> None:
    side = compared(qtbot, page, "long.txt").compare.side
    side.right.verticalScrollBar().setValue(100)
    assert side.left.verticalScrollBar().value() == 100


def test_a_student_whose_work_has_just_come_in_can_be_chosen(
    qtbot: QtBot, page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    show(qtbot, page, "main.py")
    builder = course_with_people(tmp_path / "again")
    builder.file("s1", "a1", "main.py", "print('newer')\n")
    bring_in(desk.program, builder)
    page.show_course(sight_of(desk.program))
    settle(qtbot, desk)
    assert page.body.pane.files.view.text.code.toPlainText() == "print('newer')"
    assert "Version 2" in page.body.pane.facts.text()
